"""The filter language of the runs list, compiled to SQL whose every value is a parameter.

    status = Running and (metrics.loss.last < 0.2 or not tags.team = "a") and name ~ "ridge"

    or    := and ("or" and)*             and := not ("and" not)*
    not   := "not" not | "(" or ")" | field op value
    field := status | name | ... | metrics.NAME.min|max|last|first | tags.NAME
             | properties.NAME | config.NAME
    op    := = != < <= > >= ~            (~ : contains, whatever the case)
    value := number | "text" | word | true | false | null

A field that a run does not have fulfils `= null` and nothing else.
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple

from query_api.core.filter_tokens import Token, segments_of, tokens_of
from query_api.core.sorting import METRIC_STATS, metric_stat_sql
from runtide.errors import UsageError

_DEPTH_MAX: Final = 50
_TEXT_FIELDS: Final = frozenset(
    {
        "run_id", "name", "status", "experiment", "workspace", "target", "user", "host",
        "run_type", "parent_id", "description", "status_by", "status_reason",
    }
)  # fmt: skip
_TIME_FIELDS: Final = frozenset({"created_us", "started_us", "ended_us", "seen_us"})
_MAP_FIELDS: Final = frozenset({"tags", "properties", "config"})
_METRIC_PARTS_MIN: Final = 3


class Condition(NamedTuple):
    """A condition on a row of `runs`, and the values of its parameters."""

    sql: str
    parameters: dict[str, Any]


class _Value(NamedTuple):
    value: float | str | bool | None
    at: int


def compile_filter(text: str) -> Condition:
    """Return the condition that `text` states.

    Raises:
        UsageError: The text is not of the language; the message names the character and what
            was expected there.
    """
    return _Compiler(tokens_of(text)).compiled()


class _Compiler:
    def __init__(self, tokens: list[Token]) -> None:
        self._tokens = tokens
        self._next = 0
        self._depth = 0
        self._parameters: dict[str, Any] = {}

    def compiled(self) -> Condition:
        sql = self._or()
        self._expect_end()
        return Condition(sql, self._parameters)

    def _or(self) -> str:
        sides = [self._and()]
        while self._take_word("or"):
            sides.append(self._and())
        return sides[0] if len(sides) == 1 else f"({' OR '.join(sides)})"

    def _and(self) -> str:
        sides = [self._not()]
        while self._take_word("and"):
            sides.append(self._not())
        return sides[0] if len(sides) == 1 else f"({' AND '.join(sides)})"

    def _not(self) -> str:
        self._depth += 1
        if self._depth > _DEPTH_MAX:
            message = f"filter is nested deeper than {_DEPTH_MAX} levels: split it"
            raise UsageError(message)
        if self._take_word("not"):
            sql = f"(NOT {self._not()})"
        elif self._peek().kind == "(":
            self._take()
            sql = self._or()
            if self._peek().kind != ")":
                raise _unexpected(self._peek(), "`)`, `and` or `or`")
            self._take()
        else:
            sql = self._comparison()
        self._depth -= 1
        return sql

    def _comparison(self) -> str:
        field = self._take()
        if field.kind != "word":
            raise _unexpected(field, "a field such as `status`, or `not`, or `(`")
        op = self._take()
        if op.kind != "op":
            raise _unexpected(op, "one of `=` `!=` `<` `<=` `>` `>=` `~`")
        value = self._value()
        return self._condition(field, "=" if op.text == "==" else op.text, value)

    def _value(self) -> _Value:
        token = self._take()
        if token.kind == "number":
            return _Value(float(token.text), token.at)
        if token.kind == "text":
            return _Value(token.text, token.at)
        if token.kind == "word":
            named = {"true": True, "false": False, "null": None}
            return _Value(named.get(token.text, token.text), token.at)
        raise _unexpected(token, "a number, quoted text, a word, `true`, `false` or `null`")

    def _condition(self, field: Token, op: str, value: _Value) -> str:
        head, *rest = segments_of(field.text)
        if head == "metrics":
            return self._of_metric(field, rest, op, value)
        if head in _MAP_FIELDS and rest:
            return self._of_map(head, rest, op, value)
        if not rest:
            column = _column_name(head)
            if column in _TEXT_FIELDS:
                return self._of_text(column, field, op, value)
            if column in _TIME_FIELDS:
                return self._of_time(column, op, value)
            if column == "archived":
                if not isinstance(value.value, bool) or op not in {"=", "!="}:
                    message = "filter compares `archived`: want `archived = true` or `= false`"
                    raise UsageError(message)
                return f"(archived {op} {'true' if value.value else 'false'})"
        known = ", ".join(f"`{name}`" for name in sorted(_TEXT_FIELDS | _TIME_FIELDS))
        message = (
            f"filter has {field.text[:80]!r} at character {field.at}: want one of {known}, "
            f"`archived`, `tags.NAME`, `properties.NAME`, `config.NAME` or "
            f"`metrics.NAME.min|max|last|first`"
        )
        raise UsageError(message)

    def _of_text(self, column: str, field: Token, op: str, value: _Value) -> str:
        if value.value is None:
            return _presence(f"({column} != '')", op, value)
        if not isinstance(value.value, str):
            message = (
                f"filter has {value.value!r} at character {value.at}: `{field.text}` is text, "
                f"want quoted text or a word"
            )
            raise UsageError(message)
        return self._compared(f"toString({column})", op, value.value)

    def _of_time(self, column: str, op: str, value: _Value) -> str:
        if value.value is None:
            return _presence(f"({column} != 0)", op, value)
        if not _is_number(value.value) or op == "~":
            message = (
                f"filter has {value.value!r} at character {value.at}: `{column}` is a time, "
                f"want `<`, `>` or `=` with microseconds since 1970"
            )
            raise UsageError(message)
        return f"({column} != 0 AND {column} {op} {self._parameter(value.value)})"

    def _of_metric(self, field: Token, rest: list[str], op: str, value: _Value) -> str:
        stat = rest[-1] if rest else ""
        name = ".".join(rest[:-1])
        if stat not in METRIC_STATS or not name:
            message = (
                f"filter has {field.text[:80]!r} at character {field.at}: want "
                f"`metrics.NAME.min`, `.max`, `.last` or `.first`; quote a name with blanks"
            )
            raise UsageError(message)
        named = f"name = {self._parameter(name)}"
        within = f"run_id IN (SELECT run_id FROM metrics WHERE {named} GROUP BY run_id HAVING "  # noqa: S608  # our own words; values are parameters
        has_points = "tupleElement(max(last), 1) >= tupleElement(min(first), 1)"
        if value.value is None:
            return _presence(f"({within}{has_points}))", op, value)
        if not _is_number(value.value) or op == "~":
            message = (
                f"filter has {value.value!r} at character {value.at}: a metric is a number, "
                f"want `<`, `>` or `=` with a number"
            )
            raise UsageError(message)
        compared = f"{metric_stat_sql(stat)} {op} {self._parameter(value.value)}"
        present = (
            f"{has_points} AND isFinite({metric_stat_sql(stat)})"
            if stat in {"min", "max"}
            else has_points
        )
        return f"({within}{present} AND {compared}))"

    def _of_map(self, head: str, rest: list[str], op: str, value: _Value) -> str:
        if head == "config":
            return self._of_config(rest, op, value)
        key = self._parameter(".".join(rest))
        has = f"mapContains({head}, {key})"
        if value.value is None:
            return _presence(has, op, value)
        return f"({has} AND {self._of_cell(f'{head}[{key}]', op, value.value)})"

    def _of_config(self, rest: list[str], op: str, value: _Value) -> str:
        whole = self._parameter(".".join(rest))
        path = ", ".join(self._parameter(part) for part in rest)
        # A key may hold dots itself; such a key comes before a path into nested objects.
        raw = (
            f"if(JSONHas(config, {whole}), JSONExtractRaw(config, {whole}), "
            f"JSONExtractRaw(config, {path}))"
        )
        has = f"({raw} NOT IN ('', 'null'))"
        if value.value is None:
            return _presence(has, op, value)
        text = f"if(startsWith({raw}, '\"'), JSONExtractString({raw}), {raw})"
        return f"({has} AND {self._of_cell(text, op, value.value)})"

    def _of_cell(self, text_sql: str, op: str, value: float | str | bool) -> str:  # noqa: FBT001  # one of the language's values
        if isinstance(value, bool):
            return self._compared(f"ifNull({text_sql}, '')", op, "true" if value else "false")
        if isinstance(value, str):
            return self._compared(f"ifNull({text_sql}, '')", op, value)
        if op == "~":
            return self._compared(f"ifNull({text_sql}, '')", op, f"{value:g}")
        number = f"toFloat64OrNull(ifNull({text_sql}, ''))"
        return f"ifNull({number} {op} {self._parameter(value)}, 0)"

    def _compared(self, text_sql: str, op: str, value: str) -> str:
        parameter = self._parameter(value)
        if op == "~":
            return f"(positionCaseInsensitiveUTF8({text_sql}, {parameter}) > 0)"
        return f"({text_sql} {op} {parameter})"

    def _parameter(self, value: float | str) -> str:
        name = f"filter_{len(self._parameters)}"
        self._parameters[name] = value
        return f"{{{name}:{'String' if isinstance(value, str) else 'Float64'}}}"

    def _peek(self) -> Token:
        return self._tokens[self._next]

    def _take(self) -> Token:
        token = self._tokens[self._next]
        if token.kind != "end":
            self._next += 1
        return token

    def _take_word(self, word: str) -> bool:
        token = self._peek()
        if token.kind == "word" and token.text.lower() == word:
            self._next += 1
            return True
        return False

    def _expect_end(self) -> None:
        if self._peek().kind != "end":
            raise _unexpected(self._peek(), "`and`, `or` or the end")


def _column_name(field: str) -> str:
    if f"{field}_us" in _TIME_FIELDS:
        return f"{field}_us"
    return "parent_id" if field == "parent" else field


def _presence(has_sql: str, op: str, value: _Value) -> str:
    if op == "=":
        return f"(NOT {has_sql})"
    if op == "!=":
        return has_sql
    message = f"filter compares null with `{op}` before character {value.at}: want `=` or `!=`"
    raise UsageError(message)


def _is_number(value: object) -> bool:
    return isinstance(value, float)


def _unexpected(token: Token, want: str) -> UsageError:
    got = "the end" if token.kind == "end" else repr(token.text[:80])
    return UsageError(f"filter has {got} at character {token.at}: want {want}")

"""The filter language of the runs list, compiled to SQL whose every value is a parameter.

    status = Running and (metrics.loss.last < 0.2 or not tags.team = "a") and name ~ "ridge"

    or    := and ("or" and)*             and := not ("and" not)*
    not   := "not" not | "(" or ")" | field op value
    field := status | name | created | duration | ... | metrics.NAME.min|max|last|first
             | tags.NAME | properties.NAME | config.NAME
    op    := = != < <= > >= ~            (~ : contains, whatever the case)
    value := number | "text" | word | true | false | null

A field that a run does not have fulfils `= null` and nothing else. `docs/how-to/find-runs.md` is
the reference for those who write filters.
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple, get_args

from query_api.core.cell_sql import ENTRY_HEADS, cell_sql, finite_number_sql
from query_api.core.filter_tokens import Token, segments_of, tokens_of
from query_api.core.instants import find_instant_us
from query_api.core.sorting import DURATION_US_SQL, HAS_POINTS_SQL, METRIC_SQL_BY_STAT
from runtide.core.events import Status
from runtide.errors import UsageError

_DEPTH_MAX: Final = 50
TEXT_FIELDS: Final = frozenset(
    {
        "run_id", "name", "status", "experiment", "workspace", "target", "user", "host",
        "run_type", "parent_id", "description", "status_by", "status_reason",
    }
)  # fmt: skip
TIME_FIELDS: Final = frozenset({"created_us", "started_us", "ended_us", "seen_us"})
OTHER_FIELDS: Final = frozenset({"archived", "duration"})
OPERATORS: Final = ("=", "!=", "<", "<=", ">", ">=", "~")
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
        if head in ENTRY_HEADS and rest:
            return self._of_entry(head, rest, op, value)
        column = "" if rest else _column_name(head)
        if column == "status" and op in {"=", "!="} and value.value is not None:
            return self._of_status(op, value)
        if column in TEXT_FIELDS:
            return self._of_text(column, field, op, value)
        if column in TIME_FIELDS:
            return self._of_time(column, op, value)
        if column == "duration":
            return self._of_duration(op, value)
        if column == "archived":
            return _of_archived(op, value)
        known = ", ".join(f"`{name}`" for name in sorted(TEXT_FIELDS | TIME_FIELDS | OTHER_FIELDS))
        message = (
            f"filter has {field.text[:80]!r} at character {field.at}: want one of {known}, "
            f"`tags.NAME`, `properties.NAME`, `config.NAME` or `metrics.NAME.min|max|last|first`"
        )
        raise UsageError(message)

    def _of_status(self, op: str, value: _Value) -> str:
        statuses = get_args(Status)
        wanted = _letters(str(value.value))
        status = next((status for status in statuses if _letters(status) == wanted), None)
        if status is None:
            message = (
                f"filter has {value.value!r} at character {value.at}: want a status, one of "
                f"{', '.join(f'`{status}`' for status in statuses)}"
            )
            raise UsageError(message)
        return self._compared("toString(status)", op, status)

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
        instant = (
            find_instant_us(value.value) if isinstance(value.value, str) else _number_of(value)
        )
        if instant is None or op == "~":
            message = (
                f"filter has {value.value!r} at character {value.at}: `{column}` is a time, "
                f'want `<`, `>` or `=` with a date of UTC such as `"2026-11-25"` or '
                f'`"2026-11-25 14:30"`, or with microseconds since 1970'
            )
            raise UsageError(message)
        return f"({column} != 0 AND {column} {op} {self._parameter(float(instant))})"

    def _of_duration(self, op: str, value: _Value) -> str:
        seconds = _number_of(value)
        if seconds is None or op == "~":
            message = (
                f"filter has {value.value!r} at character {value.at}: `duration` is a number of "
                f"seconds, want `<`, `>` or `=` with a number"
            )
            raise UsageError(message)
        return f"({DURATION_US_SQL} {op} {self._parameter(seconds * 1e6)})"

    def _of_metric(self, field: Token, rest: list[str], op: str, value: _Value) -> str:
        stat = rest[-1] if rest else ""
        name = ".".join(rest[:-1])
        if stat not in METRIC_SQL_BY_STAT or not name:
            message = (
                f"filter has {field.text[:80]!r} at character {field.at}: want "
                f"`metrics.NAME.min`, `.max`, `.last` or `.first`; quote a name with blanks"
            )
            raise UsageError(message)
        named = f"name = {self._parameter(name)}"
        within = f"run_id IN (SELECT run_id FROM metrics WHERE {named} GROUP BY run_id HAVING "  # noqa: S608  # our own words; values are parameters
        if value.value is None:
            return _presence(f"({within}{HAS_POINTS_SQL}))", op, value)
        number = _number_of(value)
        if number is None or op == "~":
            message = (
                f"filter has {value.value!r} at character {value.at}: a metric is a number, "
                f"want `<`, `>` or `=` with a number"
            )
            raise UsageError(message)
        found = METRIC_SQL_BY_STAT[stat]
        compared = f"{found} {op} {self._parameter(number)}"
        present = (
            f"{HAS_POINTS_SQL} AND isFinite({found})" if stat in {"min", "max"} else HAS_POINTS_SQL
        )
        return f"({within}{present} AND {compared}))"

    def _of_entry(self, head: str, rest: list[str], op: str, value: _Value) -> str:
        cell = cell_sql(head, rest, self._parameter)
        if value.value is None:
            return _presence(f"({cell.has})", op, value)
        return f"({cell.has} AND {self._of_cell(cell.text, op, value.value)})"

    def _of_cell(self, text_sql: str, op: str, value: float | str | bool) -> str:  # noqa: FBT001  # one of the language's values
        if isinstance(value, bool):
            return self._compared(text_sql, op, "true" if value else "false")
        if isinstance(value, str):
            return self._compared(text_sql, op, value)
        if op == "~":
            return self._compared(text_sql, op, f"{value:g}")
        number = finite_number_sql(text_sql)
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
    if f"{field}_us" in TIME_FIELDS:
        return f"{field}_us"
    return "parent_id" if field == "parent" else field


def _presence(has_sql: str, op: str, value: _Value) -> str:
    if op == "=":
        return f"(NOT {has_sql})"
    if op == "!=":
        return has_sql
    message = f"filter compares null with `{op}` before character {value.at}: want `=` or `!=`"
    raise UsageError(message)


def _of_archived(op: str, value: _Value) -> str:
    if not isinstance(value.value, bool) or op not in {"=", "!="}:
        message = (
            f"filter compares `archived` with the value at character {value.at}: "
            f"want `archived = true` or `= false`"
        )
        raise UsageError(message)
    return f"(archived {op} {'true' if value.value else 'false'})"


def _letters(status: str) -> str:
    """Return a status without what people write differently: case, blanks, hyphens."""
    return status.translate({ord(sign): None for sign in " -_"}).lower()


def _number_of(value: _Value) -> float | None:
    # A boolean is no number here, although Python counts it among them.
    return value.value if isinstance(value.value, float) else None


def _unexpected(token: Token, want: str) -> UsageError:
    got = "the end" if token.kind == "end" else repr(token.text[:80])
    return UsageError(f"filter has {got} at character {token.at}: want {want}")

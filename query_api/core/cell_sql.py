"""SQL of one entry of a run's tags, properties or config: whether it is there, and its text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

ENTRY_HEADS: Final = frozenset({"tags", "properties", "config"})
"""The columns of `runs` that hold entries by name."""

_KEY_PARTS_MAX: Final = 8
"""Parts of a path that may be one key with dots in it."""


class CellSql(NamedTuple):
    """One entry as SQL: a condition that says whether a run has it, and its value as text."""

    has: str
    text: str

    @property
    def number(self) -> str:
        """The value as a finite number, NULL where it is none."""
        return finite_number_sql(self.text)

    @property
    def optional_text(self) -> str:
        """The text, NULL where the run has no such entry."""
        return f"if({self.has}, toNullable({self.text}), NULL)"


def cell_sql(head: str, path: Sequence[str], parameter: Callable[[str], str]) -> CellSql:
    """Return the SQL of `head.path`, such as `config.optimizer.name`.

    Args:
        head: One of `ENTRY_HEADS`.
        path: The parts of the name. Of tags and properties they are one key; of config the first
            of them are, as many as there is such a key for, and the others lead into its value.
        parameter: Makes a value a parameter of the statement and returns its place in it.
    """
    if head != "config":
        whole = parameter(".".join(path))
        return CellSql(f"mapContains({head}, {whole})", f"ifNull({head}[{whole}], '')")
    parts = [parameter(part) for part in path]
    raw = f"JSONExtractRaw(config, {', '.join(parts)})"
    for count in range(2, min(len(path), _KEY_PARTS_MAX) + 1):
        place = ", ".join([parameter(".".join(path[:count])), *parts[count:]])
        raw = f"if(JSONHas(config, {place}), JSONExtractRaw(config, {place}), {raw})"
    text = f"if(startsWith({raw}, '\"'), JSONExtractString({raw}), {raw})"
    return CellSql(f"({raw} NOT IN ('', 'null'))", text)


def finite_number_sql(text: str) -> str:
    """Return the SQL of a text as a number, NULL where it is not a finite one."""
    # A comparison with NULL is NULL, which counts as false.
    number = f"toFloat64OrNull({text})"
    return f"if(abs({number}) < inf, {number}, NULL)"

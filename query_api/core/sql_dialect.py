"""ClickHouse's SQL as the gate reads and writes it: every function under the name it was called.

sqlglot knows many functions by meaning and would write some of them in other words. Here it knows
none: a name is checked and written as it came.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from sqlglot.dialects.clickhouse import ClickHouse
from sqlglot.parsers.clickhouse import ClickHouseParser

from query_api.core.sql_functions import is_aggregate

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_WITH_SYNTAX: Final = frozenset({"CAST", "COLUMNS", "EXTRACT", "TRIM"})
"""Functions whose arguments are written in words."""


class AnalysisParser(ClickHouseParser):
    """Reads statements."""

    FUNCTIONS: ClassVar[dict[str, Callable[..., object]]] = {}
    FUNCTION_PARSERS: ClassVar[dict[str, Callable[..., object]]] = {
        name: parse
        for name, parse in ClickHouseParser.FUNCTION_PARSERS.items()
        if name in _WITH_SYNTAX
    }

    @classmethod
    def _resolve_clickhouse_agg(cls, name: str) -> tuple[str, Sequence[str]] | None:
        return (name, ()) if is_aggregate(name) else None


class Analysis(ClickHouse):
    """The dialect."""

    Parser = AnalysisParser

"""What one statement of an analyst may take, and what is said when it takes more."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, NamedTuple

from runtide.errors import SqlLimit


class _Limit(NamedTuple):
    field: str
    unit: str
    remedy: str


_LIMITS: Final = {
    "time": _Limit("time_s", "seconds", "ask for fewer runs, metrics or steps"),
    "memory": _Limit("memory_bytes", "bytes of memory", "group by less, or join smaller parts"),
    "rows-read": _Limit("rows_read", "rows read", "name runs or metrics in WHERE"),
    "rows": _Limit("rows", "rows of result", "aggregate, or add LIMIT"),
    "bytes": _Limit("bytes", "bytes of result", "name fewer columns, or add LIMIT"),
}
"""By what an answer calls each limit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SqlLimits:
    """What one statement may take; reaching a limit ends it."""

    time_s: float = 10.0
    memory_bytes: int = 1_000_000_000
    rows_read: int = 1_000_000_000
    rows: int = 1_000_000
    bytes: int = 100_000_000
    concurrency: int = 2
    """Statements that one caller may have running at once."""

    def engine_settings(self) -> dict[str, object]:
        """Return the limits as ClickHouse has them."""
        return {
            "max_execution_time": self.time_s,
            "timeout_before_checking_execution_speed": 0,
            "max_memory_usage": self.memory_bytes,
            "max_rows_to_read": self.rows_read,
            "max_result_rows": self.rows,
            "max_result_bytes": self.bytes,
            "result_overflow_mode": "throw",
            "max_ast_depth": 1_000,
            "max_ast_elements": 50_000,
            "max_expanded_ast_elements": 200_000,
            "session_timezone": "UTC",
            "allow_introspection_functions": 0,
        }

    def reached(self, limit: str, said: str) -> SqlLimit:
        """Return the error that says which limit a statement came to, and what to do."""
        if limit == "rows" and "bytes" in said:
            limit = "bytes"
        field, unit, remedy = _LIMITS[limit]
        value: float = getattr(self, field)
        message = (
            f"the statement was stopped at {value:,} {unit}, the limit: {remedy}; whoever runs the "
            f"server can raise RUNTIDE_SQL_{field.upper()}"
        )
        return SqlLimit(message, limit=limit, limit_value=value)

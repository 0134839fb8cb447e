"""What one statement of an analyst may take."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field
from pydantic_settings import BaseSettings

from runtide.settings_config import SETTINGS_CONFIG
from runtide.store.sql_limits import SqlLimits

_DEFAULT = SqlLimits()


class SqlEnvironment(BaseSettings):
    """What one statement of an analyst may take; at a limit it is stopped, and told which."""

    model_config = SETTINGS_CONFIG

    sql_time_s: Annotated[float, Field(gt=0)] = _DEFAULT.time_s
    """Seconds that it may run."""

    sql_memory_bytes: Annotated[int, Field(ge=2**20)] = _DEFAULT.memory_bytes
    """Bytes of memory that the engine may use for it."""

    sql_rows_read: Annotated[int, Field(gt=0)] = _DEFAULT.rows_read
    """Rows that it may read."""

    sql_rows: Annotated[int, Field(gt=0)] = _DEFAULT.rows
    """Rows of its result."""

    sql_bytes: Annotated[int, Field(gt=0)] = _DEFAULT.bytes
    """Bytes of its result, in the engine's memory."""

    sql_concurrency: Annotated[int, Field(gt=0)] = _DEFAULT.concurrency
    """Statements that one caller may have running at once; another is refused with 429."""

    def sql_limits(self) -> SqlLimits:
        """Return the limits as the engine takes them."""
        return SqlLimits(
            time_s=self.sql_time_s,
            memory_bytes=self.sql_memory_bytes,
            rows_read=self.sql_rows_read,
            rows=self.sql_rows,
            bytes=self.sql_bytes,
            concurrency=self.sql_concurrency,
        )

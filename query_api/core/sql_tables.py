"""The tables that analysts ask in SQL, and what every column of them means.

Each is a view `sql_NAME` of the read model, which has these columns in this order.
"""

from __future__ import annotations

from typing import Final, NamedTuple

VIEW_PREFIX: Final = "sql_"
ALL_WORKSPACES: Final = "*"
"""What the views take for a workspace where somebody may see all; no workspace is called so."""


class Column(NamedTuple):
    """One column; `type` is ClickHouse's."""

    name: str
    type: str
    description: str


class Table(NamedTuple):
    """One table."""

    name: str
    description: str
    columns: tuple[Column, ...]


_TIME: Final = "DateTime64(6, 'UTC')"
_WORD: Final = "LowCardinality(String)"
_RUN: Final = (
    Column("run_id", _WORD, "The run."),
    Column("experiment", _WORD, "The experiment that the run belongs to."),
)
_RUN_PLAIN: Final = (Column("run_id", "String", "The run."), _RUN[1])
_STEP: Final = Column(
    "step", "Nullable(Int64)", "The step that it was logged at, if any was named."
)
_TS: Final = Column("ts", _TIME, "When it was logged, in UTC.")


def _place(which: str, of: str) -> tuple[Column, ...]:
    return (
        Column(which, "Nullable(Float64)", f"{of} NULL where the metric has none."),
        Column(f"{which}_step", "Nullable(Int64)", "The step of it."),
        Column(f"{which}_ts", f"Nullable({_TIME})", "When it was logged, in UTC."),
    )


TABLES: Final = (
    Table(
        "runs",
        "One row a run.",
        (
            Column("run_id", "String", "The run's id."),
            Column("workspace", _WORD, "The workspace that it belongs to."),
            Column("experiment", _WORD, "The experiment that it belongs to."),
            Column("name", "String", "Its display name."),
            Column("description", "String", "What somebody wrote about it."),
            Column("parent_id", "String", "The run that it is a child of; empty if none."),
            Column("run_type", _WORD, "What kind of run it is, such as `sweep`; empty if plain."),
            Column("target", _WORD, "Where it runs."),
            Column("user", _WORD, "Who started it."),
            Column("host", _WORD, "The machine that it was started on."),
            Column("status", _WORD, "`Running`, `Completed`, `Failed`, `Canceled` and others."),
            Column("status_reason", "String", "Why it is in that state, if somebody said so."),
            Column("error", "String", "JSON of what went wrong; empty if nothing did."),
            Column("created", f"Nullable({_TIME})", "When it was created, in UTC."),
            Column("started", f"Nullable({_TIME})", "When it began to run."),
            Column("ended", f"Nullable({_TIME})", "When it ended; NULL until then."),
            Column("seen", f"Nullable({_TIME})", "When it was last heard of."),
            Column("duration_s", "Nullable(Float64)", "Seconds from start to end."),
            Column("archived", "Bool", "Whether it was put away."),
            Column("tags", "Map(String, Nullable(String))", "Its tags by name."),
            Column("properties", "Map(String, String)", "Its properties by name."),
            Column("config", "String", "Its configuration as JSON."),
        ),
    ),
    Table(
        "scalars",
        "One row a point: a number of a metric at a step. Every point is here once.",
        (
            *_RUN,
            Column("name", _WORD, "The metric."),
            Column("step", "Int64", "The step."),
            _TS,
            Column("kind", "String", "What was logged: `float`, `int` or `bool`."),
            Column("value", "Float64", "The value; it can be NaN or infinite."),
            Column("int_value", "Int64", "The value of an `int`, exact beyond 2^53 too."),
        ),
    ),
    Table(
        "metrics",
        "One row for each metric of each run, with where its points begin, end, and are extreme.",
        (
            *_RUN,
            Column("name", _WORD, "The metric."),
            Column("kind", "String", "`scalar`, `list`, `table`, `image` or `chart`."),
            Column("count", "UInt64", "How many points it has in `scalars`. Counted when asked."),
            *_place("first", "The value at the lowest step."),
            *_place("last", "The value at the highest step."),
            *_place("min", "The lowest finite value."),
            *_place("max", "The highest finite value."),
        ),
    ),
    Table(
        "vectors",
        "One row for each logged list or piece of one, and for each logged text.",
        (
            *_RUN,
            Column("name", _WORD, "The metric."),
            _STEP,
            _TS,
            Column("kind", "String", "`float`, `int`, `bool`, `str`, `none`, or `cells` for JSON."),
            Column("numbers", "Array(Float64)", "The values, where they are numbers."),
            Column("texts", "Array(String)", "The values, where they are not."),
        ),
    ),
    Table(
        "rows",
        "One row for each row of a logged table.",
        (
            *_RUN,
            Column("name", _WORD, "The table."),
            Column("row", "Int64", "Which row of it, from 0, in order of logging."),
            _STEP,
            _TS,
            Column("numbers", "Map(String, Float64)", "Its numbers by column; a Bool is 0 or 1."),
            Column("texts", "Map(String, String)", "All its cells by column, as text."),
        ),
    ),
    Table(
        "tables",
        "One row for each logged table of each run.",
        (
            *_RUN,
            Column("name", _WORD, "The table."),
            Column("row_count", "UInt64", "How many rows it has."),
            Column("columns", "Array(String)", "The names of its columns."),
            Column("first_ts", _TIME, "When its first rows were logged, in UTC."),
            Column("last_ts", _TIME, "When its last rows were logged."),
        ),
    ),
    Table(
        "images",
        "One row a logged image.",
        (
            *_RUN,
            Column("name", _WORD, "The metric."),
            _STEP,
            _TS,
            Column("path", "String", "Its file."),
            Column("media_type", _WORD, "Such as `image/png`."),
            Column("size_bytes", "UInt64", "The size of its file."),
            Column("width", "Nullable(UInt32)", "Pixels."),
            Column("height", "Nullable(UInt32)", "Pixels."),
            Column("description", "String", "What was said of it."),
            Column("sha256", "String", "The digest of its file."),
        ),
    ),
    Table(
        "files",
        "One row for each file of each run.",
        (
            *_RUN,
            Column("path", "String", "Where it is among the run's files."),
            _TS,
            Column("media_type", _WORD, "Such as `text/plain`."),
            Column("size_bytes", "UInt64", "Its size."),
            Column("sha256", "String", "Its digest."),
        ),
    ),
    Table(
        "logs",
        "One row for each piece of text that a run wrote; a piece can hold many lines.",
        (
            *_RUN,
            Column("file", _WORD, "The text stream, such as `user_logs/std_log.txt`."),
            _TS,
            Column("text", "String", "The piece."),
            Column("place", "Tuple(UInt64, UInt32)", "Orders the pieces of a stream."),
        ),
    ),
    Table(
        "tags",
        "One row for each tag of each run.",
        (
            *_RUN_PLAIN,
            Column("name", "String", "The tag."),
            Column("value", "Nullable(String)", "Its value; NULL if it has none."),
        ),
    ),
    Table(
        "config",
        "One row for each value of each run's configuration.",
        (
            *_RUN_PLAIN,
            Column(
                "name", "String", "Its path, with dots between the keys, such as `optimizer.lr`."
            ),
            Column("text", "String", "The value as text; a list is JSON."),
            Column("number", "Nullable(Float64)", "The value as a number; NULL if it is none."),
        ),
    ),
    Table(
        "system",
        "One row for each measurement of a machine that a run is on.",
        (
            *_RUN,
            Column("host", _WORD, "The machine."),
            Column("name", _WORD, "The quantity, such as `memory.used`."),
            _TS,
            Column("value", "Float64", "What was measured."),
        ),
    ),
)

TABLE_NAMES: Final = frozenset(table.name for table in TABLES)

"""The body of every answer, as OpenAPI documents it. Times are microseconds since 1970, UTC.

Reads build plain dictionaries and `query_api.wire` encodes them in one go, because validating
thousands of rows that came out of our own tables would cost more than reading them; that the
bodies fit these models is tested.
"""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from query_api.series_request import SeriesRequest

Number = float | Literal["NaN", "Infinity", "-Infinity"]
"""A JSON number, or the name of one that JSON does not have."""

Column = dict[str, str] | list[Any]
"""`{"f64": base64}` or `{"i64": base64}` of little-endian bytes, or a plain array."""

WireColumn = dict[str, Any] | list[Any]
"""A column of the event contract: see docs/reference/events."""

__all__ = ["SeriesRequest"]


class Answer(BaseModel):
    """What every body has in common: no field that is not named."""

    model_config = ConfigDict(extra="forbid")


class Page(Answer):
    """One page of a list, and where to go on."""

    next_cursor: str | None = Field(
        description="Pass as `cursor` for the next page; null at the end."
    )
    position: str = Field(description="Pass as `since` to /live for everything after this answer.")


class Health(Answer):
    """The process is alive."""

    status: Literal["ok"]
    version: str
    home: str


class Readiness(Answer):
    """Whether queries are answered, and how far behind the log they are."""

    status: Literal["ready", "unavailable"]
    reason: str | None
    lag_count: int | None
    position: str | None


class Experiment(Answer):
    """A named group of runs."""

    name: str
    workspace: str
    run_count: int
    running_count: int
    created_us: int
    last_created_us: int


class ExperimentPage(Page):
    """Experiments, the one with the newest run first."""

    items: list[Experiment]


class MetricStats(Answer):
    """What a runs table shows of one metric; null where there is no such point."""

    first: Number | None
    last: Number | None
    min: Number | None
    max: Number | None
    last_step: int | None


class Run(Answer):
    """One run."""

    run_id: str
    name: str
    number: int
    experiment: str
    workspace: str
    status: str
    status_by: str
    status_reason: str
    error: dict[str, Any] | None
    created_us: int
    started_us: int | None
    ended_us: int | None
    seen_us: int
    parent_id: str | None
    run_type: str | None
    target: str
    user: str | None
    host: str | None
    description: str | None
    archived: bool
    deleted_us: int | None = Field(description="When it was put into the bin, if it is there.")
    deleted_by: str | None
    tags: dict[str, str | None]
    properties: dict[str, str]
    config: dict[str, Any]
    child_count: int
    metrics: dict[str, MetricStats] | None = None


class RunPage(Page):
    """Runs in the order that was asked for."""

    items: list[Run]
    total_count: int | None = Field(
        description="How many runs there are on all pages; null on all but the first."
    )


class RunField(Answer):
    """Something that runs can be compared by, `source.name` in filters and orders."""

    source: Literal["config", "tags", "properties", "metrics"]
    name: str = Field(description="For a nested config value its path with dots.")
    kind: Literal["number", "text", "bool"] = Field(
        description="What all its values are; text where they differ."
    )
    run_count: int = Field(description="How many of the runs have it.")
    values: list[str] = Field(description="Its most common values as text; none for metrics.")


class FieldList(Answer):
    """Fields: config, properties, tags, metrics; within each those of most runs first."""

    items: list[RunField]
    total_count: int = Field(description="How many there are beyond `limit` too.")
    position: str


class RunAnswer(Run):
    """One run, and how far the log was folded when it was read."""

    position: str


class Extreme(Answer):
    """One point of a series."""

    step: int
    ts_us: int
    value: Number


class End(Answer):
    """The first or last value of a metric."""

    step: int
    ts_us: int
    value: Number | str | None = Field(
        description="Of a logged text, the first 256 characters; of an integer beyond doubles, "
        "its digits."
    )


class MetricSummary(Answer):
    """What one metric of a run is. `nonfinite` has bit 1 for NaN, 2 for +Inf, 4 for -Inf."""

    name: str
    kind: Literal["scalar", "list", "table", "image", "chart"]
    count: int
    first: End | None
    last: End | None
    min: Extreme | None
    max: Extreme | None
    nonfinite: int
    numeric: bool


class MetricSummaryPage(Page):
    """Every metric of a run in order of first logging."""

    items: list[MetricSummary]


class LosslessColumn(Answer):
    """One column of a table; a cell that a row lacks is null."""

    name: str
    value: WireColumn


class LosslessMetric(Answer):
    """Everything logged under one name, in order of logging."""

    name: str
    kind: Literal["scalar", "list", "table", "image", "chart"]
    n: int
    value: WireColumn | None = None
    columns: list[LosslessColumn] | None = None
    step: WireColumn | None = Field(
        default=None, description="With `places`: the step of each value or row, null for none."
    )
    ts_us: WireColumn | None = Field(
        default=None, description="With `places`: the time of each value or row."
    )


class LosslessMetrics(Answer):
    """Everything logged by each run."""

    position: str
    runs: dict[str, list[LosslessMetric]]


class PointSeries(Answer):
    """All points of a series within the range."""

    run: str
    metric: str
    kind: Literal["points"]
    n_without_x: int = Field(
        default=0,
        description="Points of the whole series without a value of the metric that is x; only "
        "there where x is a metric.",
    )
    n: int
    x: Column
    step: Column
    ts_us: Column
    value: Column


class BucketSeries(Answer):
    """A series in buckets that keep its first, last, lowest and highest points."""

    run: str
    metric: str
    kind: Literal["buckets"]
    n_without_x: int = Field(
        default=0,
        description="Points of the whole series without a value of the metric that is x; only "
        "there where x is a metric.",
    )
    n_points: int
    n: int
    x: Column = Field(description="Where each bucket starts.")
    x_end: Column = Field(description="Where each bucket ends; it is not in it.")
    first: Column
    first_x: Column
    last: Column
    last_x: Column
    min: Column = Field(description="Lowest finite value; null, or NaN if packed, without one.")
    min_x: Column
    min_step: Column
    max: Column = Field(description="Highest finite value; null, or NaN if packed, without one.")
    max_x: Column
    max_step: Column
    nonfinite: Column = Field(description="Bits: 1 NaN, 2 +Inf, 4 -Inf.")


class SeriesAnswer(Answer):
    """The series that were asked for and have points, by run and then by metric."""

    position: str
    series: list[PointSeries | BucketSeries]


class TableSummary(Answer):
    """A table's shape."""

    name: str
    columns: list[str]
    row_count: int


class TablePage(Page):
    """The tables of a run."""

    items: list[TableSummary]


class TableColumn(Answer):
    """One column of a window of rows; `kind` is float, int, bool, str or cells."""

    name: str
    kind: str
    value: list[Any]


class TableAnswer(Answer):
    """A window of a table's rows."""

    name: str
    row_count: int
    match_count: int = Field(description="Rows that `search` leaves; all of them without one.")
    offset: int
    rows: list[int] | None = Field(
        description="The number of each row, if they were sorted or searched."
    )
    columns: list[TableColumn]
    position: str


class Image(Answer):
    """A logged image; its bytes are the run's file at `path`."""

    name: str
    path: str
    step: int | None
    ts_us: int
    media_type: str
    width: int | None
    height: int | None
    size_bytes: int
    description: str


class ImagePage(Page):
    """Images in order of logging."""

    items: list[Image]


class Chart(Answer):
    """A logged chart; its JSON is the run's file at `path`."""

    name: str
    schema_type: str
    schema_version: str
    path: str
    step: int | None
    ts_us: int


class ChartPage(Page):
    """Charts in order of logging."""

    items: list[Chart]


class File(Answer):
    """A file of a run."""

    path: str
    size_bytes: int
    sha256: str
    media_type: str
    ts_us: int


class FilePage(Page):
    """Files by path."""

    items: list[File]


class DeadLetter(Answer):
    """A record that the fold could not read."""

    partition: int
    offset: int
    run_id: str = Field(description="The key of the record, which should be its run's id.")
    code: str = Field(description="The code of the error that it met.")
    reason: str
    size_bytes: int
    state: Literal["unreadable", "readable", "folded", "forgotten"] = Field(
        description="`unreadable`: also by this version; `readable`: sent again, it is folded; "
        "`folded`: nothing is missing any more; `forgotten`: its writer has so many gaps that "
        "only folding the log anew brings it."
    )


class DeadLetterPage(Page):
    """Dead letters, the newest of each partition first."""

    items: list[DeadLetter]


class Redriven(Answer):
    """The envelope that was appended to the log again, and the place after it."""

    run_id: str
    writer: str
    seq: int
    position: str

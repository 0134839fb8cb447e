"""What `POST /series` may be asked, checked."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from runtide.core import limits

SERIES_MAX = 20_000
"""Runs times metrics in one request."""

BUCKETS_MAX = 20_000
"""Points or buckets of one series in one answer."""

_I64_MAX = 2**63 - 1

RunId = Annotated[str, Field(min_length=1, max_length=limits.RUN_ID_CHARS_MAX)]
MetricName = Annotated[str, Field(min_length=1, max_length=limits.METRIC_NAME_CHARS_MAX)]
Place = Annotated[int, Field(ge=-_I64_MAX, le=_I64_MAX)]


Value = Annotated[float, Field(allow_inf_nan=False)]


class MetricAxis(BaseModel):
    """An axis of the values that another metric of the same run has at the same steps.

    Of several values at one step the one that was logged last counts. Points at steps without a
    finite value have no place on the axis; `n_without_x` of the answer counts them.
    """

    model_config = ConfigDict(extra="forbid", strict=True)

    metric: MetricName = Field(examples=["epoch"])


class SeriesRequest(BaseModel):
    """Which series, over which span of which axis, in how many points."""

    model_config = ConfigDict(extra="forbid", strict=True)

    runs: list[RunId] = Field(max_length=1000, examples=[["calm-reef-1"]])
    metrics: list[MetricName] = Field(max_length=1000, examples=[["loss"]])
    x: Literal["step", "time", "relative"] | MetricAxis = Field(
        default="step",
        description="The axis: steps, microseconds since 1970, or since the run was created; "
        "or the values of another metric.",
    )
    range: Annotated[list[Place | Value], Field(min_length=2, max_length=2)] | None = Field(
        default=None,
        description="[start, end) on the axis; null is all of it. Whole numbers, unless the axis "
        "is a metric.",
    )
    max_points: Annotated[int, Field(ge=2, le=BUCKETS_MAX)] = 1000
    encoding: Literal["array", "columns"] = "array"

    @model_validator(mode="after")
    def _fits(self) -> "SeriesRequest":
        count = len(self.runs) * len(self.metrics)
        if count > SERIES_MAX:
            message = (
                f"runs times metrics are {count:,} series, limit is {SERIES_MAX:,}: ask in parts"
            )
            raise ValueError(message)
        if self.range is not None and self.range[0] > self.range[1]:
            message = f"range starts at {self.range[0]} and ends at {self.range[1]}: turn it round"
            raise ValueError(message)
        is_whole = self.range is None or all(isinstance(end, int) for end in self.range)
        if not is_whole and not isinstance(self.x, MetricAxis):
            message = f"range of {self.x} is {self.range}: round it to whole numbers"
            raise ValueError(message)
        return self

"""Answers about the end of runs' lives."""

from pydantic import BaseModel, ConfigDict, Field


class LifeAnswer(BaseModel):
    """The runs that were deleted or restored."""

    runs: list[str] = Field(description="Their ids: the one that was named comes first.")
    position: str


class Purge(BaseModel):
    """What to remove for good."""

    model_config = ConfigDict(extra="forbid", strict=True)

    runs: list[str] = Field(min_length=1, description="Ids of runs, at most 1,000.")
    erase: bool = Field(default=False, description="Also their records in the log.")
    by: str = Field(default="query-api", min_length=1, max_length=256, description="Who does it.")


class PurgeAnswer(BaseModel):
    """What there is of some runs."""

    rows: dict[str, int] = Field(description="Rows by table, before any are merged.")
    log_records: int | None = Field(
        description="Records of the log that have bytes; null where the log gives up none."
    )
    log_bytes: int | None
    tombstones: int = Field(description="How many of the runs are known as purged.")
    pending: int = Field(description="How many of these are not removed yet.")
    erasing: int = Field(description="Tables whose rewritten parts are still on the disk.")
    position: str

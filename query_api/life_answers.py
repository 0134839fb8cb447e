"""Answers about the end of runs' lives."""

from pydantic import BaseModel, Field


class LifeAnswer(BaseModel):
    """The runs that were deleted or restored."""

    runs: list[str] = Field(description="Their ids: the one that was named comes first.")
    position: str

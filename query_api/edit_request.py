"""What the bodies of requests that change something may hold."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from runtide.core import limits

NameText = Annotated[str, StringConstraints(min_length=1, max_length=limits.METRIC_NAME_CHARS_MAX)]
LongText = Annotated[str, StringConstraints(max_length=limits.TEXT_CHARS_MAX)]


class RunEdit(BaseModel):
    """What to change of a run; what is left out stays as it is."""

    model_config = ConfigDict(extra="forbid", strict=True)

    name: NameText | None = Field(default=None, description="Its display name.")
    description: LongText | None = Field(
        default=None, description="What it is about; empty text removes it."
    )
    archived: bool | None = Field(
        default=None, description="Whether lists leave it out unless asked for it."
    )
    tags: dict[NameText, LongText | None] = Field(
        default_factory=dict, description="Tags to set, and with null to remove; others stay."
    )


class ViewState(BaseModel):
    """The state of an experiment's runs page that gets a name."""

    model_config = ConfigDict(extra="forbid", strict=True)

    query: Annotated[str, StringConstraints(max_length=limits.VIEW_QUERY_CHARS_MAX)] = Field(
        description="What stands behind the `?` of the page's address.",
        examples=["filter=status%20%3D%20Failed&sort=-duration"],
    )


class ModelEdit(BaseModel):
    """What to change of a model's version; what is left out stays as it is."""

    model_config = ConfigDict(extra="forbid", strict=True)

    description: LongText | None = Field(
        default=None, description="What it is about; empty text removes it."
    )
    stage: Annotated[str, StringConstraints(max_length=limits.STAGE_NAME_CHARS_MAX)] | None = Field(
        default=None, description="Where it stands; empty text takes it out of its stage."
    )
    tags: dict[NameText, LongText | None] = Field(
        default_factory=dict, description="Tags to set, and with null to remove; others stay."
    )

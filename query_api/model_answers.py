"""The bodies of answers about models, as OpenAPI documents them."""

from pydantic import Field

from query_api.answers import Answer, Page


class ModelVersion(Answer):
    """One version of a model."""

    id: str = Field(description="`name:version`.")
    name: str
    version: int = Field(description="Counts a workspace's registrations of the model from 1.")
    workspace: str
    registration: str = Field(description="What events of the version call it.")
    run_id: str | None = Field(description="The run that it comes from.")
    path: str | None = Field(description="What was registered of that run, a file or a folder.")
    description: str | None
    framework: str | None
    framework_version: str | None
    user: str | None
    stage: str | None
    tags: dict[str, str | None]
    properties: dict[str, str]
    file_count: int
    size_bytes: int
    created_us: int


class ListedModelVersion(ModelVersion):
    """A version, and what else there is of its model."""

    version_count: int
    stages: dict[str, int] = Field(description="The newest version in each stage.")


class ModelVersionPage(Page):
    """Versions by the model's name, and of one model the newest first."""

    items: list[ListedModelVersion]


class ModelFile(Answer):
    """A file of a version; the path is within it."""

    path: str
    sha256: str
    size_bytes: int


class ModelFileList(Answer):
    """Every file of a version, by path."""

    items: list[ModelFile]
    position: str


class ModelVersionAnswer(ModelVersion):
    """One version with its files, and how far the log was folded when it was read."""

    files: list[ModelFile]
    position: str

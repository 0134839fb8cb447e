"""A model: a named, numbered version of files, and where it came from."""

from __future__ import annotations

import builtins
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from runtide.client.downloading import download_to
from runtide.client.model_log import local_files, record_model, register_version
from runtide.client.model_query import ModelFilter, Pairs
from runtide.client.pairs import tag_texts
from runtide.client.run_core import FLUSH_TIMEOUT_S
from runtide.client.user import user_name
from runtide.client.writer import now_us
from runtide.core import limits, names
from runtide.core.model_events import ModelEdited
from runtide.errors import NotFound, UsageError

if TYPE_CHECKING:
    from runtide.client.workspace import Workspace

_US_PER_S: Final = 1_000_000


class Model:
    """One version of a model.

    `Model(workspace, "ridge")` is the newest version that has all that is asked for.

    Args:
        workspace: The workspace that has the model.
        name: The model's name.
        id: `name:version`, instead of both.
        tags: What the version must be tagged with: a key, a dict, or a list of keys and pairs.
        properties: The same of its properties.
        version: Its number.
        run_id: The run that it must come from.

    Raises:
        NotFound: There is no such version.
        UsageError: Neither a name nor an id was given, or one that no model can have.
        ServerUnavailable: No query API answers.
    """

    _workspace: Workspace
    _name: str
    _registration: str
    _details: Mapping[str, Any] | None

    def __init__(  # noqa: PLR0917  # the retired SDK's order
        self,
        workspace: Workspace,
        name: str | None = None,
        id: str | None = None,  # noqa: A002  # the retired SDK's name
        tags: Pairs | None = None,
        properties: Pairs | None = None,
        version: int | None = None,
        run_id: str | None = None,
    ) -> None:
        if id is not None:
            name, version = parse_model_id(id)
        if name is None:
            message = "a model has neither name nor id here: give one of them"
            raise UsageError(message)
        wanted = ModelFilter(version=version, tags=tags, properties=properties, run_id=run_id)
        details = next(_found(workspace, names.model_name(name), wanted), None)
        if details is None:
            asked = name if version is None else f"{name}:{version}"
            message = (
                f"workspace {workspace.name!r} has no version of model {asked!r} like that: "
                f"`Model.list(workspace)` lists what there is"
            )
            raise NotFound(message)
        self._join(workspace, name, details["registration"], details)

    @classmethod
    def registered(
        cls,
        workspace: Workspace,
        name: str,
        registration: str,
        details: Mapping[str, Any] | None = None,
    ) -> Model:
        """Return a version by the text that it was registered with; nothing is read yet."""
        model = cls.__new__(cls)
        model._join(workspace, name, registration, details)  # noqa: SLF001  # its own class
        return model

    @staticmethod
    def list(  # noqa: PLR0917  # the retired SDK's order
        workspace: Workspace,
        name: str | None = None,
        tags: Pairs | None = None,
        properties: Pairs | None = None,
        run_id: str | None = None,
        latest: bool = False,
        stage: str | None = None,
    ) -> builtins.list[Model]:
        """Return the versions that have all that is asked for, by name, the newest first.

        Args:
            workspace: The workspace whose models are listed.
            name: Only this model.
            tags: A key that versions are tagged with, a dict, or a list of keys and pairs.
            properties: The same of their properties.
            run_id: Only versions that come from this run.
            latest: Only the newest of each model's.
            stage: Only versions in this stage.
        """
        wanted = ModelFilter(tags=tags, properties=properties, run_id=run_id, stage=stage)
        models: builtins.list[Model] = []
        for details in _found(workspace, name, wanted):
            if latest and models and models[-1].name == details["name"]:
                continue
            models.append(
                Model.registered(workspace, details["name"], details["registration"], details)
            )
        return models

    @staticmethod
    def register(  # noqa: PLR0917  # the retired SDK's order
        workspace: Workspace,
        model_path: str | Path,
        model_name: str,
        tags: Mapping[str, object] | None = None,
        properties: Mapping[str, object] | None = None,
        description: str | None = None,
        datasets: object = None,  # noqa: ARG004  # kept for older scripts
        model_framework: str | None = None,
        model_framework_version: str | None = None,
        **_of_azure: Any,  # noqa: ANN401  # accepted, not used
    ) -> Model:
        """Store a file or folder of this machine as the next version of a model.

        It is as durable as what a run logs: what cannot be delivered now is delivered later.

        Args:
            workspace: The workspace that has the model, or gets it.
            model_path: The file or folder.
            model_name: The model's name.
            tags: Its first tags.
            properties: What stays as it is for ever.
            description: What it is about.
            datasets: Accepted for the sake of older scripts.
            model_framework: What it was made with.
            model_framework_version: The version of that.

        Raises:
            ModelPathNotFound: There is no such file, and no file in such a folder.
            UsageError: The name or a text is not what models can have, or nothing stores files.
            EnvelopeTooLarge: It has more files than a version can have.
        """
        name = names.model_name(model_name)
        registration = register_version(
            workspace,
            name,
            local_files(workspace, name, Path(model_path)),
            tags=tags,
            properties=properties,
            description=description,
            framework=model_framework,
            framework_version=model_framework_version,
        )
        return Model.registered(workspace, name, registration)

    @property
    def workspace(self) -> Workspace:
        """The workspace that has the model."""
        return self._workspace

    @property
    def name(self) -> str:
        """The model's name."""
        return self._name

    @property
    def version(self) -> int:
        """The version's number; the first is 1. It is read when it is asked for first."""
        return int(self._known()["version"])

    @property
    def id(self) -> str:
        """`name:version`."""
        return f"{self.name}:{self.version}"

    @property
    def tags(self) -> dict[str, str | None]:
        """Its tags."""
        return dict(self._known()["tags"])

    @property
    def properties(self) -> dict[str, str]:
        """Its properties, which stay as they are."""
        return dict(self._known()["properties"])

    @property
    def stage(self) -> str | None:
        """Where it stands on its way into use, such as `production`."""
        return self._text("stage")

    @property
    def description(self) -> str | None:
        """What it is about."""
        return self._text("description")

    @property
    def run_id(self) -> str | None:
        """The run that it comes from."""
        return self._text("run_id")

    @property
    def model_framework(self) -> str | None:
        """What it was made with."""
        return self._text("framework")

    @property
    def model_framework_version(self) -> str | None:
        """The version of what it was made with."""
        return self._text("framework_version")

    @property
    def created_time(self) -> datetime:
        """When it was registered, in UTC."""
        return datetime.fromtimestamp(self._known()["created_us"] / _US_PER_S, UTC)

    def get_file_names(self) -> builtins.list[str]:
        """Return the paths of its files, as `download` makes them."""
        return [file["path"] for file in self._files()]

    def download(self, target_dir: str | Path = ".", exist_ok: bool = False) -> str:
        """Download all its files, and return the path of the file or folder that was registered.

        Args:
            target_dir: Where to; it is made.
            exist_ok: Whether files that are there already are replaced.

        Raises:
            UsageError: A file is there already; nothing was downloaded.
            ServerUnavailable: No query API answers.
        """
        root = Path(target_dir)
        paths = self.get_file_names()
        if not exist_ok and (there := [path for path in paths if (root / path).exists()]):
            message = f"{root / there[0]} is there already: pass `exist_ok=True` to replace it"
            raise UsageError(message)
        for path in paths:
            question = {"workspace": self._workspace.name}
            download_to(
                root / path,
                self._workspace.reader,
                f"{self._path()}/files/{quote(path)}",
                question,
            )
        return str(root / paths[0].partition("/")[0])

    def add_tags(self, tags: Mapping[str, object]) -> None:
        """Set tags; others stay.

        Raises:
            UsageError: It is no dict, or a key or value is too long.
        """
        self._edit(set=tag_texts(tags))

    def remove_tags(self, tags: Iterable[str]) -> None:
        """Remove tags; those that it does not have are ignored."""
        listed = [tags] if isinstance(tags, str) else builtins.list(tags)
        self._edit(remove=[names.metric_name(tag) for tag in listed])

    def set_stage(self, stage: str | None) -> None:
        """Put the version into a stage, such as `production`, or with None into none.

        Raises:
            UsageError: The stage is longer than 64 characters.
        """
        text = names.valid_text(
            "" if stage is None else stage, what="stage", chars_max=limits.STAGE_NAME_CHARS_MAX
        )
        self._edit(stage=text)

    def update(
        self,
        tags: Mapping[str, object] | None = None,
        description: str | None = None,
        **_of_azure: Any,  # noqa: ANN401  # accepted, not used
    ) -> None:
        """Replace the tags by others, and the description, where one is given.

        Raises:
            UsageError: A text is too long, or `tags` is no dict.
        """
        texts = {} if tags is None else tag_texts(tags)
        removed = [] if tags is None else [tag for tag in self.tags if tag not in texts]
        if description is not None:
            names.valid_text(description, what="description")
        self._edit(set=texts, remove=removed, description=description)

    def delete(self) -> None:
        """Delete the version. Its number stays taken, and the files of its run stay too."""
        self._edit(deleted=True)

    def refresh(self) -> None:
        """Forget what is known of the version; it is read again when it is asked for."""
        self._details = None

    def __repr__(self) -> str:
        number = "?" if self._details is None else self._details["version"]
        return f"Model(workspace={self._workspace!r}, name={self._name!r}, version={number})"

    def _join(
        self,
        workspace: Workspace,
        name: str,
        registration: str,
        details: Mapping[str, Any] | None,
    ) -> None:
        self._workspace = workspace
        self._name = name
        self._registration = registration
        self._details = details

    def _known(self) -> Mapping[str, Any]:
        """Return the version's details as they were read, or read them now.

        Raises:
            NotFound: It is deleted.
            NotDelivered: Its registration is not in the log yet.
            ServerUnavailable: No query API answers.
        """
        if self._details is not None:
            return self._details
        self._workspace.deliver_first(timeout_s=FLUSH_TIMEOUT_S)
        question = {"workspace": self._workspace.name, "registration": self._registration}
        page = self._workspace.reader.get(f"/models/{self._name}", question)
        details: Mapping[str, Any] = page["items"][0]
        self._details = details
        return details

    def _text(self, field: str) -> str | None:
        value = self._known()[field]
        return None if value is None else str(value)

    def _files(self) -> builtins.list[dict[str, Any]]:
        question = {"workspace": self._workspace.name}
        files = self._workspace.reader.get(f"{self._path()}/files", question)["items"]
        return builtins.list(files)

    def _path(self) -> str:
        return f"/models/{self._name}/versions/{self.version}"

    def _edit(self, **changes: Any) -> None:  # noqa: ANN401  # fields of the event
        edited = ModelEdited(
            registration=self._registration, ts_us=now_us(), by=user_name(), **changes
        )
        record_model(self._workspace.place, self._name, edited)
        self.refresh()


def parse_model_id(text: str) -> tuple[str, int | None]:
    """Return the name and the version that `name:version` names; one without version is allowed.

    Raises:
        UsageError: It is neither.
    """
    name, colon, number = text.partition(":")
    if not colon:
        return names.model_name(name), None
    if not (number.isascii() and number.isdecimal() and int(number)):
        message = f"model id is {text!r}: want `name:version` such as `{name}:3`"
        raise UsageError(message)
    return names.model_name(name), int(number)


def _found(
    workspace: Workspace, name: str | None, wanted: ModelFilter
) -> Iterator[Mapping[str, Any]]:
    """Yield the details of the wanted versions, by name, the newest first."""
    workspace.deliver_first(timeout_s=FLUSH_TIMEOUT_S)
    question = {"workspace": workspace.name, "every": "true"}
    path = "/models" if name is None else f"/models/{names.model_name(name)}"
    try:
        yield from filter(wanted.matches, workspace.reader.items(path, question))
    except NotFound:
        # A model without versions has none of those that are wanted either.
        return

"""A workspace: a team's space, in one data folder or on one server."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal

from runtide.client import lifecycle
from runtide.client.experiment import Experiment
from runtide.client.model import Model
from runtide.client.options import Destination, Options, destination, load_options
from runtide.client.run import Run
from runtide.core import names
from runtide.errors import NotFound, UsageError

if TYPE_CHECKING:
    from runtide.client.reading import Reader

_FOLDERS: Final = (".runtide", ".azureml", "aml_config", ".")
_FILES: Final = ("config.json", "project.json")
_WRITTEN: Final = Path(".runtide/config.json")


class Workspace:
    """A team's space of experiments.

    Args:
        name: The workspace's name; default `RUNTIDE_WORKSPACE`, or `default`.
        home: The data folder; default `RUNTIDE_HOME`.
        url: `file:///folder`, `http(s)://host:port` or `kafka://host:port[/topic]`; default
            `RUNTIDE_URL`.
    """

    def __init__(
        self, name: str | None = None, *, home: str | Path | None = None, url: str | None = None
    ) -> None:
        options = load_options()
        self.name = names.metric_name(options.workspace if name is None else name)
        self.place = _place(options, home, url)
        self._reader: Reader | None = None

    @property
    def reader(self) -> Reader:
        """Who asks the query API."""
        if self._reader is None:
            # Here and not above: HTTP takes longer to load than all the rest of the SDK, and
            # most scripts only log.
            from runtide.client.reading import Reader  # noqa: PLC0415  # slow, see above

            self._reader = Reader(self.place)
        return self._reader

    @staticmethod
    def from_config(path: str | Path | None = None) -> Workspace:
        """Return the workspace that a configuration file describes.

        Args:
            path: The file, or a folder from which to look upwards: in each folder's `.runtide`,
                `.azureml` and `aml_config`, then in itself, for `config.json` and `project.json`.
                Default: the current folder.

        Raises:
            NotFound: There is no such file.
            UsageError: The file is no JSON object, or names no workspace.
        """
        file = _config_file(Path("." if path is None else path))
        try:
            document = json.loads(file.read_text(encoding="utf-8"))
        except (OSError, ValueError) as exc:
            message = f"could not read {file} ({exc}): write it with `Workspace.write_config`"
            raise UsageError(message) from exc
        name = document.get("workspace_name") if isinstance(document, dict) else None
        if not isinstance(name, str):
            message = f"{file} has no `workspace_name`: write it with `Workspace.write_config`"
            raise UsageError(message)
        return Workspace(name, home=document.get("runtide_home"), url=document.get("runtide_url"))

    @staticmethod
    def get(name: str, **_of_azure: Any) -> Workspace:  # noqa: ANN401  # accepted, not used
        """Return the workspace `name`. Arguments that name a subscription or group are ignored."""
        return Workspace(name)

    @staticmethod
    def create(name: str, **_of_azure: Any) -> Workspace:  # noqa: ANN401  # accepted, not used
        """Return the workspace `name`, which exists once something was logged to it."""
        return Workspace(name)

    def write_config(self, path: str | Path | None = None, file_name: str | None = None) -> None:
        """Write a file from which `from_config` finds this workspace again.

        Args:
            path: The folder in which `.runtide/config.json` is written. Default: the current one.
            file_name: Another name than `config.json`.
        """
        file = Path("." if path is None else path) / _WRITTEN
        if file_name is not None:
            file = file.with_name(file_name)
        place = {"runtide_url": self.place.url} if self.place.url else {}
        place = place or {"runtide_home": str(self.place.home)}
        file.parent.mkdir(parents=True, exist_ok=True)
        document = {"workspace_name": self.name, **place}
        file.write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")

    @property
    def experiments(self) -> dict[str, Experiment]:
        """The experiments that have runs, by name, the one with the newest run first."""
        return {name: Experiment(self, name) for name in self._experiment_names()}

    @property
    def models(self) -> dict[str, Model]:
        """The latest version of each model, by name."""
        return {model.name: model for model in Model.list(self, latest=True)}

    def experiment(self, name: str) -> Experiment:
        """Return the experiment `name`, whether or not it has runs yet."""
        return Experiment(self, name)

    def get_run(self, run_id: str) -> Run:
        """Return the run `run_id` of any of the workspace's experiments.

        Raises:
            NotFound: It is not in the record.
        """
        return Run.get(self, run_id)

    def query(
        self,
        statement: str,
        parameters: Mapping[str, Any] | None = None,
        *,
        as_: Literal["arrow", "pandas", "polars", "rows"] = "arrow",
    ) -> Any:  # noqa: ANN401  # a table or frame of another package
        """Return the answer to a `SELECT` over what is logged to where this workspace is.

        As `runtide.query`, which see.
        """
        # Here and not above: that module needs this one, and most scripts only log.
        from runtide.client.sql import query  # noqa: PLC0415  # see above

        return query(statement, parameters, as_=as_, workspace=self)

    def get_portal_url(self) -> str:
        """Return the address of the dashboard; a server is started if none answers."""
        return self.reader.url()

    def deliver_first(self, *, timeout_s: float) -> None:
        """Make this process's own facts part of what is read next.

        Raises:
            NotDelivered: Something is not in the log yet.
        """
        if lifecycle.has_sender(self.place):
            lifecycle.sender_for(self.place).flush(timeout_s=timeout_s, gives_up_early=True)

    def __repr__(self) -> str:
        return f"Workspace({self.name!r}, {self.place.label!r})"

    def _experiment_names(self) -> Iterator[str]:
        for item in self.reader.items("/experiments"):
            if item["workspace"] == self.name:
                yield item["name"]


def _place(options: Options, home: str | Path | None, url: str | None) -> Destination:
    if home is not None and url is not None:
        message = f"home is {home!r} and url is {url!r}: give one of them"
        raise UsageError(message)
    if home is not None:
        return Destination(home=Path(home).expanduser().absolute(), token=options.token)
    return destination(
        home=options.home,
        url=url or options.url,
        query_url=options.query_url,
        artifacts_url=options.artifacts_url,
        token=options.token,
    )


def _config_file(start: Path) -> Path:
    if start.is_file():
        return start
    for folder in (start.absolute(), *start.absolute().parents):
        for inner in _FOLDERS:
            for name in _FILES:
                if (file := folder / inner / name).is_file():
                    return file
    message = f"no workspace configuration in {start} or above: write one with `write_config`"
    raise NotFound(message)

"""`azureml.core.Workspace`: the retired SDK's ways to a workspace of ours."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import runtide
from runtide.azureml.stand_in import StandIn
from runtide.errors import NotFound

_GUESSED: set[str] = set()


class Workspace(metaclass=StandIn):
    """Ways to a `runtide.Workspace`; what they return is one, and is an instance of this.

    `Workspace(subscription_id, resource_group, workspace_name)` is the workspace of that name.
    """

    of = runtide.Workspace

    def __new__(  # type: ignore[misc]  # noqa: D102  # a way to another class, in the retired SDK's order
        cls,
        subscription_id: str | None = None,  # noqa: ARG004  # kept for older scripts
        resource_group: str | None = None,  # noqa: ARG004  # kept for older scripts
        workspace_name: str | None = None,
        auth: object = None,  # noqa: ARG004  # kept for older scripts
        **_of_azure: Any,  # noqa: ANN401  # accepted, not used
    ) -> runtide.Workspace:
        return runtide.Workspace(workspace_name)

    @staticmethod
    def from_config(
        path: str | Path | None = None,
        auth: object = None,  # noqa: ARG004  # kept for older scripts
        _logger: object = None,
        _file_name: str | None = None,
    ) -> runtide.Workspace:
        """Return the workspace that a configuration file describes, or else the default one.

        Args:
            path: The file, or a folder from which to look upwards; see `runtide.Workspace`.
            auth: Accepted for the sake of older scripts.

        Raises:
            NotFound: `path` is given, and there is no such file.
        """
        if _file_name is not None:
            path = Path(path or ".") / _file_name
        try:
            return runtide.Workspace.from_config(path)
        except NotFound:
            if path is not None:
                raise
        workspace = runtide.Workspace()
        _tell(workspace)
        return workspace

    @staticmethod
    def get(name: str, *_of_azure: object, **_more: object) -> runtide.Workspace:
        """Return the workspace `name`."""
        return runtide.Workspace(name)

    @staticmethod
    def create(name: str, *_of_azure: object, **_more: object) -> runtide.Workspace:
        """Return the workspace `name`, which exists once something was logged to it."""
        return runtide.Workspace(name)

    @staticmethod
    def list(*_of_azure: object, **_more: object) -> dict[str, list[runtide.Workspace]]:
        """Return the workspaces that have runs: by name, a list of the one of that name."""
        experiments = runtide.Workspace().reader.items("/experiments")
        names = sorted({item["workspace"] for item in experiments})
        return {name: [runtide.Workspace(name)] for name in names}

    @staticmethod
    def setup() -> None:
        """Do nothing: there is nothing to set up."""


def _tell(workspace: runtide.Workspace) -> None:
    """Say once which workspace was taken."""
    if workspace.place.label not in _GUESSED:
        _GUESSED.add(workspace.place.label)
        sys.stderr.write(
            f"runtide: no workspace configuration in {Path.cwd()} or above, so this is workspace "
            f"{workspace.name!r} in {workspace.place.label}: `write_config()` makes it say so\n"
        )

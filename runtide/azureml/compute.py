"""`azureml.core.ComputeTarget`: a compute target of ours by its name."""

from __future__ import annotations

from typing import Final

import runtide
from runtide.azureml.cloud import refused
from runtide.errors import NotFound

_LOCAL: Final = "local"


class ComputeTarget:
    """Where submitted runs are executed.

    Args:
        workspace: A workspace of the server that the target belongs to.
        name: The target's name.

    Raises:
        NotFound: No runs were ever submitted to it, and nobody executes any there.
    """

    def __init__(self, workspace: runtide.Workspace, name: str) -> None:
        known = _target_names(workspace)
        if name not in known:
            message = (
                f"there is no compute target {name!r}, there is {', '.join(known)}: start "
                f"`runtide agent --target {name}` on the machine that is to be it"
            )
            raise NotFound(message)
        self.name = name

    @staticmethod
    def all(workspace: runtide.Workspace) -> dict[str, ComputeTarget]:
        """Return every compute target by name."""
        return {name: ComputeTarget(workspace, name) for name in _target_names(workspace)}

    def __repr__(self) -> str:
        return f"ComputeTarget(name={self.name!r})"

    create = staticmethod(
        refused(
            "ComputeTarget.create",
            f"submit to the compute target `{_LOCAL}`, or start `runtide agent --target NAME` on "
            f"the machine that is to run it and submit to NAME",
        )
    )


class LocalTarget:
    """The machine that submits."""

    name = _LOCAL


def _target_names(workspace: runtide.Workspace) -> list[str]:
    found = [item["name"] for item in workspace.reader.get("/targets")["items"]]
    return sorted({_LOCAL, *found})

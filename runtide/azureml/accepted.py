"""What scripts for the retired SDK say and nothing here needs: accepted, without effect."""

from __future__ import annotations

from importlib.metadata import version
from typing import Final

VERSION: Final = f"1.62.0+runtide.{version('runtide')}"
"""The version of the retired SDK whose names these are, and Runtide's own."""

NO_IMAGE: Final = None
"""The image of a container, where there is none."""


class Authentication:
    """Who one is. A workspace of one's own asks nobody."""

    def __init__(self, *_arguments: object, **_keywords: object) -> None:
        """Take whatever the retired SDK took; nothing of it is kept."""


class OfflineRun:
    """A run that goes nowhere. None is one: what nobody submitted is recorded like any other."""


class DockerConfiguration:
    """Whether to run in a container.

    Attributes:
        use_docker: A submit warns of True, and runs without a container.
    """

    def __init__(self, use_docker: bool = False, **_of_containers: object) -> None:
        self.use_docker = use_docker


class ResourceConfiguration:
    """What a served model may use. Nothing is served here."""

    def __init__(self, cpu: float | None = None, memory_in_gb: float | None = None) -> None:
        self.cpu = cpu
        self.memory_in_gb = memory_in_gb


def set_diagnostics_collection(*, send_diagnostics: bool = True) -> None:
    """Do nothing: Runtide sends no diagnostics to anybody."""

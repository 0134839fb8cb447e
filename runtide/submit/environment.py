"""`Environment`: the Python that a submitted script runs in, and its environment variables."""

from __future__ import annotations

import copy
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from runtide.core import names
from runtide.submit import registry
from runtide.submit.conda import CondaDependencies, read_requirements

if TYPE_CHECKING:
    from collections.abc import Mapping

    from runtide.submit.registry import Place

LOCAL_TARGET: Final = "local"
"""The compute target of the machine that submits."""

_ANY_PYTHON: Final = "python"
_OURS: Final = re.compile(
    r"azureml[-_](core|defaults|sdk|telemetry|tensorboard|widgets|train[-_]core)(?![\w-]).*",
    re.IGNORECASE,
)
"""Packages of the retired SDK that Runtide stands for: it is in every environment."""


class PythonSection:
    """Which Python, and which packages.

    Attributes:
        user_managed_dependencies: Whether the interpreter has all packages already.
        interpreter_path: The interpreter in that case; `python` is the submitter's own.
        conda_dependencies: Otherwise the packages to build an environment of. While nothing is
            added, the script runs in the submitter's own interpreter.
    """

    def __init__(self) -> None:
        self.user_managed_dependencies = False
        self.interpreter_path = _ANY_PYTHON
        self.conda_dependencies = CondaDependencies()


class DockerSection:
    """What scripts for the retired SDK say of containers. Nothing of it is used.

    Attributes:
        enabled: Whether to run in a container.
        base_image: Its image.
    """

    def __init__(self) -> None:
        self.enabled = False
        self.base_image: str | None = None


class Environment:
    """The Python that a submitted script runs in.

    Without further words it is the interpreter of whoever submits.

    Args:
        name: The environment's name.

    Attributes:
        python: Which Python, and which packages.
        environment_variables: What the script finds in its environment.
        docker: Accepted for the sake of older scripts.
        version: The version that it was registered as, or None.
    """

    def __init__(self, name: str) -> None:
        self.name = names.metric_name(name)
        self.version: str | None = None
        self.python = PythonSection()
        self.docker = DockerSection()
        self.environment_variables: dict[str, str] = {}
        self._requirements: list[str] | None = None

    @staticmethod
    def from_pip_requirements(name: str, file_path: str | Path) -> Environment:
        """Return a virtual environment with the packages of a requirements file.

        Raises:
            UsageError: The file cannot be read.
        """
        made = Environment(name)
        made._requirements = read_requirements(Path(file_path))  # its own class
        return made

    @staticmethod
    def from_conda_specification(name: str, file_path: str | Path) -> Environment:
        """Return the environment that a file of conda's describes.

        Raises:
            UsageError: The file cannot be read, or is no environment file.
        """
        made = Environment(name)
        made.python.conda_dependencies = CondaDependencies(file_path)
        return made

    @staticmethod
    def get(workspace: Place, name: str, version: str | None = None) -> Environment:
        """Return a registered environment; the latest version unless one is named.

        Raises:
            NotFound: None of that name and version was registered in the workspace's data folder.
        """
        document = registry.find(workspace, name, version)
        return _from_document(document)

    @staticmethod
    def list(workspace: Place) -> dict[str, Environment]:
        """Return the latest version of each registered environment, by name."""
        return {
            name: _from_document(document) for name, document in registry.latest(workspace).items()
        }

    def register(self, workspace: Place) -> Environment:
        """Keep the environment in the workspace's data folder, and return it with its version.

        One that equals the latest version is that version.
        """
        document = registry.register(workspace, self.name, self._document())
        return _from_document(document)

    def clone(self, new_name: str) -> Environment:
        """Return a copy under another name, which can be changed by itself."""
        made = copy.deepcopy(self)
        made.name = names.metric_name(new_name)
        made.version = None
        return made

    def job_environment(self, *, target: str) -> dict[str, Any]:
        """Return what a job's `environment` says of this one; see the `job` event.

        Args:
            target: The compute target. On any but `local` the submitter's own interpreter is not
                to be had; there, the interpreter of whoever executes runs takes its place.

        Raises:
            UsageError: The interpreter is no text.
        """
        python = self.python
        if python.user_managed_dependencies and python.interpreter_path != _ANY_PYTHON:
            path = names.valid_text(python.interpreter_path, what="interpreter_path")
            return {"kind": "interpreter", "name": self.name, "python": path}
        if not python.user_managed_dependencies and self._requirements is not None:
            return {
                "kind": "venv",
                "name": self.name,
                "requirements": _without_ours(self._requirements),
            }
        if not python.user_managed_dependencies and not python.conda_dependencies.is_empty:
            conda = python.conda_dependencies.as_dict()
            for entry in conda["dependencies"]:
                if isinstance(entry, dict):
                    entry["pip"] = _without_ours(entry["pip"])
            return {"kind": "conda", "name": self.name, "conda": conda}
        if target != LOCAL_TARGET:
            return {"kind": "current", "name": self.name}
        return {"kind": "interpreter", "name": self.name, "python": sys.executable}

    @staticmethod
    def of_job(document: Mapping[str, Any], variables: Mapping[str, str]) -> Environment:
        """Return the environment of a job, one that `job_environment` says the same of.

        Args:
            document: The job's `environment`; see the `job` event.
            variables: The job's environment variables.
        """
        made = Environment(document["name"])
        made.environment_variables = dict(variables)
        match document["kind"]:
            case "venv":
                made._requirements = document["requirements"]
            case "conda":
                made.python.conda_dependencies = CondaDependencies.from_dict(document["conda"])
            case kind:
                made.python.user_managed_dependencies = True
                if kind == "interpreter":
                    made.python.interpreter_path = document["python"]
        return made

    def __repr__(self) -> str:
        return f"Environment(Name: {self.name},\nVersion: {self.version})"

    def _document(self) -> dict[str, Any]:
        python = self.python
        return {
            "name": self.name,
            "version": None,
            "user_managed_dependencies": bool(python.user_managed_dependencies),
            "interpreter_path": python.interpreter_path,
            "conda": None
            if python.conda_dependencies.is_empty
            else python.conda_dependencies.as_dict(),
            "requirements": self._requirements,
            "environment_variables": dict(self.environment_variables),
        }


def _from_document(document: Mapping[str, Any]) -> Environment:
    made = Environment(document["name"])
    made.version = document["version"]
    made.python.user_managed_dependencies = document["user_managed_dependencies"]
    made.python.interpreter_path = document["interpreter_path"]
    if document["conda"] is not None:
        made.python.conda_dependencies = CondaDependencies.from_dict(document["conda"])
    made._requirements = document["requirements"]  # noqa: SLF001  # its own class
    made.environment_variables = dict(document["environment_variables"])
    return made


def _without_ours(requirements: list[str]) -> list[str]:
    return [line for line in requirements if not _OURS.fullmatch(line)]

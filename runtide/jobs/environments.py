"""The Pythons that scripts run in: found, or built once and kept for the next run.

<home>/environments/
├── <digest>/        one environment; `whole` in it is written last
└── <digest>.lock    held by whoever builds it
"""

from __future__ import annotations

import json
import os
import platform
import shutil
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple, Protocol

import runtide
from runtide.jobs.core.environment import (
    CondaRecipe,
    Interpreter,
    Recipe,
    VenvRecipe,
    is_path,
    is_version,
    parse_environment,
    recipe_digest,
    without_conda,
)
from runtide.jobs.failures import LaunchFailed
from runtide.jobs.folders import held

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

ENVIRONMENTS_NAME: Final = "environments"

_WHOLE: Final = "whole"
_LOCK_LOOK_INTERVAL_S: Final = 0.2
_NEEDED: Final = ("orjson>=3.11", "psutil>=7")
"""What the SDK needs beside itself; `tests/unit/jobs` compares it with the package's own word."""

_CONDA_PROGRAMS: Final = ("micromamba", "mamba", "conda")
_OLDEST: Final = (3, 11)
"""The oldest Python on which the SDK runs."""


class Build(Protocol):
    """Runs one command of a build."""

    def __call__(self, command: Sequence[str], *, folder: Path) -> None:
        """Run `command` in `folder` to its end.

        Raises:
            LaunchFailed: It ended with an exit code other than 0, or could not be started.
            Stopped: The run is to end.
        """
        ...


class Tools(NamedTuple):
    """The programs that build environments: their paths, or None for one that is not there."""

    uv: str | None
    conda: str | None


def find_tools() -> Tools:
    """Return what this machine has; uv may also stand beside our own interpreter."""
    own = str(Path(sys.executable).parent)
    return Tools(
        uv=shutil.which("uv") or shutil.which("uv", path=own),
        conda=next((path for name in _CONDA_PROGRAMS if (path := shutil.which(name))), None),
    )


class Python(NamedTuple):
    """An interpreter, and the folder of programs that belongs in front of `PATH`."""

    interpreter: str
    programs: Path


class Environments:
    """The environments below one folder, which any number of launchers share.

    Args:
        folder: Where they are kept.
        tools: What builds them.
        build: Runs the commands of a build.
        say: Takes a line for whoever reads the build's log.
        check: Called while another launcher builds; raises when waiting is over.
    """

    def __init__(
        self,
        folder: Path,
        *,
        tools: Tools,
        build: Build,
        say: Callable[[str], None],
        check: Callable[[], None],
    ) -> None:
        self._folder = folder
        self._tools = tools
        self._build = build
        self._say = say
        self._check = check

    def get(self, document: Mapping[str, Any]) -> Python:
        """Return the Python that a job's environment describes, after building it if need be.

        Raises:
            UsageError: The description is wrong.
            LaunchFailed: It cannot be had; the message says what to do.
        """
        wanted = parse_environment(document)
        if isinstance(wanted, Interpreter):
            return _found(wanted)
        if isinstance(wanted, CondaRecipe) and self._tools.conda is None:
            wanted = self._instead_of_conda(wanted)
        return self._get_built(wanted)

    def _instead_of_conda(self, recipe: CondaRecipe) -> VenvRecipe:
        venv = without_conda(recipe)
        if venv is None:
            message = (
                "the environment has conda packages, and conda was not found: install conda, mamba "
                "or micromamba, or ask for pip packages alone"
            )
            raise LaunchFailed(message)
        self._say("conda was not found: building the pip packages as a virtual environment instead")
        return venv

    def _get_built(self, recipe: Recipe) -> Python:
        digest = recipe_digest(recipe, platform=_platform())
        prefix = self._folder / digest
        lock = prefix.with_suffix(".lock")
        has_told = False
        while True:
            with held(lock) as is_ours:
                if is_ours:
                    if not (prefix / _WHOLE).is_file():
                        self._make(recipe, prefix)
                    self._add_runtide(prefix)
                    return Python(str(prefix / "bin/python"), prefix / "bin")
            if not has_told:
                self._say(f"waiting for another run, which builds environment {digest}")
                has_told = True
            self._check()
            time.sleep(_LOCK_LOOK_INTERVAL_S)

    def _make(self, recipe: Recipe, prefix: Path) -> None:
        self._say(f"building environment {prefix.name}")
        # What an interrupted build has left is of no use.
        shutil.rmtree(prefix, ignore_errors=True)
        prefix.parent.mkdir(parents=True, exist_ok=True)
        match recipe:
            case VenvRecipe():
                self._make_venv(recipe, prefix)
            case CondaRecipe():
                self._make_conda(recipe, prefix)
        (prefix / _WHOLE).touch()
        self._say(f"environment {prefix.name} is ready")

    def _make_venv(self, recipe: VenvRecipe, prefix: Path) -> None:
        uv = self._tools.uv
        if uv is not None:
            asked = ["--python", recipe.python or sys.executable]
            self._build([uv, "venv", "--quiet", *asked, str(prefix)], folder=prefix.parent)
        else:
            python = _find_python(recipe.python)
            self._build([python, "-m", "venv", str(prefix)], folder=prefix.parent)
        listed = prefix / "requirements.txt"
        listed.write_text("".join(f"{line}\n" for line in (*_NEEDED, *recipe.requirements)))
        self._install(listed, prefix)

    def _make_conda(self, recipe: CondaRecipe, prefix: Path) -> None:
        conda = self._tools.conda
        assert conda is not None, recipe
        listed = prefix.with_suffix(".yml")
        # JSON is YAML.
        listed.write_text(json.dumps(dict(recipe.specification)))
        action = ["create", "-y"] if Path(conda).name == "micromamba" else ["env", "create"]
        self._build([conda, *action, "-p", str(prefix), "-f", str(listed)], folder=prefix.parent)
        needed = prefix / "requirements.txt"
        needed.write_text("".join(f"{line}\n" for line in _NEEDED))
        self._install(needed, prefix)

    def _install(self, listed: Path, prefix: Path) -> None:
        python = str(prefix / "bin/python")
        uv = self._tools.uv
        if uv is not None:
            command = [uv, "pip", "install", "--python", python, "-r", str(listed)]
        else:
            command = [python, "-m", "pip", "install", "--progress-bar", "off", "-r", str(listed)]
        self._build(command, folder=prefix)

    def _add_runtide(self, prefix: Path) -> None:
        """Let scripts import the very package that executes them.

        It is pure Python, so a link to it serves every version from the oldest on, and never
        differs from what the launcher speaks. A path to its site-packages would bring along
        everything else there, compiled for another Python.
        """
        packages = next(prefix.glob("lib/python3*/site-packages"))
        version = packages.parent.name.removeprefix("python")
        if tuple(map(int, version.split("."))) < _OLDEST:
            self._say(
                f"Python {version} is too old for `import runtide`, which needs 3.11 or newer"
            )
            return
        link = packages / "runtide"
        source = Path(runtide.__file__).parent
        if link.is_symlink() and link.readlink() != source:
            # Runtide was installed elsewhere since.
            link.unlink()
        if not link.exists():
            # Where the requirements name a version of it, that one is there by now.
            link.symlink_to(source, target_is_directory=True)


def _found(wanted: Interpreter) -> Python:
    path = wanted.path or sys.executable
    found = shutil.which(path)
    if found is None:
        message = (
            f"there is no interpreter {path!r} on {platform.node()}: give the path of one that is "
            f"there, or describe an environment to build"
        )
        raise LaunchFailed(message)
    # Not resolved: the path is what tells a virtual environment from the Python it was made of.
    absolute = Path(os.path.abspath(found))  # noqa: PTH100  # to resolve would be to follow the link
    return Python(str(absolute), absolute.parent)


def _platform() -> str:
    version = ".".join(map(str, sys.version_info[:2]))
    return f"{sys.platform}-{platform.machine()}-{version}"


def _find_python(python: str | None) -> str:
    """Return an interpreter of the version `python`, where uv is not there to fetch one.

    Raises:
        LaunchFailed: There is none.
    """
    if python is None or is_version(python, version=sys.version_info[:3]):
        return sys.executable
    name = python if is_path(python) else f"python{'.'.join(python.split('.')[:2])}"
    found = shutil.which(name)
    if found is None:
        message = (
            f"Python {python} was not found on {platform.node()}: install it, or install uv, which "
            f"fetches it"
        )
        raise LaunchFailed(message)
    return found

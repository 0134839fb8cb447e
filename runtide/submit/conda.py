"""`CondaDependencies`: the packages of an environment, as conda and pip name them."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from runtide.errors import UsageError
from runtide.submit.conda_file import format_conda_file, parse_conda_file

_CHANNELS: Final = ("conda-forge",)
_NAME: Final = re.compile(r"[A-Za-z0-9._-]+")


class CondaDependencies:
    """Packages from conda and from pip.

    Args:
        conda_dependencies_file_path: An environment file of conda to start from.
    """

    def __init__(self, conda_dependencies_file_path: str | Path | None = None) -> None:
        self._conda: list[str] = []
        self._pip: list[str] = []
        self._channels: list[str] = []
        self._others: dict[str, Any] = {}
        if conda_dependencies_file_path is not None:
            self._load(Path(conda_dependencies_file_path))

    @staticmethod
    def create(
        pip_indexurl: str | None = None,
        pip_packages: Sequence[str] | None = None,
        conda_packages: Sequence[str] | None = None,
        python_version: str | None = None,
        pin_sdk_version: bool = True,  # noqa: ARG004  # kept for older scripts
    ) -> CondaDependencies:
        """Return the given packages.

        Args:
            pip_indexurl: Where pip looks for packages.
            pip_packages: Requirements as pip reads them.
            conda_packages: Packages as conda names them.
            python_version: Python's version, such as `3.12`; default: whatever conda takes.
            pin_sdk_version: Accepted for the sake of older scripts; nothing is added.
        """
        made = CondaDependencies()
        if python_version is not None:
            made.set_python_version(python_version)
        for package in conda_packages or ():
            made.add_conda_package(package)
        if pip_indexurl is not None:
            made.add_pip_package(f"-i {pip_indexurl}")
        for package in pip_packages or ():
            made.add_pip_package(package)
        return made

    @staticmethod
    def from_dict(document: Mapping[str, Any]) -> CondaDependencies:
        """Return the packages of an environment file that was read already; see `as_dict`.

        Raises:
            UsageError: It is none.
        """
        made = CondaDependencies()
        made._take(document, what="the specification", folder=Path())  # its own class
        return made

    @property
    def conda_packages(self) -> Iterable[str]:
        """The packages from conda, Python among them."""
        return tuple(self._conda)

    @property
    def pip_packages(self) -> Iterable[str]:
        """The requirements that pip reads."""
        return tuple(self._pip)

    @property
    def conda_channels(self) -> Iterable[str]:
        """Where conda looks for packages."""
        return tuple(self._channels)

    @property
    def is_empty(self) -> bool:
        """Whether nothing is asked for."""
        return not (self._conda or self._pip)

    def add_conda_package(self, conda_package: str) -> None:
        """Add a package from conda, instead of one of that name."""
        self.remove_conda_package(conda_package)
        self._conda.append(_package(conda_package))

    def add_pip_package(self, pip_package: str) -> None:
        """Add a requirement, instead of one of that name."""
        self.remove_pip_package(pip_package)
        self._pip.append(_package(pip_package))

    def remove_conda_package(self, conda_package: str) -> None:
        """Remove a package from conda, whatever its version."""
        self._conda = [kept for kept in self._conda if _name(kept) != _name(conda_package)]

    def remove_pip_package(self, pip_package: str) -> None:
        """Remove a requirement, whatever its version."""
        self._pip = [kept for kept in self._pip if _name(kept) != _name(pip_package)]

    def add_channel(self, channel: str) -> None:
        """Add a place where conda looks for packages."""
        if channel not in self._channels:
            self._channels.append(_package(channel))

    def set_python_version(self, version: str) -> None:
        """Set Python's version, such as `3.12`."""
        self.remove_conda_package("python")
        self._conda.insert(0, f"python={version}")

    def as_dict(self) -> dict[str, Any]:
        """Return the environment file as a dict."""
        dependencies: list[Any] = list(self._conda)
        if self._pip:
            if not any(_name(package) == "pip" for package in self._conda):
                dependencies.append("pip")
            dependencies.append({"pip": list(self._pip)})
        channels = self._channels or list(_CHANNELS)
        return copy.deepcopy(
            self._others | {"channels": list(channels), "dependencies": dependencies}
        )

    def serialize_to_string(self) -> str:
        """Return the environment file's content."""
        return format_conda_file(self.as_dict())

    def save_to_file(
        self, base_directory: str | Path, conda_file_path: str = "conda_dependencies.yml"
    ) -> str:
        """Write the environment file below a folder, and return its path there."""
        path = Path(base_directory) / conda_file_path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(self.serialize_to_string(), encoding="utf-8")
        return conda_file_path

    def __eq__(self, other: object) -> bool:
        return isinstance(other, CondaDependencies) and self.as_dict() == other.as_dict()

    __hash__ = None  # type: ignore[assignment]  # it can be changed

    def _load(self, path: Path) -> None:
        try:
            text = path.read_text(encoding="utf-8")
        except OSError as exc:
            message = f"could not read the conda file {str(path)!r} ({exc}): give a readable file"
            raise UsageError(message) from exc
        self._take(parse_conda_file(text, what=str(path)), what=str(path), folder=path.parent)

    def _take(self, document: Mapping[str, Any], *, what: str, folder: Path) -> None:
        others = dict(document)
        for entry in _listed(others.pop("dependencies", None), what):
            if isinstance(entry, str):
                self._conda.append(entry)
            elif isinstance(entry, Mapping) and entry.keys() == {"pip"}:
                for line in _listed(entry["pip"], what):
                    self._pip += _requirement_lines(str(line), folder, within=())
            else:
                message = f"{what} has the dependency {entry!r}: want a package, or a list `pip`"
                raise UsageError(message)
        self._channels = [str(channel) for channel in _listed(others.pop("channels", None), what)]
        for of_one_machine in ("name", "prefix"):
            others.pop(of_one_machine, None)
        self._others = others


def read_requirements(path: Path) -> list[str]:
    """Return the lines of a requirements file that say something, with those of files it names.

    Raises:
        UsageError: A file cannot be read, or names itself.
    """
    return _read_requirements(path, within=())


def _read_requirements(path: Path, *, within: tuple[Path, ...]) -> list[str]:
    if path.resolve() in within:
        message = f"requirements file {str(path)!r} names itself: remove its `-r`"
        raise UsageError(message)
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as exc:
        message = f"could not read {str(path)!r} ({exc}): give a readable requirements file"
        raise UsageError(message) from exc
    found: list[str] = []
    for raw in text.replace("\\\n", " ").splitlines():
        line = re.sub(r"(^|\s)#.*$", "", raw).strip()
        if line:
            found += _requirement_lines(line, path.parent, within=(*within, path.resolve()))
    return found


def _requirement_lines(line: str, folder: Path, *, within: tuple[Path, ...]) -> list[str]:
    match = re.fullmatch(r"(?:-r|--requirement)[ =]?\s*(?P<file>.+)", line.strip())
    if match is None:
        return [line.strip()]
    return _read_requirements(folder / match["file"], within=within)


def _listed(value: object, what: str) -> list[Any]:
    if value is None:
        return []
    if not isinstance(value, list):
        message = f"{what} has {value!r} where a list is wanted: write each entry behind a `- `"
        raise UsageError(message)
    return value


def _package(text: object) -> str:
    if not isinstance(text, str) or not text.strip():
        message = f"package is {text!r}: want a text such as `numpy==2.1`"
        raise UsageError(message)
    return text.strip()


def _name(package: str) -> str:
    """Return the name that a package is known by; of an option or address, all of it."""
    bare = package.strip().rpartition("::")[2]
    match = _NAME.match(bare)
    if match is None or bare.startswith("-") or "://" in bare:
        return bare
    return re.sub(r"[-_.]+", "-", match[0]).lower()

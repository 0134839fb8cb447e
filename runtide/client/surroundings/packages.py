"""Which packages a process can import, in the form of a requirements file."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

import orjson

if TYPE_CHECKING:
    from importlib.metadata import Distribution

_SPECIFIC_SCHEMES: Final = ("http", "https", "ssh", "git", "file")

_text_by_state: dict[tuple[tuple[str, int], ...], str] = {}
"""The last answer, by the folders that it was made from and when those changed."""


def package_list() -> str:
    """Return one line a package, by name: `numpy==2.1.0`, or `name @ url` for one from elsewhere.

    Asked again it takes no time, unless something was installed or removed.
    """
    state = tuple((folder, _changed_ns(folder)) for folder in sys.path)
    text = _text_by_state.get(state)
    if text is None:
        text = _text()
        _text_by_state.clear()
        _text_by_state[state] = text
    return text


def _text() -> str:
    # A tenth of `import runtide`, and asked for in a thread of its own once a run has begun.
    from importlib.metadata import distributions  # noqa: PLC0415  # see above

    line_by_name: dict[str, str] = {}
    for package in distributions():
        name, version = _name_and_version(package)
        if name and version:
            # The first one on the path is the one that is imported.
            line_by_name.setdefault(name.lower(), _line(package, name, version))
    return "".join(f"{line_by_name[name]}\n" for name in sorted(line_by_name))


def _line(package: Distribution, name: str, version: str) -> str:
    text = package.read_text("direct_url.json")
    try:
        origin = orjson.loads(text) if text else {}
        parts = urlsplit(origin.get("url", ""))
        if parts.scheme not in _SPECIFIC_SCHEMES:
            return f"{name}=={version}"
        # What stands before the host may be a token.
        url = parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()
        vcs = origin.get("vcs_info", {})
        if vcs:
            url = f"{vcs['vcs']}+{url}@{vcs['commit_id']}"
    except (AttributeError, KeyError, TypeError, ValueError):
        return f"{name}=={version}"
    return f"{name} @ {url}"


def _name_and_version(package: Distribution) -> tuple[str, str]:
    """Return what the head of a package's metadata says; parsing all of it takes ten times longer."""
    try:
        text = package.read_text("METADATA") or package.read_text("PKG-INFO") or ""
    except (OSError, UnicodeDecodeError):
        return "", ""
    field_by_name: dict[str, str] = {}
    for line in text.splitlines():
        name, colon, value = line.partition(":")
        if not colon:
            break
        field_by_name.setdefault(name.lower(), value.strip())
        if len(field_by_name.keys() & {"name", "version"}) == 2:  # noqa: PLR2004  # both of them
            break
    return field_by_name.get("name", ""), field_by_name.get("version", "")


def _changed_ns(folder: str) -> int:
    try:
        return Path(folder or ".").stat().st_mtime_ns
    except OSError:
        return 0

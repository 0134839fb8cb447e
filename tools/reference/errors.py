"""Every error that Runtide raises on purpose, from the classes' own docstrings."""

from __future__ import annotations

import inspect
from collections.abc import Iterator

from runtide import errors
from runtide.http.problems import STATUS_BY_ERROR

_OPENING = """\
# Errors

An error's branch says what to do about it: fix the call, drop the data, retry, or stop. Its code is
stable: it is the class's `code` in Python, and the end of `type` in an answer over HTTP
(`urn:runtide:error:<code>`). A message says what happened and, after the colon, what to do.
"""

_BRANCHES: tuple[tuple[type[errors.RuntideError], str], ...] = (
    (errors.UsageError, "Fix: the call is wrong"),
    (errors.RejectedError, "Drop: the data is refused"),
    (errors.UnavailableError, "Retry: a dependency did not answer"),
    (errors.CorruptionError, "Stop: stored bytes are not what was written"),
)


def pages() -> dict[str, str]:
    """Return one page with a section for each branch."""
    return {"errors.md": "\n".join((_OPENING, *(_section(*branch) for branch in _BRANCHES)))}


def _section(branch: type[errors.RuntideError], title: str) -> str:
    entries = "\n".join(_entry(error) for error in _subtree(branch))
    return f"## {title}\n\n{entries}"


def _subtree(branch: type[errors.RuntideError]) -> Iterator[type[errors.RuntideError]]:
    """Yield the branch and what it divides into, in the order of the file."""
    yield branch
    for below in branch.__subclasses__():
        if below.__module__ == errors.__name__:
            yield from _subtree(below)


def _entry(error: type[errors.RuntideError]) -> str:
    meaning, _, attributes = inspect.cleandoc(error.__doc__ or "").partition("\n\nAttributes:\n")
    status = next(status for cls, status in STATUS_BY_ERROR if issubclass(error, cls))
    lines = [f"`runtide.errors.{error.__name__}`, HTTP {status}. {meaning}"]
    if attributes:
        lines.append("")
        for line in attributes.splitlines():
            name, _, text = line.strip().partition(": ")
            lines.append(f"- `{name}`: {text}")
    return f"### `{error.code}`\n\n" + "\n".join(lines) + "\n"

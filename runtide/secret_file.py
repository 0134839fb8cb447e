"""Secrets that a setting names, or that stand in a file which a setting names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runtide.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path


def secret_of(
    text: str | None, path: Path | None, *, name: str, file_name: str | None = None
) -> str | None:
    """Return the secret, of which no message shows anything; a last line end is not part of it.

    Args:
        text: What the setting `name` holds.
        path: The file that the setting `file_name` names.
        name: The setting.
        file_name: If not given, `name` with `_FILE` behind it.

    Raises:
        UsageError: Both are given, or the file cannot be read.
    """
    if path is None:
        return text
    file_name = file_name or f"{name}_FILE"
    if text is not None:
        message = f"{name} and {file_name} are both set: unset one of them"
        raise UsageError(message)
    try:
        return path.expanduser().read_text(encoding="utf-8").removesuffix("\n").removesuffix("\r")
    except UnicodeDecodeError:
        problem = "it is not UTF-8"
    except OSError as exc:
        problem = exc.strerror or type(exc).__name__
    message = f"{file_name} is {str(path)!r}, which cannot be read ({problem}): correct it"
    raise UsageError(message)

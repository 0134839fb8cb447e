"""The artifact store that a URL names."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from runtide.artifacts.local import LocalArtifacts
from runtide.errors import UsageError

if TYPE_CHECKING:
    from runtide.artifacts.port import ArtifactStore


def open_artifacts(url: str) -> ArtifactStore:
    """Return the store at `url`: a data folder, `file:///folder`, or `s3://bucket/prefix`.

    Nothing is asked of it yet.

    Raises:
        UsageError: The URL is neither, or what it needs is not installed.
    """
    place = urlsplit(url)
    folder = Path(unquote(place.path))
    is_here = place.scheme == "file" and place.netloc in {"", "localhost"}
    if is_here and folder.is_absolute() and not place.query:
        return LocalArtifacts(folder)
    if place.scheme != "s3":
        message = f"artifacts URL is {url!r}: want `file:///folder` or `s3://bucket/prefix`"
        raise UsageError(message)
    try:
        # Here and not above: a folder needs no engine, and a script without one must start.
        from runtide.artifacts.object_store import open_s3  # noqa: PLC0415  # see above
    except ModuleNotFoundError as exc:
        message = f"artifacts URL is {url!r}, which needs obstore: install `runtide[s3]`"
        raise UsageError(message) from exc
    return open_s3(url)

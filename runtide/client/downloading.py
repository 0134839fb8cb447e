"""Bytes from the query API into files."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from runtide.client.reading import Reader


def download_to(
    target: Path, reader: Reader, path: str, question: dict[str, str] | None = None
) -> None:
    """Write the answer to `GET /api/v1{path}` to `target`, whole or not at all.

    Folders above it are made; a file that is there is replaced.

    Raises:
        NotFound: The record has no such thing.
        UsageError: The question is wrong.
        ServerUnavailable: No answer, or not all of it.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(f"{target.name}.part")
    try:
        with part.open("wb") as output:
            reader.download(path, output, question)
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)

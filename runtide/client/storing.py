"""How a file of a run or of a model gets into the artifact store."""

from __future__ import annotations

import mimetypes
from typing import TYPE_CHECKING, BinaryIO

from runtide.client.spool import file_parcel, stage
from runtide.errors import UnavailableError

if TYPE_CHECKING:
    from runtide.artifacts.port import Blob
    from runtide.client.sender import Sender


def store_file(sender: Sender, key: str, path: str, source: BinaryIO) -> Blob:
    """Store what is left in `source`, or keep it and have the sender store it later.

    Args:
        sender: Who sends what is kept. Somebody must be enlisted with it.
        key: What the file belongs to: a run's id, or the key of a model.
        path: The file's path there.
        source: Its bytes.

    Raises:
        UsageError: There is no place for files.
        RejectedError: The file is refused; it will be refused again.
        ArtifactsUnavailable: No disk keeps it either.
    """
    start = source.tell()
    try:
        return sender.transport.save_file(key, path, source)
    except UnavailableError as exc:
        # As with metrics: a store that does not answer must not harm the script.
        source.seek(start)
        blob, staged = stage(source, sender.place)
        sender.postpone_file(file_parcel(key, path, staged), exc)
        return blob


def media_type(path: str) -> str:
    """Return what kind of file `path` is, by its name."""
    guessed, encoding = mimetypes.guess_type(path)
    return "application/octet-stream" if guessed is None or encoding else guessed

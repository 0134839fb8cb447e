"""Snapshots by way of a process's transport: where the blobs of its runs go."""

from __future__ import annotations

from tempfile import TemporaryFile
from typing import TYPE_CHECKING, BinaryIO, cast
from urllib.parse import quote

if TYPE_CHECKING:
    from pathlib import Path

    from runtide.artifacts.port import Blob
    from runtide.client.reading import Reader
    from runtide.client.transport import Transport


class TransportBlobs:
    """A `runtide.submit.snapshot.BlobStore` over the way that a run's files take.

    Args:
        transport: The way.
        run_id: The run whose code it is.
    """

    def __init__(self, transport: Transport, run_id: str) -> None:
        self._transport = transport
        self._run_id = run_id

    def save(self, name: str, source: BinaryIO) -> Blob:
        """Store what is left in `source`; see `BlobStore`."""
        return self._transport.save_file(self._run_id, name, source)

    def is_stored(self, sha256: str) -> bool:
        """Return whether bytes are there already; see `BlobStore`."""
        return self._transport.is_stored(sha256)


def restore_snapshot(reader: Reader, run_id: str, folder: Path) -> int:
    """Write the files of a run's snapshot below `folder`, and return how many there are.

    Raises:
        NotFound: There is no such run, or no snapshot of its code.
        ServerUnavailable: No query API answers, or it broke off.
        OSError: A file could not be written.
    """
    # Here and not above: archives take long to load, and most scripts only log.
    from runtide.submit.restore import extract_archive  # noqa: PLC0415  # slow, see above

    with TemporaryFile() as archive:
        reader.download(f"/runs/{quote(run_id, safe='')}/snapshot.zip", cast("BinaryIO", archive))
        archive.seek(0)
        return extract_archive(cast("BinaryIO", archive), folder)

"""Ways from a process to the artifact store, for logs that take no files."""

from __future__ import annotations

import shutil
import subprocess
import sys
from tempfile import TemporaryFile
from typing import TYPE_CHECKING, BinaryIO, Final, Protocol

from runtide.artifacts.opening import open_artifacts
from runtide.artifacts.port import Blob
from runtide.client import upload_helper
from runtide.errors import ArtifactsUnavailable, UsageError

if TYPE_CHECKING:
    from runtide.client.options import Destination

_HELPER_TIMEOUT_S: Final = 600.0


class Uploader(Protocol):
    """A way to the artifact store. Any thread may save."""

    def save_file(self, run: str, path: str, source: BinaryIO) -> Blob:
        """Store what is left in `source` as the bytes of a run's file.

        Raises:
            UsageError: There is no place for files.
            RejectedError: The file is refused; it will be refused again.
            UnavailableError: Nothing was stored; retry.
        """
        ...

    def is_stored(self, sha256: str) -> bool:
        """Return whether bytes of this digest are stored already.

        Raises:
            UnavailableError: It is not known; retry.
        """
        ...


def open_uploader(place: Destination) -> Uploader:
    """Return the way to where the files of runs at `place` go: `RUNTIDE_ARTIFACTS_URL`.

    Without one, an HTTP server takes the files along with the envelopes. Nothing is opened before
    the first use, and no server asked.

    Raises:
        UsageError: The URL leads nowhere, or what it needs is not installed.
    """
    url = place.artifacts_url or place.url or ""
    if url.startswith(("http://", "https://")):
        # Here and not above: HTTP takes longer to load than all the rest of the SDK.
        from runtide.client.http_upload import HttpUploader  # noqa: PLC0415  # slow, see above

        return HttpUploader(url, place.token)
    return _NoUploader(place) if place.artifacts_url is None else _StoreUploader(url)


class _StoreUploader:
    """Straight into an artifact store."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._artifacts = open_artifacts(url)

    def save_file(self, run: str, path: str, source: BinaryIO) -> Blob:  # noqa: ARG002  # the protocol's signature
        if self._is_engine_inherited():
            return _saved_by_helper(self._url, source)
        return self._artifacts.save(source)

    def is_stored(self, sha256: str) -> bool:
        # A forked child's engine cannot be asked: what is stored twice is still stored once.
        return not self._is_engine_inherited() and self._artifacts.find_size(sha256) is not None

    def _is_engine_inherited(self) -> bool:
        if not self._url.startswith("s3:"):
            return False
        from runtide.artifacts.object_store import is_engine_inherited  # noqa: PLC0415  # an extra

        return is_engine_inherited()


class _NoUploader:
    """Says what is missing when the first file comes, and not before."""

    def __init__(self, place: Destination) -> None:
        self._label = place.label

    def save_file(self, run: str, path: str, source: BinaryIO) -> Blob:  # noqa: ARG002  # the protocol's signature
        message = (
            f"{self._label} takes no files, and {path!r} is one: set RUNTIDE_ARTIFACTS_URL to "
            f"where they go, `s3://bucket/prefix` or the `http(s)://host:port` of an ingest service"
        )
        raise UsageError(message)

    def is_stored(self, sha256: str) -> bool:  # noqa: ARG002  # the protocol's signature
        return False


def _saved_by_helper(url: str, source: BinaryIO) -> Blob:
    """Save through a fresh interpreter.

    In a forked child the object store's engine has no threads, and cannot be started again.
    """
    with TemporaryFile() as copy:
        shutil.copyfileobj(source, copy)
        copy.seek(0)
        try:
            done = subprocess.run(  # noqa: S603  # our own interpreter and module
                [sys.executable, "-P", "-m", upload_helper.__name__, url],
                stdin=copy,
                capture_output=True,
                check=True,
                text=True,
                timeout=_HELPER_TIMEOUT_S,
            )
        except (OSError, subprocess.SubprocessError) as exc:
            said = (getattr(exc, "stderr", None) or str(exc)).strip()
            message = f"a helper of this forked process could not store a file: {said}"
            raise ArtifactsUnavailable(message) from exc
    sha256, size = done.stdout.split()
    return Blob(sha256, int(size))

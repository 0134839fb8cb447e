"""Files to a server's ingest API: announced by their digest, and sent if they are not there."""

from __future__ import annotations

import http.client
from base64 import b64encode
from typing import BinaryIO, Final
from urllib.parse import quote, urlsplit

import orjson

from runtide.artifacts.announcing import save_announced
from runtide.artifacts.port import Blob
from runtide.client.http_exchange import (
    REFUSALS,
    TIMEOUT_S,
    Answer,
    authorization,
    exchange,
    open_connection,
)
from runtide.core.names import find_model
from runtide.errors import ArtifactsUnavailable, DigestMismatch, RejectedError

ASK_FIRST_BYTES: Final = 256 * 1024
"""Size from which a file is worth the question whether the server has it already."""

_TRANSFER_TIMEOUT_S: Final = 60.0
"""How long a server may take to read on, or to store the last of a file that takes long anyway."""

_LARGE_BYTES: Final = 1 << 20


class HttpUploader:
    """Stores files through the ingest API at `url`. Any thread may save."""

    def __init__(self, url: str, token: str | None = None) -> None:
        self._url = urlsplit(url)
        self._authorization = authorization(token)

    def save_file(self, run: str, path: str, source: BinaryIO) -> Blob:
        """Store what is left in `source` as the bytes of a file; see `Transport`."""
        model = find_model(run)
        owner = f"runs/{quote(run, safe='')}" if model is None else f"models/{model}"
        target = f"{self._url.path}/ingest/v1/{owner}/files/{quote(path)}"

        def send(whole: BinaryIO, blob: Blob) -> Blob:
            # A connection of its own: files are saved on callers' threads.
            connection = open_connection(self._url)
            try:
                size = str(blob.size_bytes)
                if blob.size_bytes >= ASK_FIRST_BYTES and size == self._stored_size(
                    connection, blob.sha256
                ):
                    return blob
                return self._sent(connection, target, whole, blob, what=path)
            finally:
                connection.close()

        try:
            return save_announced(source, send)
        except DigestMismatch as exc:
            # The bytes were copied and read twice: what differed changed on the way.
            message = f"{path!r} did not arrive at {self._url.netloc} as it was sent: {exc}"
            raise ArtifactsUnavailable(message) from exc

    def is_stored(self, sha256: str) -> bool:
        """Return whether bytes are there already; see `Transport`."""
        connection = open_connection(self._url)
        try:
            return self._stored_size(connection, sha256) is not None
        finally:
            connection.close()

    def _stored_size(self, connection: http.client.HTTPConnection, sha256: str) -> str | None:
        target = f"{self._url.path}/ingest/v1/blobs/{sha256}"
        answer = exchange(connection, "HEAD", target, headers=self._authorization)
        return answer.headers.get("Content-Length") if answer.is_good else None

    def _sent(
        self,
        connection: http.client.HTTPConnection,
        target: str,
        whole: BinaryIO,
        blob: Blob,
        *,
        what: str,
    ) -> Blob:
        is_large = blob.size_bytes >= _LARGE_BYTES
        connection.timeout = _TRANSFER_TIMEOUT_S if is_large else TIMEOUT_S
        if is_large and connection.sock is not None:
            connection.sock.settimeout(_TRANSFER_TIMEOUT_S)
        digest = b64encode(bytes.fromhex(blob.sha256)).decode()
        headers = {
            "Content-Type": "application/octet-stream",
            "Content-Length": str(blob.size_bytes),
            "Repr-Digest": f"sha-256=:{digest}:",
            **self._authorization,
        }
        body = _Exactly(whole, blob)
        answer = exchange(connection, "PUT", target, body=body, headers=headers)  # type: ignore[arg-type]  # it reads
        if answer.is_good:
            document = orjson.loads(answer.text)
            return Blob(document["sha256"], document["size_bytes"])
        message = f"the server at {self._url.netloc} answered {answer.status} to {what!r}"
        if _is_mismatch(answer):
            raise DigestMismatch(want=blob.sha256, got="another")
        message = f"{message}: {answer.text}"
        raise RejectedError(message) if answer.status in REFUSALS else ArtifactsUnavailable(message)


class _Exactly:
    """A source that ends where it was announced to end.

    Raises:
        DigestMismatch: It holds less.
    """

    def __init__(self, source: BinaryIO, blob: Blob) -> None:
        self._source = source
        self._blob = blob
        self._left = blob.size_bytes

    def read(self, size: int) -> bytes:
        chunk = self._source.read(min(size, self._left))
        if not chunk and self._left:
            raise DigestMismatch(want=self._blob.sha256, got="fewer bytes")
        self._left -= len(chunk)
        return chunk


def _is_mismatch(answer: Answer) -> bool:
    try:
        return bool(orjson.loads(answer.text)["code"] == DigestMismatch.code)
    except (orjson.JSONDecodeError, KeyError, TypeError):
        return False

"""Artifacts in object storage, by way of obstore: `<prefix>/ab/abcdef...` in an S3 bucket.

An object is uploaded under its digest, never under a temporary key: object storage has no rename,
and its copy ends at 5 GB. So the digest is known before the first byte leaves. A source whose
caller knows it is streamed; any other is read once to find it, and once more to upload it.

An upload appears under its key whole or not at all, because storage makes an object of its parts
only when told to after the last one. That is not told before the bytes turn out to have the
digest, so neither a crash nor a file that changes leaves a digest without its bytes. A crash
leaves parts that nobody sees; a lifecycle rule of the bucket removes them.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, BinaryIO, Final
from urllib.parse import parse_qsl, unquote, urlsplit

import obstore
from obstore.exceptions import BaseError
from obstore.store import S3Store

from runtide.artifacts.announcing import CHUNK_BYTES, save_announced
from runtide.artifacts.port import Blob
from runtide.errors import ArtifactsUnavailable, DigestMismatch, NotFound, UsageError

if TYPE_CHECKING:
    from obstore.store import ObjectStore, S3Config

PARTS_MAX: Final = 9_000
"""Parts of one upload; S3 allows 10,000."""

_PIECE_BYTES: Final = 4 << 20
_PART_BYTES_MIN: Final = 8 << 20
_PARALLEL_PARTS: Final = 2
"""Parts in flight of one upload: what bounds its memory, together with the size of a part."""

_CONNECT_TIMEOUT: Final = timedelta(seconds=5)
_REQUEST_TIMEOUT: Final = timedelta(seconds=60)
_RETRIES: Final = 3
_RETRY_TIMEOUT: Final = timedelta(seconds=15)
_SHA256: Final = re.compile(r"[0-9a-f]{64}")
_REMEDY: Final = (
    "check the bucket, its endpoint (plain http in `AWS_ENDPOINT_URL` needs `AWS_ALLOW_HTTP=true`) "
    "and the AWS_* credentials"
)

# The process whose threads carry obstore's requests. A child that was forked from it inherits the
# engine without its threads, and would wait for ever.
_engine_pid: int | None = None


class ObjectArtifacts:
    """An `ArtifactStore` over an object store, shared by any number of processes and machines."""

    def __init__(self, store: ObjectStore, *, label: str) -> None:
        self._store = store
        self._label = label

    def save(self, source: BinaryIO, *, expected: Blob | None = None) -> Blob:
        with self._translated("could not store a file"):
            if expected is not None:
                return self._upload(source, expected)
            return save_announced(source, self._upload)

    def check(self) -> None:
        with self._translated("could not be asked for its objects"):
            next(iter(obstore.list(self._store, chunk_size=1)), None)

    def find_size(self, sha256: str) -> int | None:
        if not _SHA256.fullmatch(sha256):
            return None
        with self._translated(f"could not look for {sha256}"):
            try:
                return obstore.head(self._store, _key(sha256))["size"]
            except FileNotFoundError:
                return None

    def read(self, sha256: str, *, start: int = 0, end: int | None = None) -> Iterator[bytes]:
        size = self.find_size(sha256)
        if size is None:
            message = f"no stored file has the digest {sha256!r}: its upload did not finish"
            raise NotFound(message)
        return self._chunks(_key(sha256), start, size if end is None else min(end, size))

    def remove(self, sha256: str) -> bool:
        if self.find_size(sha256) is None:
            return False
        with self._translated(f"could not remove {sha256}"):
            obstore.delete(self._store, _key(sha256))
        return True

    def _chunks(self, key: str, start: int, end: int) -> Iterator[bytes]:
        # Piece by piece, because a request has a time limit and a reader may be slow.
        for place in range(start, end, _PIECE_BYTES):
            with self._translated(f"could not read {key}"):
                piece = obstore.get_range(
                    self._store, key, start=place, end=min(place + _PIECE_BYTES, end)
                )
            yield bytes(piece)

    def _upload(self, source: BinaryIO, blob: Blob) -> Blob:
        checked = _checked(source, blob)
        if self.find_size(blob.sha256) is not None:
            # Read all the same: who announces one file and sends another is to hear of it.
            for _ in checked:
                pass
        elif blob.size_bytes <= CHUNK_BYTES:
            obstore.put(self._store, _key(blob.sha256), b"".join(checked), use_multipart=False)
        else:
            obstore.put(
                self._store,
                _key(blob.sha256),
                checked,
                use_multipart=True,
                chunk_size=max(_PART_BYTES_MIN, blob.size_bytes // PARTS_MAX + 1),
                max_concurrency=_PARALLEL_PARTS,
            )
        return blob

    @contextmanager
    def _translated(self, what: str) -> Iterator[None]:
        global _engine_pid  # noqa: PLW0603  # one engine a process
        if is_engine_inherited():
            message = (
                f"{self._label} {what}: this process was forked from one that uses the object "
                f"store; start it anew, as `multiprocessing` does with `spawn`"
            )
            raise ArtifactsUnavailable(message)
        _engine_pid = os.getpid()
        try:
            yield
        # FileNotFoundError is how obstore says that a bucket does not exist.
        except (BaseError, OSError) as exc:
            cause = str(exc).partition("\n\nDebug source")[0]
            raise ArtifactsUnavailable(f"{self._label} {what} ({cause}): {_REMEDY}") from exc


def is_engine_inherited() -> bool:
    """Return whether this process was forked from one that has used an object store."""
    return _engine_pid not in {None, os.getpid()}


def open_s3(url: str) -> ObjectArtifacts:
    """Return the store at `s3://bucket/prefix`, for which credentials come from the environment.

    `?endpoint=http(s)://host:port` names a storage other than Amazon's, and `?region=` its region;
    without them `AWS_ENDPOINT_URL` and `AWS_REGION` do. Nothing is asked of the storage yet.

    Raises:
        UsageError: The URL names no bucket, or something that is not known.
    """
    place = urlsplit(url)
    given = dict(parse_qsl(place.query, keep_blank_values=True))
    endpoint, region = given.pop("endpoint", None), given.pop("region", None)
    if place.scheme != "s3" or not place.netloc or given or place.fragment:
        message = (
            f"artifacts URL is {url!r}: want `s3://bucket/prefix`, and no more than "
            f"`?endpoint=http(s)://host:port&region=name` behind it"
        )
        raise UsageError(message)
    config: S3Config = {}
    if endpoint is not None:
        config["endpoint"] = endpoint
    if region is not None:
        config["region"] = region
    client: dict[str, object] = {"connect_timeout": _CONNECT_TIMEOUT, "timeout": _REQUEST_TIMEOUT}
    if urlsplit(endpoint or "").scheme == "http":
        # Whoever writes it means it; otherwise AWS_ALLOW_HTTP has to.
        client["allow_http"] = True
    try:
        store = S3Store(
            place.netloc,
            prefix=unquote(place.path).strip("/") or None,
            config=config,
            client_options=client,  # type: ignore[arg-type]  # its keys are chosen above
            retry_config={"max_retries": _RETRIES, "retry_timeout": _RETRY_TIMEOUT},
        )
    except (BaseError, ValueError) as exc:
        cause = str(exc).partition("\n\nDebug source")[0]
        raise UsageError(f"artifacts URL is {url!r}: {cause}") from exc
    return ObjectArtifacts(store, label=f"s3://{place.netloc}{place.path}")


def _key(sha256: str) -> str:
    return f"{sha256[:2]}/{sha256}"


def _checked(source: BinaryIO, want: Blob) -> Iterator[bytes]:
    """Yield what is left of `source`; at its end, raise if it was not what it should be."""
    digest = hashlib.sha256()
    left = want.size_bytes
    while left >= 0 and (chunk := source.read(CHUNK_BYTES)):
        digest.update(chunk)
        left -= len(chunk)
        yield chunk
    if digest.hexdigest() != want.sha256:
        raise DigestMismatch(want=want.sha256, got=digest.hexdigest())

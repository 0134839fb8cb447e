"""The artifact store as every part sees it."""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator


class Blob(NamedTuple):
    """Stored bytes: their SHA-256 in lower-case hexadecimal, and how many there are."""

    sha256: str
    size_bytes: int


class ArtifactStore(Protocol):
    """Bytes, stored once under the digest of their content.

    What every implementation promises, and `tests/contracts/test_artifact_store.py` checks:

    1.  When `save` returns, `read` of its digest gives exactly those bytes, in any process.
    2.  A crash during `save` leaves no digest whose bytes are not whole.
    3.  Saving the same bytes again changes nothing and stores nothing twice.
    4.  `save` and `read` hold at most a few chunks in memory, whatever the size.
    5.  No name that a caller chose ever becomes a name in the store.
    """

    def save(self, source: BinaryIO) -> Blob:
        """Store everything that is left in `source`.

        Raises:
            ArtifactsUnavailable: Nothing was stored; retry.
        """
        ...

    def find_size(self, sha256: str) -> int | None:
        """Return how many bytes are stored under `sha256`, or None if it is not here."""
        ...

    def read(self, sha256: str, *, start: int = 0, end: int | None = None) -> Iterator[bytes]:
        """Yield the bytes of `[start, end)` in chunks.

        Raises:
            NotFound: Nothing is stored under `sha256`.
            ArtifactsUnavailable: The bytes could not be read; retry.
        """
        ...

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
    6.  Of a source that is not what was expected, nothing is stored.
    7.  What `remove` has removed is not found any more, and can be saved again.

    What none of them promises: to notice by itself that stored bytes have changed since.
    """

    def save(self, source: BinaryIO, *, expected: Blob | None = None) -> Blob:
        """Store everything that is left in `source`.

        Args:
            source: Read once, from where it stands, if `expected` is given; otherwise it may be
                read twice, or copied to a temporary file.
            expected: What the source must turn out to be.

        Raises:
            DigestMismatch: The source is not what was expected; nothing was stored.
            ArtifactsUnavailable: Nothing was stored; retry.
        """
        ...

    def check(self) -> None:
        """Ask the store whether it could save and read now; store nothing.

        Raises:
            ArtifactsUnavailable: It could not; the message says why and what to do.
        """
        ...

    def find_size(self, sha256: str) -> int | None:
        """Return how many bytes are stored under `sha256`, or None if it is not here.

        Raises:
            ArtifactsUnavailable: The store did not say; retry.
        """
        ...

    def read(self, sha256: str, *, start: int = 0, end: int | None = None) -> Iterator[bytes]:
        """Yield the bytes of `[start, end)` in chunks.

        Raises:
            NotFound: Nothing is stored under `sha256`.
            ArtifactsUnavailable: The bytes could not be read; retry.
        """
        ...

    def remove(self, sha256: str) -> bool:
        """Remove what is stored under `sha256`, and return whether there was something.

        Raises:
            ArtifactsUnavailable: It may be there still; remove it again.
        """
        ...

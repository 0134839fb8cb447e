"""The header that announces a file."""

from base64 import b64encode
from hashlib import sha256, sha512

import pytest

from ingest.core.digest import parse_repr_digest
from runtide.errors import UsageError

RAW = sha256(b"x").digest()
GOOD = f"sha-256=:{b64encode(RAW).decode()}:"
OTHER = f"sha-512=:{b64encode(sha512(b'x').digest()).decode()}:"


@pytest.mark.parametrize(
    "header", [GOOD, f" {GOOD} ", f"{OTHER}, {GOOD}", f"{GOOD},{OTHER}", f"{GOOD};q=1"]
)
def test_sha256_is_found_among_others(header: str) -> None:
    assert parse_repr_digest(header) == RAW.hex()


@pytest.mark.parametrize("header", ["", OTHER, "md5=:AAAA:"])
def test_other_digests_are_left_alone(header: str) -> None:
    """A sender may know others; none is asked for."""
    assert parse_repr_digest(header) is None


@pytest.mark.parametrize(
    "header",
    ["sha-256=", f"sha-256={RAW.hex()}", "sha-256=:AAAA:", "sha-256=:A:", GOOD[:-1]],
)
def test_sha256_that_is_none_is_refused(header: str) -> None:
    """Taken for no announcement, it would protect nothing."""
    with pytest.raises(UsageError, match="want `sha-256=:<base64 of 32 bytes>:`"):
        parse_repr_digest(header)

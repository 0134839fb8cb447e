from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtide.core.manifest import (
    LeftOut,
    SnapshotFile,
    Stored,
    encode_manifest,
    is_snapshot_path,
    make_manifest,
    parse_manifest,
)
from runtide.errors import MalformedManifest

SHA = "a" * 64
FILE = {"path": "a", "sha256": SHA, "size_bytes": 1, "blob": 0, "offset": 0}

paths = st.text(min_size=1, max_size=12).filter(is_snapshot_path)
digests = st.sampled_from(["0" * 64, "a" * 64, "b" * 64])
sizes = st.integers(0, 2**63 - 1)
files = st.builds(
    SnapshotFile, paths, digests, sizes, st.booleans(), st.builds(Stored, digests, sizes)
)
manifests = st.builds(
    make_manifest,
    st.lists(files, max_size=6, unique_by=lambda file: file.path),
    st.lists(st.builds(LeftOut, st.text(max_size=9), sizes, st.text(max_size=9)), max_size=2),
)


@given(manifests)
def test_parsed_manifest_is_what_was_encoded(manifest: Any) -> None:
    assert parse_manifest(encode_manifest(manifest)) == manifest


@given(st.lists(files, max_size=6, unique_by=lambda file: file.path), st.randoms())
def test_snapshot_is_known_by_its_files_and_not_by_where_they_are(
    listed: list[SnapshotFile], order: Any
) -> None:
    """The same code has the same id, whoever stored it first."""
    moved = [file._replace(stored=Stored("c" * 64, 5)) for file in listed]
    order.shuffle(moved)

    assert make_manifest(moved).snapshot_id == make_manifest(listed).snapshot_id


@pytest.mark.parametrize(
    "change",
    [
        {"path": "b"},
        {"sha256": "b" * 64},
        {"size_bytes": 2},
        {"is_executable": True},
    ],
)
def test_other_files_are_another_snapshot(change: dict[str, Any]) -> None:
    file = SnapshotFile("a", SHA, 1, False, Stored(SHA))

    changed = make_manifest([file._replace(**change)])

    assert changed.snapshot_id != make_manifest([file]).snapshot_id


def document(**change: Any) -> bytes:
    whole = {"version": 1, "blobs": [SHA], "files": [FILE], "left_out": []}
    return orjson.dumps(whole | change)


@pytest.mark.parametrize(
    "value",
    [
        b"{",
        b"[]",
        document(version=2),
        document(blobs=["x"]),
        document(blobs=SHA),
        document(files={}),
        document(left_out={}),
        document(files=[FILE, FILE]),
        document(files=["a"]),
        *(
            document(files=[FILE | change])
            for change in (
                {"path": "../a"},
                {"path": "/a"},
                {"path": "a//b"},
                {"path": "a\x00"},
                {"path": ""},
                {"path": "x" * 1025},
                {"sha256": SHA.upper()},
                {"size_bytes": -1},
                {"size_bytes": 1.0},
                {"offset": True},
                {"blob": 1},
                {"blob": None},
                {"executable": 1},
            )
        ),
        *(
            document(left_out=[entry])
            for entry in ("a", {"path": 1}, {"path": "a", "size_bytes": 1})
        ),
        document(left_out=[{"path": "a", "size_bytes": None, "reason": ""}]),
    ],
)
def test_what_is_no_manifest_is_refused(value: bytes) -> None:
    """A path that leads out of a folder would be written there by whoever restores it."""
    with pytest.raises(MalformedManifest, match="take the snapshot again"):
        parse_manifest(value)

"""Frames of a spool file: whole or nothing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtide.client.frames import Parcel, decode_frames, encode_frame

parcels = st.lists(
    st.builds(
        Parcel, st.sampled_from(["envelope", "file"]), st.text(max_size=9), st.binary(max_size=50)
    ),
    max_size=5,
)


@given(parcels, st.integers(0, 100))
def test_a_torn_file_gives_its_whole_frames(written: list[Parcel], missing: int) -> None:
    """A killed writer leaves half a frame at most."""
    frames = [encode_frame(parcel) for parcel in written]
    data = b"".join(frames)
    cut = max(0, len(data) - missing)
    whole, size = 0, 0
    while whole < len(frames) and size + len(frames[whole]) <= cut:
        size += len(frames[whole])
        whole += 1

    assert decode_frames(data[:cut]) == (written[:whole], size)


@given(st.binary(max_size=200))
def test_other_bytes_are_no_frames(data: bytes) -> None:
    """And never an exception."""
    got, size = decode_frames(data)

    assert b"".join(map(encode_frame, got)) == data[:size]


@pytest.mark.parametrize("place", [0, 3, 5, 9, 14, 20, -1])
def test_a_flipped_bit_ends_the_reading(place: int) -> None:
    """Damaged bytes must not become an envelope."""
    data = bytearray(encode_frame(Parcel("envelope", "run", b"some envelope")))
    data[place] ^= 0x80

    assert decode_frames(bytes(data)) == ([], 0)

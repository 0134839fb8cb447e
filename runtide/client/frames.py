"""The records of a spool file. Pure.

    b"rt1" | kind (1 byte) | length of run (u16) | length of value (u32) | crc (u32) | run | value

All little-endian; the checksum covers run and value. A file whose writer was killed may end in
half a frame, which is no frame: reading stops there.
"""

from __future__ import annotations

import struct
from typing import Final, Literal, NamedTuple
from zlib import crc32

from runtide.core import limits

_HEAD: Final = struct.Struct("<3scHII")
_MAGIC: Final = b"rt1"
_BYTE_BY_KIND: Final[dict[str, bytes]] = {"envelope": b"e", "file": b"f"}
_KIND_BY_BYTE: Final[dict[bytes, Literal["envelope", "file"]]] = {b"e": "envelope", b"f": "file"}


class Parcel(NamedTuple):
    """One thing to deliver.

    The value of an `envelope` is its bytes. That of a `file` is the digest of bytes that lie in
    the spool folder, a blank, and the path within the run.
    """

    kind: Literal["envelope", "file"]
    run: str
    value: bytes


def encode_frame(parcel: Parcel) -> bytes:
    """Return `parcel` as a spool file holds it."""
    body = parcel.run.encode() + parcel.value
    head = _HEAD.pack(
        _MAGIC,
        _BYTE_BY_KIND[parcel.kind],
        len(body) - len(parcel.value),
        len(parcel.value),
        crc32(body),
    )
    return head + body


def frame_bytes(parcel: Parcel) -> int:
    """Return how many bytes `encode_frame` makes of `parcel`."""
    return _HEAD.size + len(parcel.run.encode()) + len(parcel.value)


def decode_frames(data: bytes) -> tuple[list[Parcel], int]:
    """Return the whole frames at the start of `data`, and how many bytes they take."""
    parcels: list[Parcel] = []
    place = 0
    while len(data) - place >= _HEAD.size:
        magic, kind, run_bytes, value_bytes, crc = _HEAD.unpack_from(data, place)
        start = place + _HEAD.size
        end = start + run_bytes + value_bytes
        if magic != _MAGIC or kind not in _KIND_BY_BYTE or value_bytes > limits.ENVELOPE_BYTES_MAX:
            break
        if end > len(data) or crc32(data[start:end]) != crc:
            break
        run = data[start : start + run_bytes].decode()
        parcels.append(Parcel(_KIND_BY_BYTE[kind], run, data[start + run_bytes : end]))
        place = end
    return parcels, place

"""TensorBoard's event files, written without TensorBoard.

A file is a row of records, and a record is a length, the length's checksum, an `Event` of protocol
buffers, and the event's checksum. The few messages that we write are encoded here field by field,
with the numbers that TensorBoard's `event.proto`, `summary.proto` and `tensor.proto` give them.
"""

from __future__ import annotations

import math
import os
import struct
from pathlib import Path
from typing import Final, Self

_VERSION: Final = "brain.Event:2"
"""The first event of every file. With a later one than 1, steps may go back."""

_US_PER_S: Final = 1_000_000
_MASK: Final = 0xFFFFFFFF
_CRC_POLYNOMIAL: Final = 0x82F63B78
_MASK_DELTA: Final = 0xA282EAD8
"""What TensorFlow adds to checksums, so that none is the checksum of data that has it inside."""

_DT_STRING: Final = 7
_RGB: Final = 3
_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5


class EventFile:
    """One event file, which grows.

    Args:
        folder: The folder that it is in, which is made.
        created_us: When the file begins.
        host: The machine, for the file's name.
    """

    def __init__(self, folder: Path, *, created_us: int, host: str) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        name = f"events.out.tfevents.{created_us // _US_PER_S:010}.{host}.{os.getpid()}.runtide"
        self.path = folder / name
        self._target = self.path.open("wb")
        self._write(_double(1, created_us / _US_PER_S) + _text(3, _VERSION))

    def add_scalar(self, tag: str, value: float, *, step: int, ts_us: int) -> None:
        """Add one number. TensorBoard keeps it in single precision."""
        self._add(_text(1, tag) + _key(2, _FIXED32) + _single(value), step, ts_us)

    def add_text(self, tag: str, text: str, *, step: int, ts_us: int) -> None:
        """Add one text, which TensorBoard takes for Markdown."""
        shape = _message(2, _number(1, 1))
        tensor = _number(1, _DT_STRING) + _message(2, shape) + _text(8, text)
        plugin = _message(1, _text(1, "text"))
        self._add(_text(1, tag) + _message(8, tensor) + _message(9, plugin), step, ts_us)

    def add_image(  # noqa: D417  # a step and a time as everywhere
        self, tag: str, data: bytes, *, size: tuple[int, int], step: int, ts_us: int
    ) -> None:
        """Add one image.

        Args:
            tag: Its name.
            data: The bytes of an image file.
            size: Its width and height in pixels; 0 where it is not known.
        """
        width, height = size
        image = _number(1, height) + _number(2, width) + _number(3, _RGB) + _bytes(4, data)
        self._add(_text(1, tag) + _message(4, image), step, ts_us)

    def flush(self) -> None:
        """Let readers see what was added."""
        self._target.flush()

    def close(self) -> None:
        """End the file."""
        self._target.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exc: object) -> None:
        self.close()

    def _add(self, value: bytes, step: int, ts_us: int) -> None:
        summary = _message(5, _message(1, value))
        self._write(_double(1, ts_us / _US_PER_S) + _number(2, step) + summary)

    def _write(self, event: bytes) -> None:
        length = struct.pack("<Q", len(event))
        self._target.write(length + _checksum(length) + event + _checksum(event))


def crc32c(data: bytes) -> int:
    """Return Castagnoli's checksum of `data`."""
    crc = _MASK
    for byte in data:
        crc = _CRC_TABLE[(crc ^ byte) & 0xFF] ^ (crc >> 8)
    return crc ^ _MASK


def _checksum(data: bytes) -> bytes:
    crc = crc32c(data)
    return struct.pack("<I", ((crc >> 15 | crc << 17) + _MASK_DELTA) & _MASK)


def _crc_entry(byte: int) -> int:
    for _bit in range(8):
        byte = byte >> 1 ^ (_CRC_POLYNOMIAL if byte & 1 else 0)
    return byte


_CRC_TABLE: Final = tuple(_crc_entry(byte) for byte in range(256))


def _varint(number: int) -> bytes:
    # Negative numbers are their two's complement in 64 bits.
    left = number & 0xFFFFFFFFFFFFFFFF
    encoded = bytearray()
    while left > 0x7F:  # noqa: PLR2004  # seven bits a byte
        encoded.append(left & 0x7F | 0x80)
        left >>= 7
    encoded.append(left)
    return bytes(encoded)


def _key(field: int, wire: int) -> bytes:
    return _varint(field << 3 | wire)


def _number(field: int, number: int) -> bytes:
    return _key(field, _VARINT) + _varint(number)


def _double(field: int, number: float) -> bytes:
    return _key(field, _FIXED64) + struct.pack("<d", number)


def _single(number: float) -> bytes:
    try:
        return struct.pack("<f", number)
    except OverflowError:
        return struct.pack("<f", math.copysign(math.inf, number))


def _bytes(field: int, data: bytes) -> bytes:
    return _key(field, _BYTES) + _varint(len(data)) + data


_message = _bytes


def _text(field: int, text: str) -> bytes:
    return _bytes(field, text.encode())

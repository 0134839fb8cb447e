"""Images from whatever a script has: a file, a figure, a PIL image, an array. No image library.

What a foreign object can do says what it is: `savefig` is a figure or the pyplot module, `save`
and `mode` a PIL image, an array has two or three dimensions of numbers.
"""

from __future__ import annotations

import math
import struct
import zlib
from io import BytesIO
from pathlib import Path
from typing import Any, Final, NamedTuple

from runtide.core.shown import shown
from runtide.errors import NotFound, UsageError

_PNG_SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"
_COLOR_TYPE_BY_CHANNELS: Final = {1: 0, 2: 4, 3: 2, 4: 6}
"""PNG's own codes: grey, grey with alpha, colour, colour with alpha."""

_FRAME_MARKERS: Final = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
"""JPEG's markers of a frame header; the three in between are tables."""

_HEAD_BYTES: Final = 4096
_DIMENSIONS: Final = frozenset({2, 3})
_BYTE_MAX: Final = 255
_UNITS_MAX: Final = 1.0


class Picture(NamedTuple):
    """An image's bytes and what they are; the size is None where it is not known."""

    data: bytes
    media_type: str
    suffix: str
    width: int | None
    height: int | None


def picture(source: object, *, what: str) -> Picture:
    """Return the image that `source` is or names.

    Raises:
        NotFound: It is the path of no file.
        UsageError: It is no image.
    """
    if isinstance(source, str | Path):
        return _file_picture(Path(source), what=what)
    if isinstance(source, bytes | bytearray):
        return _known_picture(bytes(source), what=what)
    if callable(getattr(source, "savefig", None)):
        target = BytesIO()
        source.savefig(target, format="png")  # type: ignore[attr-defined]  # it was just looked up
        return _known_picture(target.getvalue(), what=what)
    if callable(getattr(source, "save", None)) and hasattr(source, "mode"):
        target = BytesIO()
        source.save(target, format="PNG")  # type: ignore[attr-defined]  # PIL's images have it
        return _known_picture(target.getvalue(), what=what)
    if getattr(source, "ndim", None) in _DIMENSIONS:
        return _known_picture(_array_png(source, what=what), what=what)
    message = (
        f"{what} is {shown(source)} of type {type(source).__name__}: want the path of an image "
        f"file, a matplotlib figure, a PIL image, or an array of height × width (× channels)"
    )
    raise UsageError(message)


def _file_picture(path: Path, *, what: str) -> Picture:
    try:
        data = path.read_bytes()
    except FileNotFoundError as exc:
        message = f"{what}: there is no file {str(path)!r}"
        raise NotFound(message) from exc
    except OSError as exc:
        message = f"{what}: could not read {str(path)!r} ({exc})"
        raise UsageError(message) from exc
    return _known_picture(data, what=f"{what} ({str(path)!r})")


def _known_picture(data: bytes, *, what: str) -> Picture:
    """Return `data` as the image that its first bytes say it is."""
    head = data[:_HEAD_BYTES]
    if head.startswith(_PNG_SIGNATURE) and len(head) > len(_PNG_SIGNATURE) + 16:
        width, height = struct.unpack_from(">II", head, 16)
        return Picture(data, "image/png", ".png", width, height)
    if head.startswith(b"\xff\xd8\xff"):
        width, height = _jpeg_size(data)
        return Picture(data, "image/jpeg", ".jpg", width, height)
    if head.startswith((b"GIF87a", b"GIF89a")) and len(head) >= 10:  # noqa: PLR2004  # up to its size
        width, height = struct.unpack_from("<HH", head, 6)
        return Picture(data, "image/gif", ".gif", width, height)
    if head.startswith(b"BM") and len(head) >= 26:  # noqa: PLR2004  # up to its size
        width, height = struct.unpack_from("<ii", head, 18)
        return Picture(data, "image/bmp", ".bmp", abs(width), abs(height))
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return Picture(data, "image/webp", ".webp", None, None)
    if b"<svg" in head.lower():
        return Picture(data, "image/svg+xml", ".svg", None, None)
    message = f"{what} is no image: want PNG, JPEG, GIF, BMP, WebP or SVG; upload it as a file"
    raise UsageError(message)


def _jpeg_size(data: bytes) -> tuple[int | None, int | None]:
    """Walk the segments up to the frame header, which holds the size."""
    place = 2
    while place + 9 <= len(data) and data[place] == 0xFF:  # noqa: PLR2004  # every marker's first byte
        marker, length = data[place + 1], int.from_bytes(data[place + 2 : place + 4], "big")
        if marker in _FRAME_MARKERS:
            height, width = struct.unpack_from(">HH", data, place + 5)
            return width, height
        place += 2 + length
    return None, None


def _array_png(array: Any, *, what: str) -> bytes:  # noqa: ANN401  # an array of any library
    """Return a PNG of 0 to 255 integers, or of floats and booleans from 0 to 1."""
    shape = tuple(int(length) for length in array.shape)
    height, width = shape[0], shape[1]
    channels = shape[2] if len(shape) == 3 else 1  # noqa: PLR2004  # height, width, channels
    if channels not in _COLOR_TYPE_BY_CHANNELS or not height or not width:
        message = f"{what} is an array of shape {shape}: want height × width, or × 1 to 4 channels"
        raise UsageError(message)
    samples = _samples(array, what=what)
    stride = width * channels
    # Every line starts with its filter; 0 is none.
    lines = b"".join(
        b"\x00" + samples[start : start + stride] for start in range(0, len(samples), stride)
    )
    color_type = _COLOR_TYPE_BY_CHANNELS[channels]
    header = struct.pack(">IIBBBBB", width, height, 8, color_type, 0, 0, 0)
    return (
        _PNG_SIGNATURE
        + _chunk(b"IHDR", header)
        + _chunk(b"IDAT", zlib.compress(lines, 6))
        + _chunk(b"IEND", b"")
    )


def _samples(array: Any, *, what: str) -> bytes:  # noqa: ANN401  # an array of any library
    view = None
    try:
        view = memoryview(array)
    except (TypeError, ValueError, BufferError):
        view = None
    if view is not None and view.format in {"B", "@B", "<B"}:
        return view.tobytes()
    values = _flat(array.tolist())
    if any(isinstance(value, float) for value in values):
        if not all(math.isfinite(value) and 0 <= value <= _UNITS_MAX for value in values):
            message = f"{what} is an array of floats outside 0 to 1: scale it, or make it uint8"
            raise UsageError(message)
        return bytes(round(value * _BYTE_MAX) for value in values)
    if all(isinstance(value, bool) for value in values):
        return bytes(_BYTE_MAX * value for value in values)
    try:
        return bytes(values)
    except (TypeError, ValueError) as exc:
        message = f"{what} is an array of something else than 0 to 255: scale it, or make it uint8"
        raise UsageError(message) from exc


def _flat(values: Any) -> list[Any]:  # noqa: ANN401  # lists of lists
    while values and isinstance(values[0], list):
        values = [value for line in values for value in line]
    return values  # type: ignore[no-any-return]  # a list all along


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

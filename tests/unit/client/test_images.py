"""Images of every origin become files with a known type and size."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
import PIL.Image
import pytest

from runtide.client.images import picture
from runtide.errors import NotFound, UsageError

mpl.use("Agg")

ARRAYS = {
    "grey": np.arange(12, dtype=np.uint8).reshape(3, 4),
    "grey with alpha": np.arange(24, dtype=np.uint8).reshape(3, 4, 2),
    "colour": np.arange(36, dtype=np.uint8).reshape(3, 4, 3),
    "colour with alpha": np.arange(48, dtype=np.uint8).reshape(3, 4, 4),
}


@pytest.mark.parametrize("array", ARRAYS.values(), ids=ARRAYS)
def test_array_becomes_the_png_of_its_pixels(array: np.ndarray[Any, Any]) -> None:
    """PIL reads back what was written without PIL."""
    got = picture(array, what="x")

    assert (got.media_type, got.width, got.height) == ("image/png", 4, 3)
    assert np.array_equal(np.asarray(PIL.Image.open(io.BytesIO(got.data))), array)


@pytest.mark.parametrize(
    "array",
    [np.array([[0.0, 1.0]]), np.array([[False, True]]), np.array([[0, 255]], dtype=np.int64)],
    ids=["floats", "booleans", "integers"],
)
def test_array_of_other_numbers_is_scaled(array: np.ndarray[Any, Any]) -> None:
    """Plotting libraries read them so."""
    got = picture(array, what="x")

    assert np.asarray(PIL.Image.open(io.BytesIO(got.data))).tolist() == [[0, 255]]


@pytest.mark.parametrize(
    ("array", "match"),
    [
        (np.array([[2.0]]), "floats outside 0 to 1"),
        (np.array([[np.nan]]), "floats outside 0 to 1"),
        (np.array([[256]]), "something else than 0 to 255"),
        (np.zeros((2, 2, 5)), "1 to 4 channels"),
        (np.zeros((0, 2)), "height"),
        (np.zeros(3), "want the path"),
        (object(), "want the path"),
    ],
)
def test_what_is_no_image_is_refused(array: object, match: str) -> None:
    """The message says what would be one."""
    with pytest.raises(UsageError, match=match):
        picture(array, what="x")


def test_figure_and_pyplot_are_saved_as_png() -> None:
    """Older scripts pass the module."""
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots()
    axes.plot([1, 2])

    assert picture(figure, what="x").media_type == "image/png"
    assert picture(plt, what="x").media_type == "image/png"
    plt.close(figure)


@pytest.mark.parametrize(
    ("format_name", "media_type"),
    [("PNG", "image/png"), ("JPEG", "image/jpeg"), ("GIF", "image/gif"), ("BMP", "image/bmp")],
)
def test_file_is_known_by_its_bytes(tmp_path: Path, format_name: str, media_type: str) -> None:
    """Whatever its name says."""
    path = tmp_path / "image.dat"
    PIL.Image.new("RGB", (5, 7)).save(path, format=format_name)

    got = picture(path, what="x")

    assert (got.media_type, got.width, got.height) == (media_type, 5, 7)


def test_pil_image_is_saved_as_png() -> None:
    """It knows how to save itself."""
    assert picture(PIL.Image.new("L", (2, 3)), what="x").height == 3


def test_svg_is_an_image(tmp_path: Path) -> None:
    """The retired SDK refused it."""
    path = tmp_path / "a.svg"
    path.write_text('<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>')

    assert picture(str(path), what="x").media_type == "image/svg+xml"


def test_missing_file_is_named(tmp_path: Path) -> None:
    """The most frequent mistake."""
    with pytest.raises(NotFound, match="no file"):
        picture(tmp_path / "nothing.png", what="x")


@pytest.mark.parametrize("data", [b"", b"text", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"BM"])
def test_bytes_of_no_image_end_in_an_answer(data: bytes) -> None:
    """Cut files must not end in an exception of another kind."""
    try:
        got = picture(data, what="x")
    except UsageError:
        return

    assert got.width is None

"""What is printed is kept, and printing is what it was."""

from __future__ import annotations

import contextlib
import io
import logging
import sys
from collections.abc import Iterator
from typing import Any, cast

import pytest

from runtide.client.surroundings.console import Console


@pytest.fixture
def console() -> Iterator[Console]:
    """Return a console that lets go of all streams in the end."""
    console = Console()
    yield console
    console.lead_to(None)


@pytest.fixture
def out() -> io.TextIOWrapper:
    """Return a stream like the usual standard output; pytest takes that back between its phases."""
    return io.TextIOWrapper(io.BytesIO(), encoding="latin-1")


def written(out: io.TextIOWrapper) -> str:
    out.flush()
    return cast("io.BytesIO", out.buffer).getvalue().decode("latin-1")


def texts(rows: list[Any]) -> str:
    return "".join(rows[0::2])


def test_what_is_printed_is_kept_in_order_and_printed_all_the_same(
    console: Console, out: io.TextIOWrapper, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Through `print`, `write`, `writelines`, and loggers that took the stream long before."""
    monkeypatch.setattr(sys, "stdout", out)
    handler = logging.StreamHandler(out)
    err = io.StringIO()
    monkeypatch.setattr(sys, "stderr", err)
    rows: list[Any] = []
    console.lead_to(rows)

    print("a", 1)
    out.writelines(["b\n", "c\n"])
    handler.emit(logging.LogRecord("n", logging.INFO, "", 1, "d", None, None))
    print("e", file=sys.stderr)

    assert texts(rows) == "a 1\nb\nc\nd\ne\n"
    assert all(isinstance(time_ns, int) for time_ns in rows[1::2])
    assert written(out) == "a 1\nb\nc\nd\n"
    assert err.getvalue() == "e\n"


def test_streams_are_bare_again_once_nothing_is_kept(
    console: Console, out: io.TextIOWrapper, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdout", out)
    rows: list[Any] = []
    console.lead_to(rows)
    console.lead_to(None)
    print("a")

    assert rows == []
    assert "write" not in vars(out)


def test_text_goes_where_it_is_led_last(
    console: Console, out: io.TextIOWrapper, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdout", out)
    outer: list[Any] = []
    inner: list[Any] = []
    for rows in (outer, inner, outer):
        console.lead_to(rows)
        print("outer" if rows is outer else "inner")

    assert texts(outer) == "outer\nouter\n"
    assert texts(inner) == "inner\n"
    assert written(out) == "outer\ninner\nouter\n"


def test_what_is_redirected_elsewhere_is_not_kept(
    console: Console, out: io.TextIOWrapper, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdout", out)
    rows: list[Any] = []
    console.lead_to(rows)
    with contextlib.redirect_stdout(io.StringIO()) as elsewhere:
        print("a")

    assert (texts(rows), elsewhere.getvalue()) == ("", "a\n")


def test_stream_that_writes_to_a_covered_one_is_kept_once(
    console: Console, out: io.TextIOWrapper, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Scripts put a stream of their own before the one that was there."""

    class Both:
        def write(self, text: str) -> int:
            return out.write(text)

    monkeypatch.setattr(sys, "stdout", out)
    rows: list[Any] = []
    console.lead_to(rows)
    monkeypatch.setattr(sys, "stdout", Both())
    console.lead_to(rows)
    print("a")

    assert texts(rows) == "a\n"


def test_cover_of_somebody_else_is_left_in_place(
    console: Console, out: io.TextIOWrapper, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It may be in use for longer than the run."""
    monkeypatch.setattr(sys, "stdout", out)
    rows: list[Any] = []
    console.lead_to(rows)
    ours = out.write

    def theirs(text: str) -> int:
        return ours(text.upper())

    out.write = theirs  # type: ignore[method-assign]  # as others do
    print("a")
    console.lead_to(None)
    print("b")
    console.lead_to(rows)
    print("c")

    assert written(out) == "A\nB\nC\n"
    assert texts(rows) == "A\nc\n"


@pytest.mark.parametrize("spoil", ["closed", "encoding", "type"])
def test_error_of_a_stream_is_the_callers_and_its_text_is_not_kept(
    console: Console, out: io.TextIOWrapper, monkeypatch: pytest.MonkeyPatch, spoil: str
) -> None:
    monkeypatch.setattr(sys, "stdout", out)
    rows: list[Any] = []
    console.lead_to(rows)
    if spoil == "closed":
        out.close()

    with pytest.raises((ValueError, TypeError)):
        out.write({"closed": "a", "encoding": "→", "type": b"a"}[spoil])  # type: ignore[arg-type]  # on purpose

    assert rows == []


def test_stream_that_cannot_be_covered_or_is_missing_is_let_be(
    console: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Slotted:
        __slots__ = ("said",)

        def write(self, text: str) -> None:
            self.said = text

    stream = Slotted()
    monkeypatch.setattr(sys, "stdout", stream)
    monkeypatch.setattr(sys, "stderr", None)
    console.lead_to([])
    sys.stdout.write("a")

    assert stream.said == "a"

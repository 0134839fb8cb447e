"""The sender against a log that does not answer at all."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from runtide.client.frames import decode_frames
from runtide.client.sender import Sender
from runtide.client.writer import Writer
from runtide.core.columns import Cell
from runtide.errors import NotDelivered
from runtide.log.memory import MemoryLog
from runtide.log.port import Item
from tests.recorded import recorded_in
from tests.scripted import ScriptedTransport, log
from tests.waiting import DEADLINE_S, wait_until


@pytest.fixture
def hung(transport: ScriptedTransport) -> Iterator[threading.Event]:
    """Return what lets go of a log that hangs from now on."""
    released = threading.Event()

    def hang(_: Sequence[Item]) -> None:
        released.wait(DEADLINE_S)

    transport.fault = hang
    yield released
    released.set()


def test_hung_log_does_not_hold_up_the_collector(
    sender: Sender, writer: Writer, transport: ScriptedTransport, hung: threading.Event
) -> None:
    """Buffers stay small while a disk or a server does not answer."""
    log(writer, 1.0)
    with pytest.raises(NotDelivered):
        sender.flush(timeout_s=0.05)
    log(writer, 2.0)

    with pytest.raises(NotDelivered):
        sender.flush(timeout_s=0.05)

    assert writer.buffer.is_empty()
    hung.set()
    sender.flush(timeout_s=DEADLINE_S)
    assert transport.recorded().values("x") == [1.0, 2.0]


def spooled(home: Path) -> list[Cell]:
    """Return the values of `x` that the next process would find, in order."""
    parcels = [
        parcel
        for path in (home / "spool").glob("*.spool")
        for parcel in decode_frames(path.read_bytes())[0]
    ]
    kept = MemoryLog()
    kept.append([Item(parcel.run, parcel.value) for parcel in parcels])
    return recorded_in(kept).values("x")


def test_what_a_flush_says_is_kept_is_on_disk_although_the_log_hangs(
    sender: Sender, writer: Writer, home: Path, hung: threading.Event
) -> None:
    """Whoever is told so may be killed in the next moment."""
    log(writer, 1.0)
    with pytest.raises(NotDelivered):
        sender.flush(timeout_s=0.05)
    log(writer, 2.0)

    with pytest.raises(NotDelivered):
        sender.flush(timeout_s=0.05)

    assert spooled(home) == [1.0, 2.0]


def test_what_waits_long_for_a_log_that_hangs_is_written_to_disk(
    sender: Sender,
    writer: Writer,
    home: Path,
    hung: threading.Event,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Nobody flushes in a loop that trains, and it may be killed in any moment."""
    monkeypatch.setattr("runtide.client.sender.LATE_S", 0.01)
    log(writer, 1.0)
    wait_until(lambda: spooled(home) == [1.0], what="the first value is on disk")

    log(writer, 2.0)

    wait_until(lambda: spooled(home) == [1.0, 2.0], what="the second value is on disk")


def test_what_went_to_disk_while_it_was_sent_is_in_the_log_once_and_in_order(
    sender: Sender,
    writer: Writer,
    transport: ScriptedTransport,
    home: Path,
    hung: threading.Event,
) -> None:
    for value in range(5):
        log(writer, float(value))
        with pytest.raises(NotDelivered):
            sender.flush(timeout_s=0.01)

    hung.set()
    sender.flush(timeout_s=DEADLINE_S)

    envelopes = transport.recorded().envelopes
    assert transport.recorded().values("x") == [0.0, 1.0, 2.0, 3.0, 4.0]
    assert transport.log.end(0) == len(envelopes)
    assert list((home / "spool").glob("*.spool")) == []

"""The sender against a log that fails by script."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path

import pytest

from runtide.client.frames import Parcel
from runtide.client.options import Destination
from runtide.client.outbox import Outbox
from runtide.client.sender import Sender
from runtide.client.spool import create_file, folders
from runtide.client.writer import Writer
from runtide.errors import NotDelivered, QuotaExceeded, RejectedError
from runtide.log.port import Item
from tests.scripted import ScriptedTransport, log, unavailable
from tests.waiting import DEADLINE_S, wait_until


def test_flush_returns_when_the_log_has_everything(
    sender: Sender, writer: Writer, transport: ScriptedTransport
) -> None:
    """Without waiting for the interval."""
    log(writer, 1.0, 2.0)

    sender.flush(timeout_s=DEADLINE_S)

    assert transport.recorded().values("x") == [1.0, 2.0]


def test_uncertain_append_is_sent_again_with_the_same_bytes(
    sender: Sender, writer: Writer, transport: ScriptedTransport
) -> None:
    """An append that failed after it was done must be recognised as the same envelope."""

    def fail_once() -> None:
        transport.after = lambda: None
        unavailable()

    transport.after = fail_once
    log(writer, 1.0)

    sender.flush(timeout_s=DEADLINE_S)

    first, second = transport.log.read(0, 0, bytes_max=1 << 20)
    assert first.value == second.value


def test_what_a_dead_log_does_not_take_is_on_disk_at_once(
    sender: Sender, writer: Writer, transport: ScriptedTransport, home: Path
) -> None:
    """A process killed then loses nothing of it."""
    transport.fault = unavailable
    log(writer, 1.0)

    with pytest.raises(NotDelivered, match="the log is away"):
        sender.flush(timeout_s=DEADLINE_S, gives_up_early=True)

    assert [path.stat().st_size > 0 for path in (home / "spool").glob("*.spool")] == [True]


def test_log_that_comes_back_gets_everything_in_order(
    sender: Sender, writer: Writer, transport: ScriptedTransport, home: Path
) -> None:
    """The fold skips an envelope whose number lies below one it has seen."""
    transport.fault = unavailable
    for value in range(20):
        log(writer, float(value))
        with pytest.raises(NotDelivered):
            sender.flush(timeout_s=DEADLINE_S, gives_up_early=True)
    transport.fault = lambda items: None
    log(writer, 20.0)

    sender.flush(timeout_s=DEADLINE_S)

    got = transport.recorded()
    assert got.values("x") == [float(value) for value in range(21)]
    assert got.gaps() == []
    assert list((home / "spool").glob("*.spool")) == []


def test_flush_raises_when_its_time_is_over(
    sender: Sender, writer: Writer, transport: ScriptedTransport
) -> None:
    """And says how much waits and why."""
    transport.fault = unavailable
    log(writer, 1.0)

    with pytest.raises(NotDelivered) as caught:
        sender.flush(timeout_s=0.05)

    assert caught.value.envelope_count == 1


def test_each_cause_is_told_once(
    sender: Sender,
    writer: Writer,
    transport: ScriptedTransport,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """A warning a step would drown the training's own output."""
    transport.fault = unavailable
    for value in range(5):
        log(writer, float(value))
        with pytest.raises(NotDelivered):
            sender.flush(timeout_s=0.05)

    assert len(caplog.records) == 1


def test_refused_envelope_is_told_and_holds_up_nothing(
    sender: Sender,
    writer: Writer,
    transport: ScriptedTransport,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The same bytes would be refused for ever."""

    def refuse_first(items: Sequence[Item]) -> None:
        if any(b'"seq":1,' in item.value for item in items):
            message = "malformed"
            raise RejectedError(message)

    transport.fault = refuse_first
    log(writer, 1.0)
    sender.flush(timeout_s=DEADLINE_S)
    log(writer, 2.0)
    sender.flush(timeout_s=DEADLINE_S)

    assert transport.recorded().values("x") == [2.0]
    assert sender.outbox.lost_count() == 1
    assert "refused it: malformed" in caplog.text


def test_no_disk_either_keeps_everything_in_memory(
    transport: ScriptedTransport, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Until the log is back."""
    blocked = tmp_path / "blocked"
    blocked.write_text("a file where folders should be")
    monkeypatch.setattr("tempfile.tempdir", str(blocked))
    sender = Sender(Destination(home=blocked), transport, flush_interval_s=0.005)
    writer = Writer("run")
    sender.enlist(writer)
    transport.fault = unavailable
    log(writer, 1.0)
    with pytest.raises(NotDelivered):
        sender.flush(timeout_s=DEADLINE_S, gives_up_early=True)
    transport.fault = lambda items: None

    sender.close(timeout_s=DEADLINE_S)

    assert transport.recorded().values("x") == [1.0]


def test_parked_writer_is_still_flushed(
    sender: Sender, writer: Writer, transport: ScriptedTransport
) -> None:
    """Another thread may log after the run has ended."""
    rows = writer.buffer.series_rows("x")
    sender.park(writer)
    rows.extend((1.0, None, 0))

    sender.flush(timeout_s=DEADLINE_S)

    assert transport.recorded().values("x") == [1.0]


def test_close_leaves_a_dead_logs_envelopes_for_the_next_sender(
    home: Path, transport: ScriptedTransport
) -> None:
    """The next sender starts with them."""
    dead = ScriptedTransport()
    dead.fault = unavailable
    first = Sender(Destination(home=home), dead, flush_interval_s=0.005)
    writer = Writer("run")
    first.enlist(writer)
    log(writer, 1.0)
    first.close(timeout_s=DEADLINE_S)

    second = Sender(Destination(home=home), transport, flush_interval_s=0.005)
    second.enlist(Writer("other"))
    arrived = transport.log.wait(0, 0, timeout_s=DEADLINE_S)
    second.close(timeout_s=DEADLINE_S)

    assert arrived
    assert transport.recorded().values("x") == [1.0]


def leave_orphan(home: Path, value: float) -> None:
    """Leave in the spool what a process that is dead had logged under `x`."""
    writer = Writer("dead")
    log(writer, value)
    spool = create_file(folders(Destination(home=home))[0], url=None)
    spool.append(list(writer.taken()))
    spool.close()


def take_a_while() -> None:
    threading.Event().wait(0.1)


def test_process_that_ends_at_once_delivers_what_a_dead_one_left(
    home: Path, transport: ScriptedTransport
) -> None:
    """It may have had too much to do until its end."""
    leave_orphan(home, 1.0)
    # The sending thread rests after a delivery for as long as that took.
    transport.after = take_a_while
    sender = Sender(Destination(home=home), transport, flush_interval_s=0.005)
    writer = Writer("other")
    log(writer, 2.0)
    for parcel in writer.taken():
        sender.outbox.put(parcel)
    sender.enlist(writer)

    sender.close(timeout_s=DEADLINE_S)

    assert transport.recorded().values("x") == [2.0, 1.0]


def test_what_others_left_while_the_log_was_away_is_delivered_when_it_is_back(
    sender: Sender, writer: Writer, transport: ScriptedTransport, home: Path
) -> None:
    """Their machine may start no other process for days."""
    transport.fault = unavailable
    log(writer, 1.0)
    with pytest.raises(NotDelivered):
        sender.flush(timeout_s=DEADLINE_S, gives_up_early=True)
    leave_orphan(home, 2.0)

    transport.fault = lambda items: None

    wait_until(
        lambda: sorted(transport.recorded().values("x")) == [1.0, 2.0],  # type: ignore[type-var]  # they are numbers
        what="both are delivered",
    )


def test_full_outbox_drops_and_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Memory has an end; what is dropped is never silent."""
    monkeypatch.setattr("runtide.client.outbox.OUTBOX_BYTES_MAX", 10)
    monkeypatch.setattr("runtide.client.outbox.OUTBOX_WAIT_S", 0.0)
    outbox = Outbox()

    took = [outbox.put(Parcel("envelope", "run", b"12345")) for _ in range(4)]

    assert took == [True, True, False, False]
    assert outbox.dropped_count == 2


def rationed(_: object = None) -> None:
    """Refuse as a server does whose share is used up."""
    raise QuotaExceeded("the share is used up", retry_after_s=1)


def test_log_that_asks_for_time_is_left_alone_until_then(
    sender: Sender, writer: Writer, transport: ScriptedTransport
) -> None:
    """A loop that flushes in every step must not hammer a server that is too busy."""
    transport.fault, transport.asks_for_s = unavailable, 3600.0
    log(writer, 1.0)

    for _ in range(20):
        with pytest.raises(NotDelivered, match="the log is away"):
            sender.flush(timeout_s=0.05)

    assert transport.send_count == 1


def test_run_that_ends_believes_a_log_that_has_asked_for_time(
    sender: Sender, writer: Writer, transport: ScriptedTransport
) -> None:
    """It has said that it takes nothing before; what is logged is safe on disk."""
    transport.fault, transport.asks_for_s = unavailable, 3600.0
    log(writer, 1.0)
    with pytest.raises(NotDelivered):
        sender.flush(timeout_s=DEADLINE_S, gives_up_early=True)
    log(writer, 2.0)

    with pytest.raises(NotDelivered):
        sender.flush(timeout_s=DEADLINE_S, gives_up_early=True)

    assert transport.send_count == 1


def test_run_that_ends_waits_for_a_log_that_only_wants_less_at_once(
    sender: Sender, writer: Writer, transport: ScriptedTransport
) -> None:
    """Left on disk, its last points would wait for another process of this machine."""

    def ration_twice(_: Sequence[Item]) -> None:
        if transport.send_count <= 2:
            rationed()

    transport.fault, transport.asks_for_s = ration_twice, 0.2
    log(writer, 1.0, 2.0)

    sender.flush(timeout_s=DEADLINE_S, gives_up_early=True)

    assert transport.recorded().values("x") == [1.0, 2.0]
    assert transport.send_count == 3


def test_rationed_sender_says_what_is_wrong_once(
    sender: Sender,
    writer: Writer,
    transport: ScriptedTransport,
    caplog: pytest.LogCaptureFixture,
) -> None:
    transport.fault, transport.asks_for_s = rationed, 0.01
    log(writer, 1.0)
    with pytest.raises(NotDelivered):
        sender.flush(timeout_s=0.2)
    transport.fault, transport.asks_for_s = (lambda items: None), None

    sender.flush(timeout_s=DEADLINE_S)

    (said,) = [r.message for r in caplog.records if "asked to send less" in r.message]
    assert "the share is used up" in said

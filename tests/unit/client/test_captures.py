"""`./outputs` and `./logs`."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from runtide.client import captures as module
from runtide.client.captures import Captures

_DEADLINE_S = 30.0


class Received:
    """What captures have handed over."""

    def __init__(self) -> None:
        self.texts: dict[str, str] = {}
        self.uploads: dict[str, bytes] = {}
        self.arrived = threading.Condition()

    def upload(self, name: str, path: Path) -> None:
        """Keep a file."""
        self.uploads[name] = path.read_bytes()

    def send_text(self, file: str, text: str) -> None:
        """Keep a piece of text."""
        with self.arrived:
            self.texts[file] = self.texts.get(file, "") + text
            self.arrived.notify_all()


@pytest.fixture
def received() -> Received:
    """Return an empty receiver."""
    return Received()


def capturing(received: Received, folder: Path) -> Captures:
    """Return captures of `folder` that have not started."""
    return Captures(
        upload=received.upload,
        send_text=received.send_text,
        outputs=folder / "outputs",
        logs=folder / "logs",
    )


def test_outputs_are_uploaded_at_the_end_with_their_folders(
    received: Received, tmp_path: Path
) -> None:
    """As the retired SDK did."""
    captures = capturing(received, tmp_path)
    captures.start()
    (tmp_path / "outputs/deep").mkdir(parents=True)
    (tmp_path / "outputs/deep/model.pkl").write_bytes(b"\x00model")
    (tmp_path / "outputs/.hidden").write_bytes(b"")

    captures.finish()

    assert received.uploads == {"outputs/deep/model.pkl": b"\x00model"}


def test_growing_log_is_sent_while_it_grows(
    received: Received, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever watches a run sees what it prints."""
    monkeypatch.setattr(module, "POLL_INTERVAL_S", 0.005)
    captures = capturing(received, tmp_path)
    captures.start()
    (tmp_path / "logs").mkdir()
    path = tmp_path / "logs/train.txt"
    path.write_text("one\n")

    with received.arrived:
        came = received.arrived.wait_for(lambda: "logs/train.txt" in received.texts, _DEADLINE_S)
    with path.open("a") as log:
        log.write("zwölf\n")
    captures.finish()

    assert came
    assert received.texts == {"logs/train.txt": "one\nzwölf\n"}


def test_log_of_an_earlier_run_is_left_alone(received: Received, tmp_path: Path) -> None:
    """Unless this run touches it; then it is sent whole, however it was opened."""
    (tmp_path / "logs").mkdir()
    (tmp_path / "logs/old.txt").write_text("old")
    (tmp_path / "logs/again.txt").write_text("first")
    captures = capturing(received, tmp_path)
    captures.start()
    (tmp_path / "logs/again.txt").write_text("second")

    captures.finish()

    assert received.texts == {"logs/again.txt": "second"}


def test_letter_torn_by_a_write_arrives_whole(
    received: Received, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A writer's buffer ends anywhere."""
    monkeypatch.setattr(module, "_PIECE_BYTES", 1)
    captures = capturing(received, tmp_path)
    captures.start()
    (tmp_path / "logs").mkdir()
    (tmp_path / "logs/a.txt").write_text("öäü🎈")

    captures.finish()

    assert received.texts == {"logs/a.txt": "öäü🎈"}


def test_log_that_is_no_text_is_uploaded(received: Received, tmp_path: Path) -> None:
    """TensorBoard writes there."""
    captures = capturing(received, tmp_path)
    captures.start()
    (tmp_path / "logs").mkdir()
    (tmp_path / "logs/events").write_bytes(b"\x00\x01")

    captures.finish()

    assert (received.texts, received.uploads) == ({}, {"logs/events": b"\x00\x01"})

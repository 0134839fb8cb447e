"""A sender, a writer that it collects from, and the log that it delivers to."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from runtide.client.options import Destination
from runtide.client.sender import Sender
from runtide.client.writer import Writer
from tests.scripted import ScriptedTransport
from tests.waiting import DEADLINE_S


@pytest.fixture
def transport() -> ScriptedTransport:
    """Return a log that takes everything until it is told otherwise."""
    return ScriptedTransport()


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a data folder, beside a temporary folder of its own."""
    spare = tmp_path / "tmp"
    spare.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(spare))
    return tmp_path / "home"


@pytest.fixture
def sender(home: Path, transport: ScriptedTransport) -> Iterator[Sender]:
    """Return a sender that is closed in the end."""
    sender = Sender(Destination(home=home), transport, flush_interval_s=0.005)
    yield sender
    sender.close(timeout_s=DEADLINE_S)


@pytest.fixture
def writer(sender: Sender) -> Writer:
    """Return a writer that the sender collects from."""
    writer = Writer("run")
    sender.enlist(writer)
    return writer

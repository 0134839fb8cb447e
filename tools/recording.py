"""Events written into a data folder as they are: what no call of the SDK records yet, or at once."""

from __future__ import annotations

import contextlib
import secrets
import time
from typing import TYPE_CHECKING

from runtide.core.envelope import encode_envelope, event_document
from runtide.log.port import Item
from runtide.log.sqlite import SqliteLog

if TYPE_CHECKING:
    from pathlib import Path

    from runtide.core.events import Event


def record(home: Path, run: str, *events: Event) -> None:
    """Append events of a run, from a writer of their own, to the log of a data folder."""
    value = encode_envelope(
        run=run,
        writer=secrets.token_hex(8),
        seq=1,
        sent_us=now_us(),
        events=[event_document(event) for event in events],
    )
    with contextlib.closing(SqliteLog(home)) as log:
        log.append([Item(run, value)])


def now_us() -> int:
    """Return the time of day."""
    return time.time_ns() // 1_000

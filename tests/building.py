"""Records of hand-picked events, for tests in which every value is chosen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from runtide.core.columns import encode_column
from runtide.core.envelope import encode_envelope, event_document
from runtide.core.events import Scalars
from runtide.log.port import Record

if TYPE_CHECKING:
    from runtide.core.columns import Cell
    from runtide.core.events import Event


def record(
    offset: int,
    *events: Event | dict[str, Any],
    run: str = "a",
    writer: str = "w",
    seq: int | None = None,
    sent_us: int = 1,
) -> Record:
    """Return a record of one envelope; `seq` follows the offset where a test does not care."""
    value = encode_envelope(
        run=run,
        writer=writer,
        seq=offset + 1 if seq is None else seq,
        sent_us=sent_us,
        events=[event if isinstance(event, dict) else event_document(event) for event in events],
    )
    return Record(0, offset, run, value)


def points(name: str, *values: Cell, first_step: int = 0, ts_us: int = 0) -> Scalars:
    """Return points at consecutive steps and one time."""
    return Scalars(
        name=name,
        n=len(values),
        value=encode_column(values),
        step={"range": [first_step, 1]},
        ts_us={"range": [ts_us, 0]},
    )

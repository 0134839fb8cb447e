"""How to draw what a log can hold: envelopes, whole histories of a partition, and broken events."""

from __future__ import annotations

from dataclasses import fields
from typing import Any, Final, NamedTuple

import orjson
from hypothesis import strategies as st

from runtide.core.envelope import encode_envelope, event_document
from runtide.log.port import Record
from tests.strategies import (
    events,
    experiment_keys,
    i64s,
    json_values,
    model_events,
    model_keys,
    runs,
    times_us,
    unknown_events,
    view_events,
    writers,
)


class Sent(NamedTuple):
    """An envelope's parts before they are encoded."""

    run: str
    writer: str
    seq: int
    sent_us: int
    documents: list[dict[str, Any]]

    @property
    def value(self) -> bytes:
        """The envelope's bytes."""
        return encode_envelope(
            run=self.run,
            writer=self.writer,
            seq=self.seq,
            sent_us=self.sent_us,
            events=self.documents,
        )


documents: Final = events.map(event_document) | unknown_events

view_documents: Final = view_events.map(event_document) | unknown_events

model_documents: Final = model_events.map(event_document) | unknown_events

_SUBJECTS: Final = [
    *[(runs, documents)] * 4,
    (experiment_keys, view_documents),
    (model_keys, model_documents),
]
"""What envelopes are of, each as often as it is to be drawn, and what they hold then."""

envelopes: Final = st.one_of(
    [
        st.builds(
            Sent,
            run=keys,
            writer=writers,
            seq=st.integers(1, 2**63 - 1),
            sent_us=times_us,
            documents=st.lists(inside, max_size=4),
        )
        for keys, inside in _SUBJECTS
    ]
)

_garbage: Final = st.sampled_from(
    [b"", b"{}", b"\xff\xfe", b'{"v":2}', orjson.dumps({"v": 1, "run": "a"})]
)


@st.composite
def histories(draw: st.DrawFn, records_max: int = 12) -> list[Record]:
    """Draw the records of one partition, as real writers and a faulty transport leave them.

    Writers number their envelopes; some numbers never arrive, some envelopes arrive twice, and
    some records are no envelopes.
    """
    seq_by_writer: dict[tuple[str, str], int] = {}
    records: list[Record] = []
    for offset in range(draw(st.integers(0, records_max))):
        kind = draw(st.sampled_from(["new"] * 6 + ["again", "garbage"]))
        if kind == "again" and records:
            again = draw(st.sampled_from(records))
            records.append(again._replace(offset=offset))
            continue
        keys, events_of = draw(st.sampled_from(_SUBJECTS))
        run = draw(keys)
        writer = draw(writers)
        value = draw(_garbage)
        if kind == "new":
            seq = seq_by_writer.get((run, writer), 0) + draw(st.sampled_from([1, 1, 1, 2, 4]))
            seq_by_writer[run, writer] = seq
            sent_us, inside = draw(times_us), draw(st.lists(events_of, max_size=4))
            value = Sent(run, writer, seq, sent_us, inside).value
        records.append(Record(0, offset, run, value))
    return records


@st.composite
def broken_documents(draw: st.DrawFn) -> dict[str, Any]:
    """Draw a valid event's document with one field replaced by any JSON value, or left out."""
    event = draw(events | view_events | model_events)
    document = event_document(event)
    field = draw(st.sampled_from(["v", *(f.name for f in fields(event))]))
    if draw(st.integers(0, 9)) == 0:
        document.pop(field, None)
    else:
        document[field] = draw(
            json_values() | i64s | st.sampled_from(["", [], {}, "Running", [""]])
        )
    return document

"""What a data folder's event log holds, read back without a server."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from runtide.core.columns import Cell, decode_column
from runtide.core.envelope import Envelope, parse_envelope
from runtide.core.events import (
    Event,
    ListLogged,
    RowsLogged,
    Scalars,
    StateChanged,
    Strings,
)
from runtide.log.port import EventLog, Record
from runtide.log.sqlite import SqliteLog

_BYTES_MAX = 1 << 24


class Recorded(NamedTuple):
    """The envelopes of a log, each once, in the order of the log."""

    envelopes: list[Envelope]

    @property
    def run_ids(self) -> list[str]:
        """The runs in the order of their first envelope."""
        return list(dict.fromkeys(envelope.run for envelope in self.envelopes))

    def events(self, run: str | None = None) -> list[Event]:
        """Return all events, or those of one run."""
        return [
            event  # type: ignore[misc]  # this version knows all that it wrote
            for envelope in self.envelopes
            if run is None or envelope.run == run
            for event in envelope.events
        ]

    def values(self, name: str, run: str | None = None) -> list[Cell]:
        """Return the scalars and list entries under `name`, in order."""
        return [
            value
            for event in self.events(run)
            if isinstance(event, Scalars | Strings | ListLogged) and event.name == name
            for value in decode_column(event.value, event.n)
        ]

    def steps(self, name: str) -> list[Cell]:
        """Return the steps of the scalars under `name`, in order."""
        return [
            step
            for event in self.events()
            if isinstance(event, Scalars | Strings) and event.name == name
            for step in decode_column(event.step, event.n)
        ]

    def rows(self, name: str) -> dict[str, list[Cell]]:
        """Return the columns under `name`, without a place for missing cells."""
        columns: dict[str, list[Cell]] = {}
        for event in self.events():
            if isinstance(event, RowsLogged) and event.name == name:
                for column in event.columns:
                    values = decode_column(column["value"], event.n)
                    columns.setdefault(column["name"], []).extend(values)
        return columns

    def statuses(self, run: str | None = None) -> list[str]:
        """Return the statuses in order."""
        return [event.status for event in self.events(run) if isinstance(event, StateChanged)]

    def of_type(self, kind: type[Any]) -> list[Any]:
        """Return the events of one class, in order."""
        return [event for event in self.events() if isinstance(event, kind)]

    def gaps(self) -> list[tuple[str, str]]:
        """Return the writers whose numbers are not 1, 2, 3, ... in the order of the log."""
        seqs: dict[tuple[str, str], list[int]] = {}
        for envelope in self.envelopes:
            seqs.setdefault((envelope.run, envelope.writer), []).append(envelope.seq)
        return [who for who, got in seqs.items() if got != list(range(1, len(got) + 1))]


def recorded_in(log: EventLog) -> Recorded:
    """Return what `log` holds. An envelope that came again is left out, as every reader does."""
    seen: set[tuple[str, str, int]] = set()
    envelopes: list[Envelope] = []
    for record in _records(log):
        envelope = parse_envelope(record.value)
        identity = (envelope.run, envelope.writer, envelope.seq)
        if identity not in seen:
            seen.add(identity)
            envelopes.append(envelope)
    return Recorded(envelopes)


def _records(log: EventLog) -> Iterator[Record]:
    for partition in range(log.partition_count):
        offset = log.start(partition)
        while page := log.read(partition, offset, bytes_max=_BYTES_MAX):
            yield from page
            offset = page[-1].offset + 1


def recorded(home: Path) -> Recorded:
    """Return what the event log of the data folder `home` holds."""
    log = SqliteLog(home)
    try:
        return recorded_in(log)
    finally:
        log.close()

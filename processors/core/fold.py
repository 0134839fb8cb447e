"""The fold: records in, rows out. Everything that the read model holds is decided here.

`step` is a function of the state and the records alone, so the same log always folds to the same
tables, and folding a record again changes nothing: a row's key is the identity of what it holds.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final, NamedTuple

from processors.core.access_rows import check_workspace
from processors.core.dedup import Mark, after_envelope
from processors.core.event_rows import Place, add_event, place_count
from processors.core.lifecycle import Run, after_events, after_sign_of_life
from processors.core.rows import RowBuilder, TableRows
from runtide.core.envelope import Envelope, UnknownEvent, parse_envelope, value_count
from runtide.core.events import StateChanged
from runtide.core.ids import is_outsider, writer_number
from runtide.core.life_events import RunPurged
from runtide.core.names import DEFAULT_WORKSPACE, subject_of
from runtide.errors import MalformedEnvelope, OffsetGap, RejectedError
from runtide.log.port import ERASED

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from runtide.core.events import Event
    from runtide.log.port import Record


VALUES_PER_STEP_MAX: Final = 1_000_000
"""Values after which one application of `step` takes no further record: some 200 MB of rows.

Bytes of the log do not bound the rows, because a `range` names many values in a few bytes.
"""

_ERASING: Final = b'"is_erased":true'
"""What the encoded `RunPurged` has in it that erases a run."""


@dataclass(frozen=True, slots=True)
class RunState:
    """What the fold remembers of one run; of an experiment or model only the marks count."""

    run: Run
    mark_by_writer: Mapping[str, Mark] = field(default_factory=dict)
    is_purged: bool = False
    """Whether the run was removed for good: nothing of it is folded any more."""

    is_erased: bool = False
    """Whether its records are, or will be, removed from the log as well."""


@dataclass(frozen=True, slots=True)
class State:
    """What the fold remembers of one partition.

    `run_state_by_id` must hold every run of the store that the records to come belong to; a run
    that is not there is taken to be new.
    """

    partition: int
    next_offset: int = 0
    dead_in_a_row: int = 0
    """Records up to `next_offset` that could not be read, since the last one that could."""

    run_state_by_id: Mapping[str, RunState] = field(default_factory=dict)


class Effects(NamedTuple):
    """The rows that make the store agree with the state after the records [first, next).

    `tables` are facts; the checkpoint, that is the marks, the purged runs and the next offset, is
    written after all of them.
    """

    partition: int
    first_offset: int
    next_offset: int
    tables: dict[str, TableRows]
    writers: TableRows
    purged_runs: TableRows

    def inserts(self) -> Iterator[tuple[str, TableRows]]:
        """Yield what is written to which table, in order.

        That a run is purged comes after its marks: once that is known, nothing of it is folded
        again, also not what a crash has kept from being written.
        """
        yield from self.tables.items()
        if self.writers["run_id"]:
            yield "ingest_writers", self.writers
        if self.purged_runs["run_id"]:
            yield "purged_runs", self.purged_runs
        progress = {"partition": [self.partition], "next_offset": [self.next_offset]}
        yield "ingest_progress", progress


def step(state: State, records: Sequence[Record]) -> tuple[State, Effects]:
    """Fold consecutive records of one partition into the state.

    Args:
        state: What is known before the records.
        records: Records in order of offset. Those below `state.next_offset` were folded before
            and are skipped, so redelivery is harmless.

    Returns:
        The state after the records, and the rows that make the store agree with it. A record
        that cannot be read becomes a row of `dead_letters` and nothing else. Records that hold
        more than `VALUES_PER_STEP_MAX` are not folded to the end: `next_offset` says how far,
        and a further application takes the rest.

    Raises:
        OffsetGap: A record is beyond the next one to fold; nothing was folded.
    """
    fold = _Fold(state)
    for record in records:
        if fold.value_count >= VALUES_PER_STEP_MAX:
            break
        fold.fold_record(record)
    return fold.result()


class _Fold:
    """One application of `step`: the touched runs, the rows so far, and the next offset."""

    def __init__(self, state: State) -> None:
        self._before = state
        self._next_offset = state.next_offset
        self._runs: dict[str, Run] = {}
        self._marks: dict[tuple[str, str], Mark] = {}
        self._mark_pos: dict[tuple[str, str], int] = {}
        self._purges: dict[str, tuple[RunPurged, int]] = {}
        self._rows = RowBuilder()
        self._dead_in_a_row = state.dead_in_a_row
        self.value_count = 0

    def result(self) -> tuple[State, Effects]:
        marks_by_run: dict[str, dict[str, Mark]] = {run_id: {} for run_id in self._runs}
        for (run_id, writer), mark in self._marks.items():
            marks_by_run[run_id][writer] = mark
        touched: dict[str, RunState] = {}
        for run_id, run in self._runs.items():
            before = self._before.run_state_by_id.get(run_id)
            # The row of a purged run is what says that something of it is left to be removed.
            is_news = before is None or run != before.run or run_id in self._purges
            if subject_of(run_id) == "run" and is_news:
                self._rows.add("runs", **_run_row(run))
            known = before.mark_by_writer if before else {}
            marks = {**known, **marks_by_run[run_id]}
            touched[run_id] = RunState(run, marks, *self._purged(run_id))
        state = replace(
            self._before,
            next_offset=self._next_offset,
            dead_in_a_row=self._dead_in_a_row,
            run_state_by_id={**self._before.run_state_by_id, **touched},
        )
        return state, Effects(
            partition=state.partition,
            first_offset=self._before.next_offset,
            next_offset=self._next_offset,
            tables=self._rows.tables(),
            writers={
                "run_id": [run_id for run_id, _ in self._marks],
                "writer": [writer for _, writer in self._marks],
                "seq": [mark.seq for mark in self._marks.values()],
                "gap_count": [mark.gap_count for mark in self._marks.values()],
                "missing": [
                    [{"first": first, "last": last} for first, last in mark.missing]
                    for mark in self._marks.values()
                ],
                "pos": [self._mark_pos[key] for key in self._marks],
            },
            purged_runs={
                "run_id": list(self._purges),
                "partition": [state.partition] * len(self._purges),
                "ts": [purge.ts_us for purge, _ in self._purges.values()],
                "by": [purge.by or "" for purge, _ in self._purges.values()],
                "is_erased": [purge.is_erased for purge, _ in self._purges.values()],
                "pos": [pos for _, pos in self._purges.values()],
            },
        )

    def fold_record(self, record: Record) -> None:
        if record.offset < self._next_offset:
            return
        if record.offset > self._next_offset:
            raise OffsetGap(partition=record.partition, want=self._next_offset, got=record.offset)
        self._next_offset += 1
        if record.value == ERASED or self._is_left_out(record):
            return
        try:
            envelope = parse_envelope(record.value)
            if envelope.run != record.run:
                message = f"envelope is of run {envelope.run!r}, its key is {record.run!r}"
                raise MalformedEnvelope(message)
            check_workspace(envelope, self._known_run(envelope.run))
            mark = after_envelope(self._mark(envelope), envelope.seq)
            if mark is not None:
                self._rows.absorb(self._fact_rows(envelope, pos=record.offset))
        except RejectedError as exc:
            self._dead_in_a_row += 1
            self._rows.add(
                "dead_letters",
                partition=record.partition,
                pos=record.offset,
                run_id=record.run,
                code=exc.code,
                reason=str(exc),
                value=record.value,
            )
            return
        self._dead_in_a_row = 0
        purge = next((e for e in envelope.events if isinstance(e, RunPurged)), None)
        if mark is not None:
            self._marks[envelope.run, envelope.writer] = mark
            self._mark_pos[envelope.run, envelope.writer] = record.offset
        if mark is not None or purge is not None:
            self._runs[envelope.run] = self._run_after(envelope, pos=record.offset)
        # Also of an envelope that is marked as folded: a crash came between that and the purge.
        if purge is not None:
            self._purges[envelope.run] = (purge, record.offset)

    def _purged(self, run_id: str) -> tuple[bool, bool]:
        """Return whether a run is purged by now, and whether it is erased."""
        if run_id in self._purges:
            return True, self._purges[run_id][0].is_erased
        before = self._before.run_state_by_id.get(run_id)
        return (before.is_purged, before.is_erased) if before else (False, False)

    def _is_left_out(self, record: Record) -> bool:
        """Whether a record is of a purged run; the one that has its log erased still counts."""
        is_purged, is_erased = self._purged(record.run)
        return is_purged and (is_erased or _ERASING not in record.value)

    def _known_run(self, run_id: str) -> Run | None:
        state = self._before.run_state_by_id.get(run_id)
        return self._runs.get(run_id) or (state.run if state else None)

    def _mark(self, envelope: Envelope) -> Mark:
        known = self._marks.get((envelope.run, envelope.writer))
        if known is not None:
            return known
        before = self._before.run_state_by_id.get(envelope.run)
        return before.mark_by_writer.get(envelope.writer, Mark()) if before else Mark()

    def _fact_rows(self, envelope: Envelope, *, pos: int) -> RowBuilder:
        self.value_count += sum(map(value_count, envelope.events))
        rows = RowBuilder()
        idx, writer = 0, writer_number(envelope.writer)
        for event in envelope.events:
            add_event(event, Place(envelope.run, writer, envelope.seq, pos, idx), rows)
            idx += place_count(event)
        return rows

    def _run_after(self, envelope: Envelope, *, pos: int) -> Run:
        if subject_of(envelope.run) != "run":
            return Run(run_id=envelope.run)
        known = self._known_run(envelope.run)
        # A crash between the run's row and the checkpoint brings back records that the row has
        # in it: they are no news of the run.
        if known is not None and pos <= known.pos:
            return known
        run = after_events(known or _unknown_run(envelope, pos=pos), envelope.events)
        if not is_outsider(envelope.writer) and not _is_verdict(envelope.events):
            run = after_sign_of_life(run)
        return run if run == known else replace(run, pos=pos)


def _is_verdict(events: Iterable[Event | UnknownEvent]) -> bool:
    """Whether the envelope comes from whoever watches the run, not from the run itself."""
    return any(isinstance(e, StateChanged) and e.status == "NotResponding" for e in events)


def _unknown_run(envelope: Envelope, *, pos: int) -> Run:
    return Run(
        run_id=envelope.run,
        workspace=envelope.workspace or DEFAULT_WORKSPACE,
        created_us=envelope.sent_us,
        seen_us=envelope.sent_us,
        pos=pos,
    )


def _run_row(run: Run) -> dict[str, object]:
    return {name: getattr(run, name) for name in Run.__slots__}

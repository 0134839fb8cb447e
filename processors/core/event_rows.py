"""What each event adds to the tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

import orjson

from processors.core import arrays
from processors.core.access_rows import audit_row, token_row
from processors.core.model_rows import edit_rows, registration_row
from runtide.core.access_events import Audited, TokenCreated, TokenRevoked, TokenUsed
from runtide.core.envelope import UnknownEvent, event_document
from runtide.core.events import (
    ChartLogged,
    FileUploaded,
    ImageLogged,
    JobSubmitted,
    ListLogged,
    RowsLogged,
    Scalars,
    SnapshotTaken,
    StateChanged,
    Strings,
    SystemMeasured,
    TextLogged,
    ViewSaved,
)
from runtide.core.model_events import ModelEdited, ModelRegistered
from runtide.core.names import find_experiment
from runtide.core.shown import shown
from runtide.errors import MalformedEvent

if TYPE_CHECKING:
    from collections.abc import Callable

    from processors.core.rows import RowBuilder
    from runtide.core.columns import Cell
    from runtide.core.events import Event


class Place(NamedTuple):
    """Where an event stands: its envelope's identity and offset, and its own place there."""

    run: str
    writer: int
    seq: int
    pos: int
    idx: int

    def identity(self) -> dict[str, object]:
        """Return the columns that every table of facts has."""
        return {"writer": self.writer, "seq": self.seq, "idx": self.idx, "pos": self.pos}


def place_count(event: Event | UnknownEvent) -> int:
    """Return how many places `event` takes in its envelope: one a point, else one."""
    return event.n if isinstance(event, Scalars | Strings | SystemMeasured) else 1


def add_event(event: Event | UnknownEvent, place: Place, rows: RowBuilder) -> None:
    """Add what `event` says to the rows; events that speak of the run alone add nothing.

    Raises:
        MalformedEvent: A value breaks the contract of the event's type.
    """
    add = _ADD_BY_CLASS.get(type(event))
    if add is not None:
        add(event, place, rows)


def _add_points(event: Scalars, place: Place, rows: RowBuilder) -> None:
    rows.add_points(
        place.run,
        event.name,
        arrays.numbers(event.value, event.n),
        step=arrays.steps(event.step, event.n),
        ts_us=arrays.times_us(event.ts_us, event.n),
        writer=place.writer,
        seq=place.seq,
        idx=place.idx,
        pos=place.pos,
    )


def _add_file(event: FileUploaded, place: Place, rows: RowBuilder) -> None:
    rows.add(
        "files",
        run_id=place.run,
        path=event.path,
        sha256=event.sha256,
        size_bytes=event.size_bytes,
        media_type=event.media_type,
        ts=event.ts_us,
        pos=place.pos,
    )


def _add_text(event: TextLogged, place: Place, rows: RowBuilder) -> None:
    rows.add(
        "logs",
        run_id=place.run,
        file=event.file,
        ts=event.ts_us,
        text=event.text,
        **place.identity(),
    )


def _add_unknown(event: UnknownEvent, place: Place, rows: RowBuilder) -> None:
    rows.add(
        "parked",
        run_id=place.run,
        type=event.type,
        version=event.version,
        data=orjson.dumps(event.data).decode(),
        **place.identity(),
    )


def _add_state(event: StateChanged, place: Place, rows: RowBuilder) -> None:
    # Every one of them, whether it counts or not: which do depends on the state before, and a row
    # that depended on it could not be made again after a crash.
    rows.add(
        "states",
        run_id=place.run,
        status=event.status,
        ts=event.ts_us,
        by=event.by or "",
        reason=event.reason or "",
        error=orjson.dumps(event.error).decode() if event.error else "",
        **place.identity(),
    )


def _add_job(event: JobSubmitted, place: Place, rows: RowBuilder) -> None:
    rows.add(
        "jobs",
        run_id=place.run,
        target=event.target,
        priority=event.priority,
        spec=orjson.dumps(event_document(event)).decode(),
        ts=event.ts_us,
        pos=place.pos,
    )


def _add_snapshot(event: SnapshotTaken, place: Place, rows: RowBuilder) -> None:
    rows.add(
        "snapshots",
        run_id=place.run,
        snapshot_id=event.snapshot_id,
        manifest_sha256=event.manifest_sha256,
        file_count=event.file_count,
        size_bytes=event.size_bytes,
        ts=event.ts_us,
        pos=place.pos,
    )


def _add_system(event: SystemMeasured, place: Place, rows: RowBuilder) -> None:
    values = arrays.numbers(event.value, event.n).values.tolist()
    times = arrays.times_us(event.ts_us, event.n).tolist()
    for i, (value, ts_us) in enumerate(zip(values, times, strict=True)):
        rows.add(
            "system",
            run_id=place.run,
            host=event.host,
            name=event.name,
            ts=ts_us,
            value=value,
            **place._replace(idx=place.idx + i).identity(),
        )


def _add_view(event: ViewSaved, place: Place, rows: RowBuilder) -> None:
    rows.add(
        "saved_views",
        run_id=place.run,
        experiment=find_experiment(place.run),
        name=event.name,
        query=event.query or "",
        is_deleted=event.query is None,
        ts=event.ts_us,
        pos=place.pos,
    )


def _add_registration(event: ModelRegistered, place: Place, rows: RowBuilder) -> None:
    rows.add("models", **registration_row(place.run, event), **place.identity())


def _add_token(
    event: TokenCreated | TokenRevoked | TokenUsed, place: Place, rows: RowBuilder
) -> None:
    rows.add("tokens", **token_row(place.run, event))


def _add_audit(event: Audited, place: Place, rows: RowBuilder) -> None:
    rows.add("audit", **audit_row(place.run, event), **place.identity())


def _add_model_edits(event: ModelEdited, place: Place, rows: RowBuilder) -> None:
    for row in edit_rows(place.run, event):
        rows.add("model_edits", **row, pos=place.pos)


def _add_strings(event: Strings, place: Place, rows: RowBuilder) -> None:
    values = arrays.plain_cells(event.value, event.n)
    steps, times = arrays.steps(event.step, event.n), arrays.times_us(event.ts_us, event.n)
    if event.n:
        rows.add_kind(place.run, event.name, "string", pos=place.pos, idx=place.idx)
    for i, value in enumerate(values):
        kind, text = _kind_and_text(value)
        rows.add(
            "strings",
            run_id=place.run,
            name=event.name,
            step=int(steps[i]),
            ts=int(times[i]),
            kind=kind,
            text=text,
            **place._replace(idx=place.idx + i).identity(),
        )


def _kind_and_text(value: Cell) -> tuple[int, str]:
    match value:
        case str():
            return 0, value
        case None:
            return 1, ""
        case int() if type(value) is int:
            return 2, str(value)
    message = f"`value` of a strings event holds {shown(value)}: send it in a scalars event"
    raise MalformedEvent(message)


def _add_list(event: ListLogged, place: Place, rows: RowBuilder) -> None:
    column = arrays.typed_column(event.value, event.n)
    rows.add_kind(place.run, event.name, "list", pos=place.pos, idx=place.idx)
    rows.add(
        "vectors",
        run_id=place.run,
        name=event.name,
        step=event.step,
        ts=event.ts_us,
        kind=column.kind,
        numbers=column.numbers,
        texts=column.texts,
        **place.identity(),
    )


def _add_block(event: RowsLogged, place: Place, rows: RowBuilder) -> None:
    names = [column["name"] for column in event.columns]
    if len(set(names)) != len(names):
        message = (
            f"rows of {shown(event.name)} have {len(names)} columns, {len(set(names))} of them "
            f"different: want each once"
        )
        raise MalformedEvent(message)
    columns = [arrays.typed_column(c["value"], event.n) for c in event.columns]
    rows.add_kind(place.run, event.name, "table", pos=place.pos, idx=place.idx)
    rows.add(
        "tables",
        run_id=place.run,
        name=event.name,
        step=event.step,
        ts=event.ts_us,
        row_count=event.n,
        column_names=names,
        column_kinds=[column.kind for column in columns],
        column_numbers=[column.numbers for column in columns],
        column_texts=[column.texts for column in columns],
        **place.identity(),
    )


def _add_artifact(event: ImageLogged | ChartLogged, place: Place, rows: RowBuilder) -> None:
    kind = event.type
    own = (
        {
            "media_type": event.media_type,
            "width": event.width,
            "height": event.height,
            "description": event.description or "",
        }
        if isinstance(event, ImageLogged)
        else {"schema_type": event.schema_type, "schema_version": event.schema_version}
    )
    rows.add_kind(place.run, event.name, kind, pos=place.pos, idx=place.idx)
    rows.add(
        f"{kind}s",
        run_id=place.run,
        name=event.name,
        step=event.step,
        ts=event.ts_us,
        path=event.path,
        sha256=event.sha256,
        size_bytes=event.size_bytes,
        **own,
        **place.identity(),
    )


_ADD_BY_CLASS: Final[dict[type, Callable[[Any, Place, RowBuilder], None]]] = {
    Scalars: _add_points,
    Strings: _add_strings,
    ListLogged: _add_list,
    RowsLogged: _add_block,
    ImageLogged: _add_artifact,
    ChartLogged: _add_artifact,
    FileUploaded: _add_file,
    TextLogged: _add_text,
    StateChanged: _add_state,
    SnapshotTaken: _add_snapshot,
    JobSubmitted: _add_job,
    SystemMeasured: _add_system,
    ViewSaved: _add_view,
    ModelRegistered: _add_registration,
    ModelEdited: _add_model_edits,
    TokenCreated: _add_token,
    TokenRevoked: _add_token,
    TokenUsed: _add_token,
    Audited: _add_audit,
    UnknownEvent: _add_unknown,
}

"""`runtide dead-letters`: records that could not be read, and how they are sent again."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Final

import typer
from rich import box
from rich.table import Table
from rich.text import Text

from runtide.cli.formats import plain_text, size_text
from runtide.cli.groups import LIST, ListingGroup
from runtide.cli.output import HomeOption, JsonOption, exit_code, print_json, stdout
from runtide.cli.record import first_items, open_reader
from runtide.client.reading import Reader
from runtide.core.ids import Position, parse_position
from runtide.errors import NotFound, NotMissing, RejectedError, RuntideError, UsageError

_SHOWN_BYTES: Final = 2_000
_STYLE_BY_STATE: Final = {"unreadable": "red", "readable": "yellow", "folded": "green"}

PlaceArgument = Annotated[
    str, typer.Argument(metavar="PLACE", help="Partition and offset, such as `0:1234`.")
]


app = typer.Typer(
    name="dead-letters",
    cls=ListingGroup,
    help="See records that could not be read, and send them again. Without a command, list them."
    "\n\nExample: runtide dead-letters",
)


@app.command(LIST)
def list_letters(
    *,
    home: HomeOption = None,
    limit: Annotated[int, typer.Option(min=1, help="At most so many.")] = 50,
    as_json: JsonOption = False,
) -> None:
    """List records that could not be read, the newest first. `list` may be left out.

    The state says what sending one again would do: `unreadable`, this version cannot read it
    either; `readable`, it is folded; `folded`, nothing is missing any more; `forgotten`, only
    folding the whole log anew brings it.

    Example: runtide dead-letters --json
    """
    found = first_items(open_reader(home).items("/dead-letters"), limit)
    if as_json:
        print_json({"dead_letters": found})
        return
    if not found:
        stdout.print("Every record of the log could be read.")
        return
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for column in ("place", "state", "size", "run"):
        table.add_column(column, no_wrap=True)
    table.add_column("reason", overflow="fold")
    for letter in found:
        table.add_row(
            str(_place(letter)),
            _state(letter),
            size_text(letter["size_bytes"]),
            Text(plain_text(letter["run_id"]), overflow="ellipsis"),
            Text(plain_text(letter["reason"])),
        )
    stdout.print(table)
    if len(found) == limit:
        stdout.print(f"The first {limit} are shown; `--limit` shows more.", style="bright_black")


@app.command()
def show(
    place: PlaceArgument,
    *,
    save: Annotated[
        Path | None, typer.Option("--bytes", help="File to write the record's bytes to.")
    ] = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show one record that could not be read, and the head of its bytes.

    Example: runtide dead-letters show 0:1234 --bytes letter.json
    """
    at = _parsed(place)
    reader = open_reader(home)
    found = first_items(reader.items("/dead-letters", {"at": str(at)}), 1)
    if not found:
        raise NotFound(f"no dead letter is at {at}: `runtide dead-letters` lists them")
    value = reader.content(_path(at))
    if save is not None:
        _save(save, value)
    if as_json:
        print_json({"dead_letter": found[0]})
        return
    facts = Table(box=None, show_header=False, pad_edge=False)
    facts.add_column(style="bright_black")
    facts.add_column(overflow="fold")
    facts.add_row("place", str(at))
    facts.add_row("state", _state(found[0]))
    facts.add_row("size", size_text(len(value)))
    for name in ("run_id", "code", "reason"):
        facts.add_row(name.removesuffix("_id"), Text(plain_text(found[0][name])))
    stdout.print(facts)
    if save is not None:
        stdout.print(f"\n{len(value):,} bytes in {save}", markup=False)
        return
    head = value[:_SHOWN_BYTES].decode(errors="backslashreplace")
    more = f" … and {len(value) - _SHOWN_BYTES:,} bytes more" if len(value) > _SHOWN_BYTES else ""
    stdout.print(f"\n{plain_text(head)}{more}", markup=False)


@app.command()
def redrive(
    places: Annotated[
        list[str] | None,
        typer.Argument(metavar="PLACE", help="Partitions and offsets, such as `0:1234`."),
    ] = None,
    *,
    everything: Annotated[
        bool, typer.Option("--all", help="Every one that can be read by now and is missing.")
    ] = False,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Append records to the log again that can be read by now. Exits with 1 when one is refused.

    Each is folded once, however often it is sent.

    Example: runtide dead-letters redrive 0:1234 0:1240
    """
    if bool(places) == everything:
        raise UsageError("which ones is not clear: name their places, or give `--all`, not both")
    wanted = [_parsed(place) for place in places or ()]
    reader = open_reader(home)
    if everything:
        wanted = _readable(reader)
    sent: list[dict[str, Any]] = []
    refused: list[tuple[Position, RuntideError]] = []
    for at in wanted:
        try:
            answer = reader.post(f"{_path(at)}/redrive")
        except (RejectedError, NotFound) as exc:
            # Of two letters that hold one envelope, the first has filled the gap for both.
            if not (everything and isinstance(exc, NotMissing)):
                refused.append((at, exc))
            continue
        sent.append({"place": str(at), **answer})
        if not as_json:
            named = f"envelope {answer['seq']} of run {answer['run_id']}"
            stdout.print(f"{at} is sent again: {named}", markup=False)
    _print_outcome(sent, refused, as_json=as_json)
    if refused:
        raise typer.Exit(exit_code(refused[0][1]))


def _print_outcome(
    sent: list[dict[str, Any]], refused: list[tuple[Position, RuntideError]], *, as_json: bool
) -> None:
    if as_json:
        reasons = [{"place": str(at), "code": e.code, "reason": str(e)} for at, e in refused]
        print_json({"redriven": sent, "refused": reasons})
        return
    for at, error in refused:
        stdout.print(f"{at} is refused: {plain_text(str(error))}", style="red", markup=False)
    if not sent and not refused:
        stdout.print("No dead letter can be read that is missing.")


def _readable(reader: Reader) -> list[Position]:
    """Return where the letters are that would be folded, the oldest first."""
    found = reader.items("/dead-letters")
    return sorted(_place(letter) for letter in found if letter["state"] == "readable")


def _place(letter: dict[str, Any]) -> Position:
    return Position(letter["partition"], letter["offset"])


def _path(at: Position) -> str:
    return f"/dead-letters/{at.partition}/{at.offset}"


def _state(letter: dict[str, Any]) -> Text:
    return Text(letter["state"], style=_STYLE_BY_STATE.get(letter["state"], ""))


def _parsed(text: str) -> Position:
    try:
        return parse_position(text)
    except ValueError as exc:
        raise UsageError(str(exc)) from exc


def _save(path: Path, value: bytes) -> None:
    try:
        path.write_bytes(value)
    except OSError as exc:
        message = f"could not write {path} ({exc.strerror}): name a file in a folder that is there"
        raise UsageError(message) from exc

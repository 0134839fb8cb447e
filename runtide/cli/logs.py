"""`runtide logs`: what a run printed, and goes on printing."""

from __future__ import annotations

import json
import sys
import time
from typing import TYPE_CHECKING, Annotated, Final, NamedTuple
from urllib.parse import quote

import typer

from runtide.cli.output import FAILED, HomeOption
from runtide.cli.record import RunArgument, get_run_id, open_reader
from runtide.core.events import TERMINAL
from runtide.errors import NotFound

if TYPE_CHECKING:
    from collections.abc import Callable

    from runtide.client.reading import Reader

_POLL_INTERVAL_S: Final = 0.5
_PIECE_CHARS: Final = 1_000_000


def logs(
    run: RunArgument,
    *,
    follow: Annotated[
        bool, typer.Option("-f", "--follow", help="Go on until the run has ended.")
    ] = False,
    file: Annotated[
        str | None, typer.Option("--file", help="Only this log, such as `user_logs/std_log.txt`.")
    ] = None,
    home: HomeOption = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print every piece as a line of JSON.")
    ] = False,
) -> None:
    """Print the logs of a run. Where it has several, a line says which one follows.

    With `--follow` it exits with 1 when the run ended as Failed or Canceled.

    Example: runtide logs 3f2a -f
    """
    reader = open_reader(home)
    path = f"/runs/{quote(get_run_id(reader, run), safe='')}"
    pieces = _Pieces(reader, path, file, show=_print_json if as_json else _TextScreen().print)
    while True:
        # First the status and then the logs: what a run printed is there before its end is.
        status = str(reader.get(path)["status"])
        pieces.print_new()
        if status in TERMINAL or not follow:
            break
        time.sleep(_POLL_INTERVAL_S)
    if file is not None and not pieces.offset_by_file:
        names = ", ".join(pieces.names) or "none"
        message = f"run {run!r} has no log {file!r}: it has {names}"
        raise NotFound(message)
    if follow and status != "Completed":
        raise typer.Exit(FAILED)


class _Piece(NamedTuple):
    """Some text of a log, which may be the only one that the run has."""

    file: str
    text: str
    is_only: bool


class _Pieces:
    """The logs of a run, from where they were last read."""

    def __init__(
        self, reader: Reader, path: str, file: str | None, *, show: Callable[[_Piece], None]
    ) -> None:
        self._reader = reader
        self._path = path
        self._file = file
        self._show = show
        self.names: list[str] = []
        self.offset_by_file: dict[str, int] = {}

    def print_new(self) -> None:
        """Print what was added since the last call, file by file."""
        listed = list(self._reader.items(f"{self._path}/logs"))
        self.names = [log["file"] for log in listed]
        for log in listed:
            if self._file in {None, log["file"]}:
                self._print_from(log["file"], self.offset_by_file.get(log["file"], 0))

    def _print_from(self, name: str, offset: int) -> None:
        while True:
            self.offset_by_file[name] = offset
            question = {"offset": offset, "limit": _PIECE_CHARS}
            piece = self._reader.get(f"{self._path}/logs/{quote(name)}", question)
            if not piece["text"]:
                return
            self._show(_Piece(name, piece["text"], is_only=len(self.names) == 1))
            offset = piece["next_offset"]


class _TextScreen:
    """Pieces as they are, with a line before each that is of another log than the one before."""

    def __init__(self) -> None:
        self._file: str | None = None
        self._is_at_line_start = True

    def print(self, piece: _Piece) -> None:
        is_first_of_one = piece.is_only and self._file is None
        if piece.file != self._file and not is_first_of_one:
            gap = "" if self._is_at_line_start else "\n"
            sys.stdout.write(f"{gap}==> {piece.file} <==\n")
        self._file = piece.file
        self._is_at_line_start = piece.text.endswith("\n")
        sys.stdout.write(piece.text)
        sys.stdout.flush()


def _print_json(piece: _Piece) -> None:
    document = {"file": piece.file, "text": piece.text}
    sys.stdout.write(json.dumps(document, ensure_ascii=False) + "\n")
    sys.stdout.flush()

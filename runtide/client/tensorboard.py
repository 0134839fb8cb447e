"""What runs logged, as event files that TensorBoard shows.

what was logged                      in TensorBoard
number, bool; each of a list         scalar, in single precision
string                               text
row, table                           `table/column`, a scalar or text at each row
image                                image
None, chart                          nothing
"""

from __future__ import annotations

import platform
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, Self
from urllib.parse import quote

from runtide.client.entries import read_entries
from runtide.client.event_file import EventFile
from runtide.core.columns import Cell, decode_column

if TYPE_CHECKING:
    from runtide.client.reading import Reader


class TensorboardExport:
    """The event file of one run, in a folder with the run's id.

    Args:
        reader: Who asks the query API.
        run_id: The run.
        logdir: The folder that TensorBoard is shown; the run's own is made in it.
    """

    def __init__(self, reader: Reader, run_id: str, logdir: Path) -> None:
        self._reader = reader
        self._run_id = run_id
        self._path = f"/runs/{quote(run_id, safe='')}"
        created_us = reader.get(self._path)["created_us"]
        self._file = EventFile(logdir / run_id, created_us=created_us, host=platform.node())
        self._count_by_name: dict[str, int] = {}

    @property
    def file(self) -> Path:
        """The event file."""
        return self._file.path

    def update(self) -> int:
        """Append what has been logged since the last time, and return how many values that is.

        Raises:
            ServerUnavailable: No query API answers.
        """
        added = 0
        for entry in read_entries(self._reader, self._run_id):
            done, n = self._count_by_name.get(entry["name"], 0), entry["n"]
            if n > done:
                self._append(entry, done)
                self._count_by_name[entry["name"]] = n
                added += n - done
        self._file.flush()
        return added

    def close(self) -> None:
        """End the file."""
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exc: object) -> None:
        self.close()

    def _append(self, entry: dict[str, Any], done: int) -> None:
        if entry["kind"] == "image":
            self._append_images(entry["name"], done)
            return
        for value in _values(entry, done):
            if isinstance(value.cell, str):
                self._file.add_text(value.tag, value.cell, step=value.step, ts_us=value.ts_us)
            elif value.cell is not None:
                number = _number(value.cell)
                self._file.add_scalar(value.tag, number, step=value.step, ts_us=value.ts_us)

    def _append_images(self, name: str, done: int) -> None:
        images = self._reader.items(f"{self._path}/images", {"name": name})
        for index, image in enumerate(images):
            if index < done:
                continue
            self._file.add_image(
                name,
                self._reader.content(f"{self._path}/files/{quote(image['path'])}"),
                size=(image["width"] or 0, image["height"] or 0),
                step=index if image["step"] is None else image["step"],
                ts_us=image["ts_us"],
            )


def export_tensorboard(reader: Reader, run_ids: Iterable[str], logdir: Path) -> list[Path]:
    """Write an event file of each run below `logdir`, and return the files.

    Raises:
        NotFound: There is no such run.
        ServerUnavailable: No query API answers.
    """
    files = []
    for run_id in run_ids:
        with TensorboardExport(reader, run_id, logdir) as export:
            export.update()
            files.append(export.file)
    return files


class _Value(NamedTuple):
    tag: str
    cell: Cell
    step: int
    ts_us: int


def _values(entry: dict[str, Any], done: int) -> Iterator[_Value]:
    """Yield the values of an entry from the row `done` on; a chart has none."""
    n, name = entry["n"], entry["name"]
    steps, times = decode_column(entry["step"], n), decode_column(entry["ts_us"], n)
    if entry["kind"] == "table":
        columns = {f"{name}/{c['name']}": c["value"] for c in entry["columns"]}
    elif entry["kind"] == "chart":
        columns = {}
    else:
        columns = {name: entry["value"]}
    for tag, wire in columns.items():
        cells = decode_column(wire, n)
        for index in range(done, n):
            step, ts_us = steps[index], times[index]
            assert isinstance(ts_us, int), ts_us
            yield _Value(tag, cells[index], step if isinstance(step, int) else index, ts_us)


def _number(cell: float) -> float:
    try:
        return float(cell)
    except OverflowError:
        return float("inf") if cell > 0 else float("-inf")

"""What a replay shows: a bar while it goes on, and what was found when it has ended."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, Final

from rich import box
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from runtide.cli.formats import plain_text

if TYPE_CHECKING:
    from types import TracebackType
    from typing import Self

    from rich.console import Console

_KINDS: Final = ("differing", "missing", "extra")


class ReplayDisplay:
    """A progress bar on a terminal, and nothing elsewhere."""

    def __init__(self, console: Console) -> None:
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            TextColumn("{task.fields[counted]}"),
            TimeRemainingColumn(compact=True),
            console=console,
            transient=True,
            disable=not console.is_terminal,
        )
        self._task = self._progress.add_task("opening", total=None, counted="")
        self._began_s = time.monotonic()

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._progress.stop()

    @property
    def elapsed_s(self) -> float:
        """Seconds since the display was made."""
        return time.monotonic() - self._began_s

    def show(self, status: dict[str, Any]) -> None:
        """Show how the replay stands."""
        step = status["step"]
        counted, done, total = "", 0, None
        if step == "folding":
            done, total = status["records_done"], status["records_total"]
            rate = status["points_folded"] / max(self.elapsed_s, 0.001)
            counted = f"{done:,}/{total:,} records, {rate:,.0f} points/s"
        elif step == "comparing":
            counted = f"{status['runs_compared']:,} runs"
        self._progress.update(
            self._task, description=step, completed=done, total=total, counted=counted
        )

    def print_result(self, status: dict[str, Any], console: Console) -> None:
        """Print how the replay ended."""
        folded = (
            f"{status['records_folded']:,} records with {status['points_folded']:,} points were "
            f"folded into {status['database']} in {self.elapsed_s:.1f} s"
        )
        lines = [folded]
        found = status["comparison"]
        if found is not None:
            differing = {name: v for name, v in found["tables"].items() if not _is_equal(v)}
            if differing:
                console.print(_differences(differing))
            equal_count = len(found["tables"]) - len(differing)
            left_out = found["runs_left_out"]
            lines.append(
                f"{equal_count} of {len(found['tables'])} tables are equal for all of "
                f"{found['runs']:,} runs"
                + (f"; {left_out:,} go on or are not folded to their end" if left_out else "")
            )
        if status["swapped"]:
            lines.append(
                f"the rebuilt tables are live; the old ones are in {status['database']}, until "
                f"`runtide replay --drop {status['name']}`"
            )
        for line in lines:
            console.print(line, markup=False)


def _is_equal(verdict: dict[str, Any]) -> bool:
    return not any(verdict[kind] for kind in _KINDS)


def _differences(verdict_by_table: dict[str, dict[str, Any]]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    table.add_column("table", no_wrap=True)
    for kind in ("equal", *_KINDS):
        table.add_column(kind, justify="right")
    table.add_column("such as", overflow="fold")
    for name, verdict in verdict_by_table.items():
        examples = [key for kind in _KINDS for key in verdict["examples"].get(kind, [])]
        table.add_row(
            name,
            *(f"{verdict[kind]:,}" for kind in ("equal", *_KINDS)),
            Text(plain_text(", ".join(examples))),
        )
    return table

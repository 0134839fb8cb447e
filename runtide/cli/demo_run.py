"""What `runtide demo` prints while the models train and what came back is compared."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from runtide.cli.output import stderr, stdout
from runtide.demo import job
from runtide.demo.comparison import Comparison

if TYPE_CHECKING:
    from pathlib import Path

    from runtide.demo.witness import Witness


def run_demo(home: Path, url: str, seconds: float) -> bool:
    """Train both models, and return whether what was read back equals what was logged."""
    return _is_equal(_trained(home, url, seconds))


def _trained(home: Path, url: str, seconds: float) -> list[Witness]:
    columns = (TextColumn("{task.description:<20}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=stderr) as progress:
        sweep = progress.add_task("ridge regression", total=1.0)
        witnesses = job.sweep(
            home, on_child=lambda done, total: progress.update(sweep, completed=done / total)
        )
        training = progress.add_task("neural network", total=1.0)
        trained = job.train(
            home,
            duration_s=seconds,
            on_start=lambda witness: stdout.print(
                f"Training now: {url}/runs/{witness.run.id}", markup=False
            ),
            on_progress=lambda share: progress.update(training, completed=share),
        )
    return [*witnesses, trained]


def _is_equal(witnesses: list[Witness]) -> bool:
    comparison = Comparison()
    started_s = time.monotonic()
    for witness in witnesses:
        job.compare(witness, comparison)
    took_s = time.monotonic() - started_s
    stdout.print(
        f"Read back {len(witnesses)} runs in {took_s:.1f} s and compared "
        f"{comparison.value_count:,} values: metrics, tables, charts, images, files, tags, config."
    )
    for difference in comparison.differences:
        stdout.print(f"  {difference}", markup=False)
    if comparison.difference_count:
        stdout.print(f"{comparison.difference_count:,} differ from what was logged.", style="red")
        return False
    stdout.print("Every one equals what was logged.", style="green")
    return True

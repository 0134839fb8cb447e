"""Runs for the cookbook: a grid over rates and seeds, a sweep with children, one that failed."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final, NamedTuple

from runtide.core.columns import encode_column
from runtide.core.events import (
    ConfigSet,
    Event,
    FileUploaded,
    RowsLogged,
    Scalars,
    StateChanged,
    SystemMeasured,
    TagsChanged,
    TextLogged,
)
from tests.system import CREATED_US

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.system import System

RATES: Final = (0.5, 0.1, 0.02)
SEEDS: Final = (0, 1)
STEPS: Final = 100
DAY_US: Final = 86_400_000_000
SECOND_US: Final = 1_000_000


class Trained(NamedTuple):
    """One run of the grid, and what it logged."""

    run_id: str
    rate: float
    seed: int
    host: str
    created_us: int
    loss: list[float]
    val_loss: list[float]
    accuracy: list[float]
    step_s: float

    @property
    def duration_s(self) -> float:
        """How long it ran."""
        return STEPS * self.step_s


def grid() -> list[Trained]:
    """Return the runs of the experiment `digits`: rates by seeds, two a day."""
    return [
        _trained(number, rate, seed)
        for number, (rate, seed) in enumerate((rate, seed) for rate in RATES for seed in SEEDS)
    ]


def _trained(number: int, rate: float, seed: int) -> Trained:
    loss = [math.exp(-rate * step) + 0.01 * seed for step in range(STEPS)]
    # The fastest learner forgets from step 30 on.
    rise = [0.02 * max(0, step - 30) if rate > 0.4 else 0.0 for step in range(STEPS)]
    return Trained(
        run_id=f"run-{number}",
        rate=rate,
        seed=seed,
        host=f"gpu-{number % 2}",
        created_us=CREATED_US + number * 4 * DAY_US,
        loss=loss,
        val_loss=[value + 0.1 + more for value, more in zip(loss, rise, strict=True)],
        accuracy=[1 - value / 2 for value in loss],
        step_s=0.5 + number % 2,
    )


def record(system: System) -> None:
    """Log all of it, and fold it."""
    for run in grid():
        _record_trained(system, run)
    _record_sweep(system)
    system.start_run(
        "broken",
        _scalars("train/loss", [1.0, 50.0, math.nan, math.inf], CREATED_US, SECOND_US),
        TextLogged(
            file="user_logs/std_log.txt", text="warm up\nCUDA Error: no memory\n", ts_us=CREATED_US
        ),
        StateChanged(status="Failed", ts_us=CREATED_US + 60 * SECOND_US, reason="out of memory"),
        experiment="digits-old",
        host="gpu-1",
    )
    system.fold_all()


def _record_trained(system: System, run: Trained) -> None:
    step_us = int(run.step_s * SECOND_US)
    start_us = run.created_us + 1
    events: list[Event] = [
        ConfigSet(ts_us=start_us, set={"lr": run.rate, "seed": run.seed, "model": {"depth": 3}}),
        TagsChanged(ts_us=start_us, set={"team": "vision" if run.rate > 0.05 else "audio"}),
        _scalars("train/loss", run.loss, start_us, step_us),
        _scalars("val/loss", run.val_loss, start_us, step_us),
        _scalars("val/accuracy", run.accuracy, start_us, step_us),
        *(
            SystemMeasured(
                name=f"gpu{gpu}_percent",
                n=2,
                value=encode_column([10.0 * (gpu + 1), 30.0]),
                ts_us=encode_column([start_us, start_us + step_us]),
                host=run.host,
            )
            for gpu in range(2)
        ),
        RowsLogged(
            name="confusion",
            n=2,
            columns=[
                {"name": "label", "value": encode_column(["cat", "dog"])},
                {"name": "hits", "value": encode_column([8, 9])},
            ],
            ts_us=start_us,
        ),
        FileUploaded(path="outputs/model.pt", sha256="b" * 64, size_bytes=5_000, ts_us=start_us),
        StateChanged(status="Completed", ts_us=start_us + STEPS * step_us),
    ]
    system.start_run(
        run.run_id,
        *events,
        experiment="digits",
        host=run.host,
        created_us=run.created_us,
    )


SWEEP: Final = {"trial-a": 0.4, "trial-b": 0.2, "trial-c": 0.3}
"""The children of the sweep, and where their `mse` ended."""


def _record_sweep(system: System) -> None:
    system.start_run("sweep", experiment="ridge")
    for run_id, mse in SWEEP.items():
        system.start_run(
            run_id,
            _scalars("mse", [1.0, mse], CREATED_US, SECOND_US),
            ConfigSet(ts_us=CREATED_US, set={"alpha": mse}),
            experiment="ridge",
            parent="sweep",
        )


def _scalars(name: str, values: Sequence[float], start_us: int, step_us: int) -> Scalars:
    return Scalars(
        name=name,
        n=len(values),
        value=encode_column(list(values)),
        step=encode_column(list(range(len(values)))),
        ts_us=encode_column([start_us + step * step_us for step in range(len(values))]),
    )

"""Two workspaces for tests of SQL: what an analyst may see, and what must stay unseen."""

from __future__ import annotations

import math
from typing import Final

from runtide.core.columns import encode_column
from runtide.core.events import (
    ConfigSet,
    Event,
    FileUploaded,
    ImageLogged,
    ListLogged,
    PropertiesAdded,
    RowsLogged,
    Scalars,
    StateChanged,
    Strings,
    SystemMeasured,
    TagsChanged,
    TextLogged,
)
from tests.system import CREATED_US, System

SECRET: Final = "sesame-7391"
"""Stands in everything that the other workspace has, and nowhere else."""

RUN_IDS: Final = ("sweep_1", "sweep_2", "sweep_3", "ridge_1")
STEPS: Final = 40


def record(system: System) -> None:
    """Log four runs in `default`, and in `other` as many whose every text has `SECRET`."""
    for number, run_id in enumerate(RUN_IDS):
        experiment = run_id.partition("_")[0]
        system.start_run(
            run_id, *_events(number, ""), experiment=experiment, host=f"gpu-{number % 2}"
        )
    for number, run_id in enumerate(RUN_IDS):
        system.start_run(
            f"{SECRET}-{run_id}",
            *_events(number, SECRET),
            workspace="other",
            experiment=f"{SECRET}-exp",
            host=SECRET,
        )
    system.fold_all()


def _events(number: int, mark: str) -> list[Event]:
    ts_us = [CREATED_US + step * 1_000_000 for step in range(STEPS)]
    loss = [math.exp(-step / (10 + number)) + 0.01 * number for step in range(STEPS)]
    rate = 0.1 / (number + 1)
    return [
        _scalars(f"loss{mark}", loss, ts_us),
        _scalars(f"accuracy{mark}", [1 - value / 2 for value in loss], ts_us),
        _scalars(f"epoch{mark}", [step // 10 for step in range(STEPS)], ts_us),
        _scalars(f"grad{mark}", [math.nan if step == 3 else 1.0 for step in range(STEPS)], ts_us),
        Strings(
            name=f"phase{mark}",
            n=2,
            value=encode_column([f"warmup{mark}", f"train{mark}"]),
            step=encode_column([0, 10]),
            ts_us=encode_column(ts_us[:2]),
        ),
        ListLogged(
            name=f"weights{mark}", n=3, value=encode_column([0.5, 1.5, 2.5]), ts_us=ts_us[0]
        ),
        RowsLogged(
            name=f"confusion{mark}",
            n=2,
            columns=[
                {"name": f"label{mark}", "value": encode_column([f"cat{mark}", f"dog{mark}"])},
                {"name": "hits", "value": encode_column([8 + number, 9])},
                {"name": "rate", "value": encode_column([0.8, 0.9])},
            ],
            ts_us=ts_us[1],
        ),
        ImageLogged(
            name=f"sample{mark}",
            path=f"images/sample{mark}.png",
            sha256="a" * 64,
            size_bytes=100 + number,
            media_type="image/png",
            ts_us=ts_us[2],
            step=2,
            width=32,
            height=16,
        ),
        FileUploaded(
            path=f"outputs/model{mark}.pt", sha256="b" * 64, size_bytes=5_000, ts_us=ts_us[3]
        ),
        TextLogged(file=f"std{mark}.log", text=f"hello{mark}\nworld\n", ts_us=ts_us[0]),
        TextLogged(file=f"std{mark}.log", text="done\n", ts_us=ts_us[1]),
        SystemMeasured(
            name="gpu.utilization",
            n=STEPS,
            value=encode_column([50.0 + number] * STEPS),
            ts_us=encode_column(ts_us),
            host=f"gpu-{number % 2}{mark}",
        ),
        TagsChanged(ts_us=ts_us[0], set={"team": f"vision{mark}", "seed": str(number)}),
        PropertiesAdded(ts_us=ts_us[0], set={"commit": f"c0ffee{number}{mark}"}),
        ConfigSet(
            ts_us=ts_us[0],
            set={"lr": rate, "optimizer": {"name": f"adam{mark}", "betas": [0.9, 0.99]}},
        ),
        StateChanged(status="Completed", ts_us=CREATED_US + (number + 1) * 60_000_000),
    ]


def _scalars(name: str, values: list[float], ts_us: list[int]) -> Scalars:
    return Scalars(
        name=name,
        n=len(values),
        value=encode_column(values),
        step=encode_column(list(range(len(values)))),
        ts_us=encode_column(ts_us),
    )

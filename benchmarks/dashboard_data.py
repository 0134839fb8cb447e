"""A data folder for looking at the dashboard under load: an experiment of many runs, one wide run.

    python -m benchmarks.dashboard_data /tmp/many

logs, through the SDK and the same for the same seed,

    many   1,500 runs of 300 metrics, 60 points each, with config, tags and three ways to end
    wide   one run of 2,000 metrics

and folds them, so that a server of the folder answers about them at once.
"""

from __future__ import annotations

import argparse
import time
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

import runtide
from benchmarks.serving import serving

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    Numbers = npt.NDArray[np.float64]

MANY: Final = "many"
WIDE: Final = "wide"
_HEAD_NAMES: Final = ("train/loss", "train/accuracy", "val/loss", "val/accuracy", "lr", "images/s")
_OPTIMIZERS: Final = ("adam", "sgd", "lion")
_TEAMS: Final = ("a", "b", "c", "d")
_RATES: Final = (0.0003, 0.001, 0.003, 0.01, 0.03)
_WORDS: Final = (
    ("calm", "swift", "bold", "quiet", "bright", "deep", "still", "wild"),
    ("reef", "kelp", "tern", "tide", "shoal", "cove", "surf", "gull"),
)


def main() -> None:
    """Fill the folder that the command line names."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("home", type=Path)
    parser.add_argument("--runs", type=int, default=1_500)
    parser.add_argument("--metrics", type=int, default=300)
    parser.add_argument("--points", type=int, default=60)
    parser.add_argument("--wide-metrics", type=int, default=2_000)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    asked.home.mkdir(parents=True, exist_ok=True)
    began = time.monotonic()
    log_many(
        asked.home,
        run_count=asked.runs,
        metric_count=asked.metrics,
        point_count=asked.points,
        seed=asked.seed,
    )
    log_wide(asked.home, metric_count=asked.wide_metrics, point_count=asked.points, seed=asked.seed)
    logged = time.monotonic()
    with serving(asked.home):
        folded = time.monotonic()
    print(f"logged in {logged - began:.0f} s, folded in {folded - logged:.0f} s")


def metric_names(count: int) -> list[str]:
    """Return the names of a run's metrics: a few that people look at, then one a layer."""
    layers = (f"layers/{i:04d}/grad_norm" for i in range(count - len(_HEAD_NAMES)))
    return [*_HEAD_NAMES[:count], *layers]


def log_many(home: Path, *, run_count: int, metric_count: int, point_count: int, seed: int) -> None:
    """Log the experiment of many runs; every fiftieth fails, and the one after it is canceled."""
    rng = np.random.default_rng(seed)
    names = metric_names(metric_count)
    nouns = list(product(*_WORDS))
    for i in range(run_count):
        first, second = nouns[i % len(nouns)]
        run = runtide.init(
            MANY,
            f"{first}-{second}-{i}",
            config={
                "lr": _RATES[i % len(_RATES)],
                "optimizer": {"name": _OPTIMIZERS[i % len(_OPTIMIZERS)], "nesterov": i % 2 == 0},
                "layers": int(rng.integers(2, 33)),
                "seed": i % 10,
            },
            tags={"team": _TEAMS[i % len(_TEAMS)], "sweep": f"s{i // 100}"},
            home=home,
        )
        _log_curves(run, names, point_count, rng)
        if i % 50 == 0:
            run.fail("loss is not finite", error_code="NaN")
        elif i % 50 == 1:
            run.cancel()
        else:
            run.complete()


def log_wide(home: Path, *, metric_count: int, point_count: int, seed: int) -> None:
    """Log the run of very many metrics."""
    with runtide.init(WIDE, "wide-0", home=home) as run:
        _log_curves(run, metric_names(metric_count), point_count, np.random.default_rng(seed))


def _log_curves(
    run: runtide.Run, names: Sequence[str], point_count: int, rng: np.random.Generator
) -> None:
    steps = np.arange(point_count)
    noise = rng.normal(0.0, 0.02, (len(names), point_count))
    scales = rng.uniform(0.5, 2.0, len(names))
    curves: Numbers = scales[:, None] / np.sqrt(1.0 + steps) + noise
    for name, curve in zip(names, curves, strict=True):
        run.log_batch(name, curve, steps=steps)


if __name__ == "__main__":
    main()

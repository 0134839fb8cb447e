"""Seeded input for the benchmarks: envelopes as a client sends them."""

from __future__ import annotations

from base64 import b64encode
from typing import TYPE_CHECKING, Any

import numpy as np

from runtide.core.columns import encode_range
from runtide.core.envelope import encode_envelope
from runtide.log.port import Item

if TYPE_CHECKING:
    from collections.abc import Iterator

START_US = 1_795_450_000_000_000

SPIKE = 1e9
"""The value of the one point that no downsampling may lose."""


def run_envelopes(
    run: str,
    *,
    metric_count: int,
    points_per_metric: int,
    points_per_envelope: int = 6_000,
    spike_step: int | None = None,
    seed: int = 1,
) -> Iterator[Item]:
    """Yield the envelopes of one run whose metrics `m0`, `m1`, ... are noisy decays.

    Each envelope holds consecutive points of as many metrics as it takes to fill it.
    """
    rng = np.random.default_rng(seed)
    head = {"type": "run", "experiment": "benchmark", "name": run, "created_us": START_US}
    running = {"type": "state", "status": "Running", "ts_us": START_US}
    yield _item(run, 1, [head, running])
    steps_each = max(1, points_per_envelope // metric_count)
    for seq, first in enumerate(range(0, points_per_metric, steps_each), 2):
        n = min(steps_each, points_per_metric - first)
        steps = np.arange(first, first + n)
        events = []
        for metric in range(metric_count):
            values = 1.0 / np.sqrt(1.0 + steps) + rng.normal(0.0, 0.01, n)
            if spike_step is not None and first <= spike_step < first + n:
                values[spike_step - first] = SPIKE
            events.append(_scalars(f"m{metric}", values, first))
        yield _item(run, seq, events)


def _scalars(
    name: str, values: np.ndarray[tuple[int], np.dtype[np.float64]], first: int
) -> dict[str, Any]:
    return {
        "type": "scalars",
        "name": name,
        "n": len(values),
        "value": {"f64": b64encode(values.tobytes()).decode()},
        "step": encode_range(first),
        "ts_us": encode_range(START_US + first * 1_000, 1_000),
    }


def _item(run: str, seq: int, events: list[dict[str, Any]]) -> Item:
    sent_us = START_US + seq
    value = encode_envelope(run=run, writer="bench", seq=seq, sent_us=sent_us, events=events)
    return Item(run, value)

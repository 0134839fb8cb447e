"""What the page waits for: a series of ten million points with one spike, asked for in buckets."""

from __future__ import annotations

import argparse
import json
import tempfile
from http.client import HTTPConnection
from itertools import islice
from pathlib import Path
from typing import Any

from benchmarks.harness import quantile, report, timed_ms
from benchmarks.serving import serving
from benchmarks.workload import SPIKE, run_envelopes
from runtide.log.sqlite import SqliteLog

POINT_COUNT = 10_000_000
SPIKE_STEP = 7_654_321


def main() -> None:
    """Fill a data folder, serve it, and ask."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=30)
    repeats = parser.parse_args().repeats
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        fill(home)
        with serving(home) as address:
            connection = HTTPConnection(*address)
            asks = {
                "whole": None,
                "middle_tenth": [4_500_000, 5_500_000],
                "a_thousandth": [7_650_000, 7_660_000],
            }
            for name, span in asks.items():
                answer: dict[str, Any] = {}

                def ask(span: list[int] | None = span, answer: dict[str, Any] = answer) -> None:
                    answer.update(series(connection, span))

                durations = timed_ms(ask, repeats=repeats)
                (found,) = answer["series"]
                has_spike = SPIKE in found.get("max", found.get("value"))
                report(
                    f"series-10M-{name}",
                    {
                        "p50_ms": round(quantile(durations, 0.5), 1),
                        "p95_ms": round(quantile(durations, 0.95), 1),
                        "kind": found["kind"],
                        "buckets": len(found["x"]),
                        "spike": has_spike,
                        "spike_step": found["max_step"][found["max"].index(SPIKE)]
                        if has_spike and "max" in found
                        else None,
                    },
                )


def fill(home: Path) -> None:
    """Append the envelopes of one long run to the log of `home`."""
    log = SqliteLog(home)
    items = run_envelopes(
        "long", metric_count=1, points_per_metric=POINT_COUNT, spike_step=SPIKE_STEP
    )
    while batch := list(islice(items, 50)):
        log.append(batch)
    log.close()


def series(connection: HTTPConnection, span: list[int] | None) -> dict[str, Any]:
    """Ask for 1,000 buckets of the long series."""
    body = {"runs": ["long"], "metrics": ["m0"], "x": "step", "range": span, "max_points": 1000}
    connection.request(
        "POST", "/api/v1/series", json.dumps(body), {"Content-Type": "application/json"}
    )
    answer = connection.getresponse()
    text = answer.read()
    assert answer.status == 200, text
    return json.loads(text)  # type: ignore[no-any-return]  # JSON is untyped


if __name__ == "__main__":
    main()

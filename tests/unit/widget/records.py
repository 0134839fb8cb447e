"""A record, a view and a clock for widgets, all by script."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from typing import Any

from runtide.widget.still import Still


class Clock:
    """A clock that stands still until it is told to go on."""

    def __init__(self) -> None:
        self.now_s = 100.0

    def __call__(self) -> float:
        return self.now_s


class Record:
    """A run's record that a test writes; `asked` names what was read, in order."""

    def __init__(self, run_id: str = "calm-reef") -> None:
        self.run_id = run_id
        self.place = object()
        self.status = "Running"
        self.values: dict[str, list[float]] = {"loss": [3.0, 2.0]}
        self.child_items: list[dict[str, Any]] = []
        self.properties: dict[str, str] = {}
        self.name = "calm-reef"
        self.error: Exception | None = None
        self.asked: list[str] = []

    def url(self) -> str:
        return "http://127.0.0.1:1"

    def authorization(self, _url: str) -> dict[str, str]:
        return {}

    def page_url(self) -> str:
        return f"{self.url()}/runs/{self.run_id}"

    def deliver(self) -> None:
        """Nothing is on its way."""

    def run(self) -> dict[str, Any]:
        self._ask("run")
        return {
            "run_id": self.run_id,
            "name": self.name,
            "number": 1,
            "experiment": "exp",
            "status": self.status,
            "status_reason": "",
            "error": None,
            "created_us": 1_000_000,
            "started_us": 1_000_000,
            "ended_us": 3_000_000 if self.status == "Completed" else None,
            "run_type": None,
            "properties": self.properties,
            "tags": {},
            "child_count": len(self.child_items),
            "position": "0:7",
        }

    def metrics(self) -> list[dict[str, Any]]:
        self._ask("metrics")
        return [
            {
                "name": name,
                "kind": "scalar",
                "numeric": True,
                "count": len(values),
                "last": {"value": values[-1]},
            }
            for name, values in self.values.items()
        ]

    def series(self, metrics: list[str]) -> list[dict[str, Any]]:
        self._ask("series")
        return [
            points(self.run_id, name, self.values[name]) for name in metrics if self.values[name]
        ]

    def children(self, metric: str | None) -> dict[str, Any]:
        self._ask(f"children by {metric}")
        return {"items": self.child_items, "total_count": len(self.child_items)}

    def log_tail(self, preferred: str | None = None) -> dict[str, Any] | None:
        self._ask(f"log {preferred}")
        return None

    def _ask(self, what: str) -> None:
        if self.error is not None:
            raise self.error
        self.asked.append(what)


class Shown:
    """A view that remembers what it was told and when."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.updates: list[tuple[float, dict[str, Any]]] = []
        self.stills: list[Still] = []

    @property
    def parts(self) -> dict[str, Any]:
        """Everything as it was told last."""
        merged: dict[str, Any] = {}
        for _, changed in self.updates:
            merged |= changed
        return merged

    def show(self, changed: Mapping[str, Any]) -> None:
        self.updates.append((self._clock.now_s, dict(changed)))

    def keep(self, still: Still) -> None:
        self.stills.append(still)


def points(run_id: str, name: str, values: list[float]) -> dict[str, Any]:
    """Return a series of points at steps 0, 1, 2…, with columns of bytes."""
    steps = {"i64": struct.pack(f"<{len(values)}q", *range(len(values)))}
    return {
        "run": run_id,
        "metric": name,
        "kind": "points",
        "n": len(values),
        "x": steps,
        "step": steps,
        "ts_us": steps,
        "value": {"f64": struct.pack(f"<{len(values)}d", *values)},
    }

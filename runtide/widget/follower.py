"""One run that a widget shows: what changed of it, and what to tell the front end when.

    stream --hear()--> what is stale  --publish()--> view

Nothing here waits or starts a thread: the feed calls `hear` for each event and `publish` when
`due_s` says so, all in its one thread.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any, Final, Protocol

from runtide.core.events import TERMINAL
from runtide.errors import NotFound, RuntideError, UnavailableError
from runtide.widget.record import CHARTS_MAX, RunRecord, best_child, find_primary_metric
from runtide.widget.still import Still, still_of
from runtide.widget.stream import LiveEvent
from runtide.widget.tail import TAIL_BYTES_MAX, Tail

UPDATE_INTERVAL_S: Final = 0.25
"""Least time between two updates of one widget: four a second."""

READ_INTERVAL_S: Final = 1.0
"""Least time between two readings of the series, of a log's end or of the children."""

STILL_INTERVAL_S: Final = 10.0
"""Least time between two pictures for the saved notebook; the last one is drawn at the end."""

RETRY_S: Final = 1.0
"""How long a server that does not answer, or a run that is not there yet, is left alone."""

_INTERVAL_BY_PART: Final = {
    "run": UPDATE_INTERVAL_S,
    "tail": UPDATE_INTERVAL_S,
    "state": UPDATE_INTERVAL_S,
    "series": READ_INTERVAL_S,
    "metrics": READ_INTERVAL_S,
    "log": READ_INTERVAL_S,
    "children": READ_INTERVAL_S,
}
_ALL: Final = frozenset(_INTERVAL_BY_PART)


class View(Protocol):
    """Where a run is shown."""

    def show(self, changed: Mapping[str, Any]) -> None:
        """Show the parts that changed, in one message."""
        ...

    def keep(self, still: Still) -> None:
        """Replace the picture that a saved notebook keeps."""
        ...


class Follower:
    """A run and its view, until the run has ended and its last values are shown."""

    def __init__(
        self,
        record: RunRecord,
        view: View,
        *,
        settings: dict[str, Any] | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.record = record
        self._view = view
        self._settings = settings
        self._clock = clock
        self._stale = set(_ALL)
        self._read_s = dict.fromkeys(_ALL, float("-inf"))
        self._published_s = float("-inf")
        self._kept_s = float("-inf")
        self._retry_s = float("-inf")
        self._tail = Tail()
        self._charted: set[str] = set()
        self._generation = 0
        self._log_file: str | None = None
        self._unread: str | None = None
        self._broken: str | None = None
        self._parts: dict[str, Any] = {}
        self.position = ""
        """Where the log was when the run was first read; empty before."""
        self.is_done = False

    def hear(self, event: LiveEvent) -> None:
        """Take in what the stream says of any run."""
        data, run_id = event.data, self.record.run_id
        match event.kind:
            case "points":
                for piece in data["series"]:
                    if piece["run"] == run_id:
                        self._add(piece)
            case "run":
                self._stale |= self._touched_by(data)
            case "changed" if data["run"] == run_id:
                self._stale.add({"logs": "log", "config": "run"}.get(data["what"], "metrics"))
                if data["what"] == "logs":
                    self._log_file = data["name"]
            case "reset":
                self._stale |= _ALL
            case _:
                self._hear_of_connection(event)

    def due_s(self) -> float | None:
        """Return when something is to be published; None while there is nothing."""
        if self.is_done or not self._stale:
            return None
        read_s = min(self._read_s[part] + _INTERVAL_BY_PART[part] for part in self._stale)
        return max(read_s, self._published_s + UPDATE_INTERVAL_S, self._retry_s)

    def publish(self) -> None:
        """Read what is stale and show it.

        What cannot be read now stays stale. The end of the run makes everything stale once more,
        so that the last update holds the last values.
        """
        now_s = self._clock()
        due = {p for p in self._stale if self._read_s[p] + _INTERVAL_BY_PART[p] <= now_s}
        changed: dict[str, Any] = {}
        try:
            changed |= self._read(due)
            if self._has_ended() and due != _ALL:
                due = set(_ALL)
                changed |= self._read(due)
        except (NotFound, UnavailableError) as exc:
            # A run is in the log before it is in the record, and a server may come back.
            self._unread, self._retry_s = str(exc), now_s + RETRY_S
            self._stale |= due
        except RuntideError as exc:
            self._unread, self.is_done = str(exc), True
        else:
            self._unread = None
            self.is_done = self._has_ended()
            self.position = self.position or self._parts["run"]["position"]
        # Reading may have taken long: the time counts from what is shown.
        self._published_s = self._clock()
        if (state := self._state()) != self._parts.get("state"):
            self._parts["state"] = changed["state"] = state
        if changed:
            self._view.show(changed)
        self._keep(now_s)

    def _read(self, parts: set[str]) -> dict[str, Any]:
        """Return the parts as they are now, and remember them."""
        self._stale -= parts
        for part in parts:
            self._read_s[part] = self._clock()
        changed: dict[str, Any] = {}
        if not self.position:
            self.record.deliver()
            changed["url"] = self.record.page_url()
        if "run" in parts:
            self._parts["run"] = changed["run"] = self.record.run()
        if parts & {"metrics", "series"}:
            self._parts["metrics"] = changed["metrics"] = self.record.metrics()
        if "series" in parts:
            changed["series"] = self._read_series()
        if parts & {"tail", "series"}:
            changed["tail"] = {"generation": self._generation} | self._tail.document()
        if "log" in parts:
            changed["log"] = self.record.log_tail(self._log_file)
        if "children" in parts:
            changed["children"] = self._read_children()
        self._parts |= changed
        return changed

    def _read_series(self) -> dict[str, Any]:
        # What was heard before the question is in the answer.
        self._tail.clear()
        self._stale.discard("tail")
        metrics = self._parts["metrics"]
        drawn = [item["name"] for item in metrics if item["kind"] == "scalar" and item["numeric"]]
        self._charted = set(drawn[:CHARTS_MAX])
        self._generation += 1
        return {
            "generation": self._generation,
            "series": self.record.series(drawn[:CHARTS_MAX]),
            "left_out": max(0, len(drawn) - CHARTS_MAX),
        }

    def _read_children(self) -> dict[str, Any] | None:
        if not self._parts["run"]["child_count"]:
            return None
        primary = find_primary_metric(self._parts["run"], self._settings)
        children = self.record.children(primary.name if primary else None)
        best = best_child(children["items"], primary) if primary else None
        return children | {
            "primary": primary._asdict() if primary else None,
            "best": {"run_id": best[0]["run_id"], "value": best[1]} if best else None,
        }

    def _add(self, piece: dict[str, Any]) -> None:
        """Add points to the tail, unless they are not drawn or are better fetched."""
        metric = piece["metric"]
        if metric not in self._charted:
            self._stale.add("metrics")
            if len(self._charted) >= CHARTS_MAX:
                return
            self._charted.add(metric)
        if self._tail.size_bytes > TAIL_BYTES_MAX:
            self._stale.add("series")
            return
        self._tail.add(piece)
        self._stale.add("tail")

    def _touched_by(self, change: dict[str, Any]) -> set[str]:
        """Return what a change of a run's own fields makes stale."""
        run_id, own_id = change["run_id"], self.record.run_id
        if run_id == own_id:
            return {"run"}
        if change.get("parent_id") == own_id:
            return {"run", "children"}
        children = (self._parts.get("children") or {}).get("items", ())
        return {"children"} if any(child["run_id"] == run_id for child in children) else set()

    def _hear_of_connection(self, event: LiveEvent) -> None:
        broken = event.data["reason"] if event.kind == "broken" else None
        if broken != self._broken:
            self._broken = broken
            self._stale.add("state")

    def _has_ended(self) -> bool:
        return self._parts["run"]["status"] in TERMINAL

    def _state(self) -> dict[str, Any]:
        if self.is_done:
            return {"name": "broken" if self._unread else "ended", "reason": self._unread}
        if not self.position:
            return {"name": "connecting", "reason": self._unread}
        reason = self._unread or self._broken
        return {"name": "reconnecting" if reason else "live", "reason": reason}

    def _keep(self, now_s: float) -> None:
        is_due = self.is_done or now_s >= self._kept_s + STILL_INTERVAL_S
        if is_due and "series" in self._parts:
            self._kept_s = now_s
            self._view.keep(still_of(self._parts, self._tail))

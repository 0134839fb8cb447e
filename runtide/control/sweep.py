"""The controller of a sweep."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, Final

from runtide.control.children import Children, NewChild
from runtide.control.controller import is_canceled, is_over_time, say
from runtide.control.core.sweep import Child, Rules, View, decide
from runtide.core.events import TERMINAL
from runtide.core.parents import INDEX_PROPERTY, PARAMETERS_CONFIG, STOPPED_PROPERTY, child_id
from runtide.submit.draws import command_of, value_text
from runtide.submit.early_stop import parse_rule

if TYPE_CHECKING:
    from runtide.control.core.outcome import Outcome
    from runtide.control.record import Record
    from runtide.submit.draws import Draw
    from runtide.submit.early_stop import History

_NAME_CHARS_MAX: Final = 120

_HISTORY_INTERVAL_S: Final = 1.0
"""How often it is read what children have logged; that is a question for each."""

_WAITING: Final = frozenset({"NotStarted", "Queued", "Preparing"})


class SweepController:
    """Submits a child for each draw, a few at a time, and stops those not worth going on with.

    Args:
        record: The record.
        document: What the sweep was submitted with; see `Sweep.plan`.
    """

    def __init__(self, record: Record, document: dict[str, Any]) -> None:
        self._record = record
        self._document = document
        self._draws: list[Draw] = document["draws"]
        self._children = Children(record, user=document["user"])
        self._rules = Rules(
            draw_count=len(self._draws),
            concurrency=document["concurrency"],
            failure_count_max=document["failure_count_max"],
            early_stop=parse_rule(document["early_stop"]),
            goal=document["goal"],
        )
        self._history_by_index: dict[int, History] = {}
        self._read_to_end: set[int] = set()
        self._read_at_s = 0.0
        self._told: set[int] = set()

    def turn(self) -> Outcome | None:
        """Do what there is to do now; see `Controller`."""
        found = self._children.look()
        parent = found[self._record.parent_id]
        children = {
            index: Child(found[run_id]["status"])
            for index in range(len(self._draws))
            if (run_id := child_id(self._record.parent_id, index)) in found
        }
        self._tell_ends(children)
        view = View(
            children=self._with_histories(children),
            is_canceled=is_canceled(parent),
            is_over_time=is_over_time(parent, self._document["duration_s_max"]),
        )
        decision = decide(self._rules, view)
        for index, reason in decision.stop.items():
            say(f"{index}: {reason}")
            self._children.ask_to_end(index, reason, {STOPPED_PROPERTY: reason})
        for index in decision.submit:
            self._submit(index)
        return decision.outcome

    def _submit(self, index: int) -> None:
        draw = self._draws[index]
        job = self._document["job"]
        shown = " ".join(f"{name.lstrip('-')}={value_text(value)}" for name, value in draw.items())
        name = shown if len(shown) <= _NAME_CHARS_MAX else f"{shown[: _NAME_CHARS_MAX - 1]}…"
        child = NewChild(
            name=name or str(index),
            properties={INDEX_PROPERTY: str(index)},
            script=self._document,
            command=command_of(job["command"], draw, self._document["template"]),
            config={PARAMETERS_CONFIG: draw},
        )
        self._children.add(index, child)
        say(f"{index}: submitted {name}")

    def _with_histories(self, children: dict[int, Child]) -> dict[int, Child]:
        """Return the children with what they logged, if a rule looks at it."""
        if self._rules.early_stop is None:
            return children
        if time.monotonic() >= self._read_at_s:
            self._read_histories(children)
            self._read_at_s = time.monotonic() + _HISTORY_INTERVAL_S
        return {
            index: child._replace(history=self._history_by_index.get(index, ()))
            for index, child in children.items()
        }

    def _read_histories(self, children: dict[int, Child]) -> None:
        metric: str = self._document["metric"]
        for index, child in children.items():
            # What has ended logs no more: it is read once after its end.
            if child.status not in _WAITING and index not in self._read_to_end:
                run_id = child_id(self._record.parent_id, index)
                self._history_by_index[index] = self._record.history(run_id, metric)
                if child.status in TERMINAL:
                    self._read_to_end.add(index)

    def _tell_ends(self, children: dict[int, Child]) -> None:
        for index, child in children.items():
            if child.status in TERMINAL and index not in self._told:
                self._told.add(index)
                say(f"{index}: {child.status}")

"""The controller of a pipeline."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson

from runtide.control.children import Children, NewChild
from runtide.control.controller import is_canceled, is_over_time, say
from runtide.control.core.pipeline import decide
from runtide.core.events import TERMINAL
from runtide.core.parents import (
    AFTER_PROPERTY,
    REUSED_PROPERTY,
    STEP_PROPERTY,
    STEP_RUNS_VARIABLE,
    child_id,
)

if TYPE_CHECKING:
    from runtide.control.core.outcome import Outcome
    from runtide.control.record import Record


class PipelineController:
    """Submits each step once all that it comes after is completed.

    Args:
        record: The record.
        document: What the pipeline was submitted with: its steps, and which of them are reused.
    """

    def __init__(self, record: Record, document: dict[str, Any]) -> None:
        self._record = record
        self._duration_s_max: float | None = document["duration_s_max"]
        self._steps: dict[str, dict[str, Any]] = {step["name"]: step for step in document["steps"]}
        self._index_by_step = {name: index for index, name in enumerate(self._steps)}
        self._reused: dict[str, str] = document["reused"]
        self._children = Children(record, user=document["user"])
        self._told: set[str] = set()

    def turn(self) -> Outcome | None:
        """Do what there is to do now; see `Controller`."""
        found = self._children.look()
        if self._add_reused(found):
            found = self._children.look()
        parent = found[self._record.parent_id]
        status_by_step = {
            name: found[run_id]["status"]
            for name, index in self._index_by_step.items()
            if (run_id := child_id(self._record.parent_id, index)) in found
        }
        for name, status in status_by_step.items():
            if status in TERMINAL and name not in self._told:
                self._told.add(name)
                say(f"{name}: {status}")
        decision = decide(
            {name: step["after"] for name, step in self._steps.items()},
            status_by_step,
            is_canceled=is_canceled(parent),
            is_over_time=is_over_time(parent, self._duration_s_max),
        )
        for name, reason in decision.stop.items():
            self._children.ask_to_end(self._index_by_step[name], reason)
        for name, reason in decision.skip.items():
            say(f"{name}: not run: {reason}")
            self._add(name, NewChild(**self._facts(name), status="Canceled", reason=reason))
        for name in decision.submit:
            self._submit(name)
        return decision.outcome

    def _add_reused(self, found: dict[str, dict[str, Any]]) -> bool:
        """Record the steps that an earlier pipeline has completed, and return whether there are any."""
        missing = [
            (name, run_id)
            for name, run_id in self._reused.items()
            if child_id(self._record.parent_id, self._index_by_step[name]) not in found
        ]
        for name, run_id in missing:
            facts = self._facts(name)
            facts["properties"][REUSED_PROPERTY] = run_id
            reason = f"completed in run {run_id}"
            self._add(name, NewChild(**facts, status="Completed", reason=reason))
        return bool(missing)

    def _submit(self, name: str) -> None:
        step = self._steps[name]
        runs = {earlier: self._run_of(earlier) for earlier in step["after"]}
        variables = {STEP_RUNS_VARIABLE: orjson.dumps(runs).decode()} if runs else {}
        self._add(name, NewChild(**self._facts(name), script=step, variables=variables))
        say(f"{name}: submitted")

    def _add(self, name: str, child: NewChild) -> None:
        self._children.add(self._index_by_step[name], child)

    def _run_of(self, name: str) -> str:
        own = child_id(self._record.parent_id, self._index_by_step[name])
        return self._reused.get(name, own)

    def _facts(self, name: str) -> dict[str, Any]:
        properties = {STEP_PROPERTY: name}
        if after := self._steps[name]["after"]:
            properties[AFTER_PROPERTY] = ",".join(after)
        return {"name": name, "properties": properties}

"""`PipelineRun`: scripts that come after one another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import orjson

from runtide.client.parent_run import ParentRun
from runtide.client.script_run import new_run_id
from runtide.client.user import user_name
from runtide.core.parents import (
    PIPELINE,
    RESUMED_PROPERTY,
    REUSED_PROPERTY,
    SPECIFICATION_FILE,
    STEP_PROPERTY,
    STEPS_PROPERTY,
)
from runtide.errors import UsageError
from runtide.submit.step_order import reusable_steps

if TYPE_CHECKING:
    from runtide.client.experiment import Experiment
    from runtide.client.run import Run
    from runtide.submit.pipeline import Pipeline, StepPlan
    from runtide.submit.snapshot import Snapshot


class PipelineRun(ParentRun):
    """A pipeline that was submitted: the parent of a run for each step."""

    @classmethod
    def submit_pipeline(
        cls,
        experiment: Experiment,
        pipeline: Pipeline,
        *,
        tags: Mapping[str, object] | None = None,
        parent_id: str | None = None,
        run_id: str | None = None,
        resume: Run | None = None,
    ) -> PipelineRun:
        """Submit a pipeline, and return its run at once.

        Args:
            experiment: The experiment that the run and its steps belong to.
            pipeline: What to run.
            tags: The run's first tags.
            parent_id: The run that it is part of.
            run_id: Its id; default: as of any run that is submitted.
            resume: An earlier run of the pipeline: a step that it has completed is not run again if
                its command is what it was and all that it comes after is reused too. That the code
                has changed does not matter.

        Raises:
            UsageError: The pipeline cannot be run, or the earlier one goes on; nothing was
                submitted.
            UnavailableError: Something could not be stored; nothing was submitted.
        """
        plan = pipeline.plan()
        run = cls.attached(experiment, run_id or new_run_id(experiment.name))
        reused_from = None if resume is None else cls.attached(resume.experiment, resume.id)
        run._record_pipeline(  # noqa: SLF001  # its own class
            run._scripts(plan.steps),  # noqa: SLF001  # its own class
            plan.duration_s_max,
            tags=tags,
            parent_id=parent_id,
            resumed=reused_from,
        )
        return run

    def resume(self) -> PipelineRun:  # type: ignore[override]  # a run that ended is not taken up
        """Submit the same steps again, with the code of then, and reuse those that are completed.

        To go on with other code, `experiment.submit(pipeline, resume=run)`.

        Raises:
            UsageError: The pipeline goes on; nothing was submitted.
            UnavailableError: Something could not be stored; nothing was submitted.
        """
        document = self._specification()
        again = PipelineRun.attached(self._experiment, new_run_id(self._experiment.name))
        again._record_pipeline(  # noqa: SLF001  # its own class
            document["steps"], document["duration_s_max"], tags=None, parent_id=None, resumed=self
        )
        return again

    def steps(self) -> dict[str, Run]:
        """Return the run of each step that is in the record by now, by name.

        Of a step that was reused, it is the run that completed it.
        """
        return {name: self._sibling(run_id) for name, (run_id, _) in self._step_runs().items()}

    def _scripts(self, plans: Sequence[StepPlan]) -> list[dict[str, Any]]:
        """Store the code of each step, and return the steps as the controller gets them."""
        taken_by_source: dict[tuple[str, str | None], Snapshot] = {}
        steps = []
        for name, after, script in plans:
            key = (str(script.source), script.script)
            if key not in taken_by_source:
                taken_by_source[key] = self._stored_snapshot(script.source, script=script.script)
            what = self._child_script(script, taken_by_source[key])
            steps.append({"name": name, "after": after, **what})
        return steps

    def _record_pipeline(
        self,
        steps: list[dict[str, Any]],
        duration_s_max: float | None,
        *,
        tags: Mapping[str, object] | None,
        parent_id: str | None,
        resumed: PipelineRun | None,
    ) -> None:
        self._check_children(len(steps))
        shape = [{"name": step["name"], "after": step["after"]} for step in steps]
        properties = {STEPS_PROPERTY: orjson.dumps(shape).decode()}
        reused: dict[str, str] = {}
        if resumed is not None:
            reused = resumed._reusable(steps)  # noqa: SLF001  # its own class
            properties[RESUMED_PROPERTY] = resumed.id
        document = {
            "steps": steps,
            "reused": reused,
            "duration_s_max": duration_s_max,
            "user": user_name(),
        }
        self._record_parent(
            document,
            run_type=PIPELINE,
            properties=properties,
            tags=tags,
            parent_id=parent_id,
        )

    def _reusable(self, steps: list[dict[str, Any]]) -> dict[str, str]:
        """Return which of `steps` this pipeline has completed already, and by which run."""
        details = self.refreshed()
        if details["run_type"] != PIPELINE:
            message = f"run {self._id} is no pipeline: resume one that is"
            raise UsageError(message)
        if details["ended_us"] is None:
            message = f"pipeline {self._id} is {details['status']}: wait for its end, or cancel it"
            raise UsageError(message)
        then = {step["name"]: _what_it_is(step) for step in self._specification()["steps"]}
        completed = {
            name: run_id
            for name, (run_id, status) in self._step_runs().items()
            if status == "Completed"
        }
        return reusable_steps(
            {step["name"]: step["after"] for step in steps},
            completed,
            {step["name"]: then.get(step["name"]) == _what_it_is(step) for step in steps},
        )

    def _step_runs(self) -> dict[str, tuple[str, str]]:
        """Return by step the run that is or was executed for it, and the status."""
        self._deliver_first()
        found = {}
        for child in self._reader.items(f"/runs/{self._quoted_id}/children"):
            properties = child["properties"]
            if STEP_PROPERTY in properties:
                run_id = properties.get(REUSED_PROPERTY, child["run_id"])
                found[properties[STEP_PROPERTY]] = (run_id, child["status"])
        return found

    def _specification(self) -> dict[str, Any]:
        path = f"/runs/{self._quoted_id}/files/{quote(SPECIFICATION_FILE)}"
        self._deliver_first()
        document: dict[str, Any] = orjson.loads(self._reader.content(path))
        return document


def _what_it_is(step: Mapping[str, Any]) -> tuple[list[str], list[str]]:
    return step["job"]["command"], sorted(step["after"])

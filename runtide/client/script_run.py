"""`ScriptRun`: a run that waits for a compute target, or is executed by one."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from runtide.client.run import Run
from runtide.client.run_state import COMPLETE_TIMEOUT_S
from runtide.client.surroundings.beginning import record_repository
from runtide.client.user import user_name
from runtide.client.writer import now_us
from runtide.core.events import JobSubmitted, RunCreated, StateChanged
from runtide.errors import UsageError
from runtide.submit.config import ScriptRunConfig

if TYPE_CHECKING:
    from runtide.client.experiment import Experiment
    from runtide.core.events import Event
    from runtide.submit.config import Plan
    from runtide.submit.snapshot import Snapshot

RUN_TYPE: Final = "script"
"""The type of a run that was submitted."""

_EXPERIMENT_CHARS_IN_ID: Final = 230
_ID_BYTES: Final = 4
_US_PER_S: Final = 1_000_000


class ScriptRun(Run):
    """A run that was submitted: a compute target executes it, in whatever process."""

    @classmethod
    def submit(
        cls,
        experiment: Experiment,
        config: ScriptRunConfig,
        *,
        tags: Mapping[str, object] | None = None,
        parent_id: str | None = None,
        run_id: str | None = None,
    ) -> ScriptRun:
        """Submit what `config` describes, and return its run at once.

        Args:
            experiment: The experiment that the run belongs to.
            config: What to run, and where.
            tags: The run's first tags.
            parent_id: The run that it is part of.
            run_id: Its id; default: the experiment's name, the time and some random letters.

        Raises:
            UsageError: The configuration cannot be run; nothing was submitted.
            UnavailableError: The code could not be stored; nothing was submitted.
        """
        if not isinstance(config, ScriptRunConfig):
            message = (
                f"config is {config!r} of type {type(config).__name__}: want a `ScriptRunConfig`"
            )
            raise UsageError(message)
        plan = config.plan()
        run = cls.attached(experiment, run_id or new_run_id(experiment.name))
        taken = run._stored_snapshot(plan.source, script=plan.script)  # noqa: SLF001  # its own class
        job = job_of(plan, taken.snapshot_id)
        run._record_job(  # noqa: SLF001  # its own class
            job, taken, run_type=RUN_TYPE, tags=tags, parent_id=parent_id, source=plan.source
        )
        return run

    def _record_job(
        self,
        job: JobSubmitted,
        taken: Snapshot | None,
        *,
        run_type: str,
        tags: Mapping[str, object] | None,
        parent_id: str | None,
        facts: Sequence[Event] = (),
        source: Path | None = None,
    ) -> None:
        """Log everything that a compute target must know, and that the run waits for it."""
        user = user_name()
        created = RunCreated(
            experiment=self._experiment.name,
            name=self._id,
            created_us=now_us(),
            workspace=self._workspace.name,
            parent=parent_id,
            run_type=run_type,
            target=job.target,
            user=user,
        )
        self._details = {
            "name": created.name,
            "description": None,
            "parent_id": parent_id,
            "run_type": run_type,
        }
        self._properties = {}
        self._record(created)
        if taken is not None:
            self._record_snapshot(taken)
        for fact in facts:
            self._record(fact)
        if source is not None:
            record_repository(source, record=self._record, upload=self._upload_bytes)
        if tags:
            self.set_tags(tags)
        self._record(job)
        self._record(StateChanged(status="Queued", ts_us=now_us(), by=user))
        self._details["status"] = "Queued"
        self._sender.deliver(timeout_s=COMPLETE_TIMEOUT_S)
        self._sender.park(self._writer)


def job_of(plan: Plan, snapshot_id: str) -> JobSubmitted:
    """Return the job that a configuration comes to, submitted now."""
    return JobSubmitted(
        command=plan.command,
        ts_us=now_us(),
        target=plan.target,
        priority=plan.priority,
        environment=plan.environment,
        variables=plan.variables,
        snapshot_id=snapshot_id,
        source=_shown(plan.source),
        duration_s_max=plan.duration_s_max,
    )


def _shown(path: Path) -> str:
    return str(path).encode(errors="replace").decode()


def new_run_id(experiment: str) -> str:
    """Return an id for a run that is submitted."""
    name = experiment[:_EXPERIMENT_CHARS_IN_ID]
    return f"{name}_{now_us() // _US_PER_S}_{secrets.token_hex(_ID_BYTES)}"

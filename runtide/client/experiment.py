"""An experiment: a named group of runs."""

from __future__ import annotations

import builtins
import html
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, overload
from urllib.parse import quote

from runtide.client.run import Run
from runtide.client.run_core import FLUSH_TIMEOUT_S
from runtide.client.run_query import RunFilter
from runtide.client.user import user_name
from runtide.core import names

if TYPE_CHECKING:
    from runtide.client.pipeline_run import PipelineRun
    from runtide.client.script_run import ScriptRun
    from runtide.client.sweep_run import SweepRun
    from runtide.client.workspace import Workspace
    from runtide.submit.config import ScriptRunConfig
    from runtide.submit.pipeline import Pipeline
    from runtide.submit.sweep import Sweep


class Experiment:
    """A named group of runs in a workspace. It exists once something was logged to it."""

    def __init__(self, workspace: Workspace, name: str) -> None:
        self.workspace = workspace
        self.name = names.experiment_name(name)

    def start_logging(  # noqa: PLR0917  # the retired SDK's order
        self,
        name: str | None = None,
        run_id: str | None = None,
        outputs: str | bool | None = None,
        snapshot_directory: str | Path | None = None,
        display_name: str | None = None,
        description: str | None = None,
        tags: Mapping[str, object] | None = None,
    ) -> Run:
        """Start a run of this process and return it.

        Args:
            name: The run's name; default: the experiment's and the beginning of its id.
            run_id: The run's id; default: a random one.
            outputs: A folder that is made now and uploaded when the run ends. Default:
                `./outputs`; False is none.
            snapshot_directory: A folder whose code is kept with the run, see
                `Run.take_snapshot`; what cannot be stored is a warning. Default: none.
            display_name: Another word for `name`.
            description: What the run is about.
            tags: Its first tags.
        """
        run = Run.create(
            self,
            name=display_name or name,
            run_id=run_id,
            description=description,
            outputs=_outputs_folder(outputs),
        )
        if tags:
            run.set_tags(tags)
        if snapshot_directory is not None:
            run.keep_code(snapshot_directory)
        return run

    @overload
    def submit(  # the retired SDK's order
        self,
        config: Sweep,
        tags: Mapping[str, object] | None = None,
        show_output: bool = False,
        run_id: str | None = None,
        _parent_run_id: str | None = None,
    ) -> SweepRun: ...

    @overload
    def submit(  # the retired SDK's order
        self,
        config: Pipeline,
        tags: Mapping[str, object] | None = None,
        show_output: bool = False,
        run_id: str | None = None,
        _parent_run_id: str | None = None,
        *,
        resume: Run | None = None,
    ) -> PipelineRun: ...

    @overload
    def submit(  # the retired SDK's order
        self,
        config: ScriptRunConfig,
        tags: Mapping[str, object] | None = None,
        show_output: bool = False,
        run_id: str | None = None,
        _parent_run_id: str | None = None,
    ) -> ScriptRun: ...

    def submit(  # the retired SDK's order
        self,
        config: ScriptRunConfig | Sweep | Pipeline,
        tags: Mapping[str, object] | None = None,
        show_output: bool = False,
        run_id: str | None = None,
        _parent_run_id: str | None = None,
        *,
        resume: Run | None = None,
    ) -> ScriptRun:
        """Submit a script, a sweep or a pipeline, and return its run at once.

        The code in its folder is kept with the run. `runtide up` executes what is submitted to the
        target `local`, as many runs at once as it has slots. Of a sweep or a pipeline it is the
        run above those that are executed.

        Args:
            config: What to run, and where.
            tags: The run's first tags.
            show_output: Wait until the run has ended, and print what it prints.
            run_id: The run's id; default: the experiment's name, the time and random letters.
            resume: Of a pipeline, an earlier run whose completed steps are reused.

        Raises:
            UsageError: The configuration cannot be run; nothing was submitted.
            UnavailableError: The code could not be stored; nothing was submitted.
            RunFailed: With `show_output`, the run failed.
        """
        # Here and not above: a submitted run is a run, which leads back here.
        from runtide.client.submission import submitted  # noqa: PLC0415  # a cycle, see above

        run = submitted(
            self, config, tags=tags, parent_id=_parent_run_id, run_id=run_id, resume=resume
        )
        if show_output:
            run.wait_for_completion(show_output=True)
        return run

    def get_runs(
        self,
        type: str | None = None,  # noqa: A002  # the retired SDK's name
        tags: str | Mapping[str, str | None] | None = None,
        properties: str | Mapping[str, str] | None = None,
        include_children: bool = False,
        status: str | None = None,
    ) -> Iterator[Run]:
        """Yield the experiment's runs, newest first.

        Args:
            type: Only runs of this type.
            tags: Only runs with this tag, or with all of these tags and values.
            properties: Only runs with this property, or with all of these and their values.
            include_children: Whether runs below others are among them.
            status: Only runs in this status.
        """
        wanted = RunFilter(
            tags=tags,
            properties=properties,
            type=type,
            status=status,
            workspace=self.workspace.name,
        )
        question = wanted.question() | {
            "experiment": self.name,
            "include_children": "true" if include_children else None,
        }
        self.workspace.deliver_first(timeout_s=FLUSH_TIMEOUT_S)
        for details in self.workspace.reader.items("/runs", question):
            if wanted.matches(details):
                yield Run.attached(self, details["run_id"], details)

    @staticmethod
    def list(workspace: Workspace, experiment_name: str | None = None) -> list[Experiment]:
        """Return the workspace's experiments that have runs, or the one of that name."""
        workspace.deliver_first(timeout_s=FLUSH_TIMEOUT_S)
        return [
            experiment
            for name, experiment in workspace.experiments.items()
            if experiment_name is None or name == experiment_name
        ]

    @staticmethod
    def delete(workspace: Workspace, experiment_id: str) -> builtins.list[str]:
        """Put all runs of an experiment into the bin, and return their ids.

        An experiment is there as long as a run of it is; `restore` brings it back.

        Args:
            workspace: The workspace that has it.
            experiment_id: Its name, which is what `Experiment.id` gives.

        Raises:
            Conflict: A run is going on: cancel it first.
            NotFound: It has no runs.
            ServerUnavailable: No query API answers.
        """
        workspace.deliver_first(timeout_s=FLUSH_TIMEOUT_S)
        path = f"/experiments/{quote(experiment_id, safe='')}"
        runs: builtins.list[str] = workspace.reader.delete(path, {"by": user_name()})["runs"]
        return runs

    @staticmethod
    def restore(workspace: Workspace, experiment_id: str) -> builtins.list[str]:
        """Take all deleted runs of an experiment out of the bin, and return their ids.

        Raises:
            NotFound: None of it is there.
            ServerUnavailable: No query API answers.
        """
        path = f"/experiments/{quote(experiment_id, safe='')}/restore"
        runs: builtins.list[str] = workspace.reader.post(path, {"by": user_name()})["runs"]
        return runs

    def get_portal_url(self) -> str:
        """Return the address of the dashboard; a server is started if none answers."""
        return self.workspace.get_portal_url()

    def __repr__(self) -> str:
        return f"Experiment(Name: {self.name},\nWorkspace: {self.workspace.name})"

    def _repr_html_(self) -> str:
        cells = "".join(f"<td>{html.escape(c)}</td>" for c in (self.name, self.workspace.name))
        return f"<table><tr><th>Name</th><th>Workspace</th></tr><tr>{cells}</tr></table>"


def _outputs_folder(outputs: str | bool | None) -> str | None:
    if outputs is False:
        return None
    return "./outputs" if outputs is None or outputs is True else outputs

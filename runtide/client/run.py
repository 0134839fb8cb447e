"""`Run`: one execution of something, and everything that is recorded of it."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Self

from runtide.client import lifecycle
from runtide.client.captures import Captures
from runtide.client.run_files import FileMethods
from runtide.client.run_hierarchy import HierarchyMethods
from runtide.client.run_logging import LoggingMethods
from runtide.client.run_metadata import MetadataMethods
from runtide.client.run_models import ModelMethods
from runtide.client.run_snapshot import SnapshotMethods
from runtide.client.run_state import StateMethods
from runtide.client.run_waiting import WaitingMethods
from runtide.client.surroundings import observer
from runtide.client.surroundings.beginning import observed
from runtide.client.user import user_name
from runtide.client.writer import now_us
from runtide.core import names
from runtide.core.events import RunCreated, TextLogged
from runtide.errors import NotFound

if TYPE_CHECKING:
    from runtide.client.experiment import Experiment
    from runtide.client.workspace import Workspace

_ID_CHARS_IN_NAME: Final = 8
_LOG_FOLDER: Final = "logs"
_OUTPUT_FOLDER: Final = "outputs"


class Run(
    LoggingMethods,
    FileMethods,
    WaitingMethods,
    MetadataMethods,
    ModelMethods,
    StateMethods,
    HierarchyMethods,
    SnapshotMethods,
):
    """One execution of something, and its record.

    `Run(experiment, run_id)` attaches to a run that is in the record; `Experiment.start_logging`
    and `runtide.init` start a new one. A run object may be used from any thread, and pickled to
    another process, which then writes the same run beside this one.

    Args:
        experiment: The experiment that the run belongs to.
        run_id: The run's id.

    Raises:
        NotFound: The experiment has no such run.
    """

    def __init__(self, experiment: Experiment, run_id: str) -> None:
        self._join(experiment, run_id)
        details = self.refreshed()
        if details["experiment"] != experiment.name:
            message = (
                f"run {run_id} belongs to experiment {details['experiment']!r}, "
                f"not to {experiment.name!r}"
            )
            raise NotFound(message)

    @classmethod
    def create(
        cls,
        experiment: Experiment,
        *,
        name: str | None = None,
        run_id: str | None = None,
        parent_id: str | None = None,
        description: str | None = None,
        outputs: str | None = None,
        captures_logs: bool = True,
        is_executed_here: bool = True,
    ) -> Run:
        """Start a run of this process; it ends with the process unless it is ended before.

        Args:
            experiment: The experiment that the run belongs to.
            name: Its display name.
            run_id: Its id; default: a random one.
            parent_id: The run that it is part of.
            description: What it is about.
            outputs: A folder that is made now and uploaded when the run ends.
            captures_logs: Whether text files below `./logs` are sent as they grow.
            is_executed_here: Whether what this process does from now on belongs to the run.
        """
        run = cls.attached(experiment, str(uuid.uuid4()) if run_id is None else run_id)
        run._begin(name, parent_id, description)  # noqa: SLF001  # its own class
        run._capture(outputs, captures_logs=captures_logs)  # noqa: SLF001  # its own class
        if is_executed_here:
            run.observe(has_origin=parent_id is None)
        return run

    @classmethod
    def attached(
        cls, experiment: Experiment, run_id: str, details: Mapping[str, Any] | None = None
    ) -> Self:
        """Return a further writer of a run, without a look whether it is in the record."""
        run = cls.__new__(cls)
        run._join(experiment, run_id, details)  # noqa: SLF001  # its own class
        return run

    def attend(self) -> None:
        """Be the process as which a launcher executes the run.

        It goes on and ends with the launcher: `complete()` delivers what there is, and the exit code
        of the process says whether the run is completed. What `fail()` says counts.
        """
        self._is_submitted = True
        self._captures = Captures(
            upload=self._upload_path,
            send_text=self._send_text,
            outputs=Path(_OUTPUT_FOLDER).absolute(),
            logs=None,
        )
        self.beat()

    def resume(self) -> None:
        """Take the run up again: it is running, and ends with this process."""
        self._is_ended = False
        self._is_own = True
        self.beat()
        self.start()
        lifecycle.opened(self)
        self.observe(has_origin=False)

    def observe(self, *, has_origin: bool) -> None:
        """Keep what is printed, measure the machine, and record what the run was started with.

        Args:
            has_origin: Whether the last is wanted: a run that is taken up again, or is a part of
                another one of this process, has it already.
        """
        if self._observed is None:
            self._observed = observed(
                record=self._record,
                upload=self._upload_bytes,
                text_rows=self._writer.buffer.text_rows,
                has_origin=has_origin,
            )
            observer.begin(self._observed)

    @staticmethod
    def get(workspace: Workspace, run_id: str) -> Run:
        """Return the run `run_id` of any of the workspace's experiments.

        Raises:
            NotFound: It is not in the record.
        """
        # The name of the experiment is not known yet; any will do to ask for it.
        seeker = Run.attached(workspace.experiment("default"), run_id)
        details = seeker.refreshed()
        return Run.attached(workspace.experiment(details["experiment"]), run_id, details)

    @staticmethod
    def list(  # noqa: PLR0917  # the retired SDK's order
        experiment: Experiment,
        type: str | None = None,  # noqa: A002  # the retired SDK's name
        tags: str | Mapping[str, str | None] | None = None,
        properties: str | Mapping[str, str] | None = None,
        status: str | None = None,
        include_children: bool = False,
    ) -> Iterator[Run]:
        """Yield an experiment's runs, newest first; see `Experiment.get_runs`."""
        return experiment.get_runs(type, tags, properties, include_children, status)

    @staticmethod
    def get_context(allow_offline: bool = True) -> Run:
        """Return the run that this process was submitted as.

        A process that nobody submitted gets a run of its own, which can do all that any run can.

        Raises:
            UsageError: Nobody submitted it, and `allow_offline` is False.
        """
        # Here and not above: a context needs a workspace, which leads to experiments and runs.
        from runtide.client.context import current_run  # noqa: PLC0415  # a cycle, see above

        return current_run(allow_offline=allow_offline)

    def __reduce__(self) -> tuple[Any, ...]:
        known = {key: self._details[key] for key in ("name", "parent_id") if key in self._details}
        return type(self).attached, (self._experiment, self._id, known)

    def _begin(self, name: str | None, parent_id: str | None, description: str | None) -> None:
        """Log that the run exists and is running, and end it with this process."""
        self._is_own = True
        created = RunCreated(
            experiment=self._experiment.name,
            name=names.valid_text(
                name or f"{self._experiment.name}-{self._id[:_ID_CHARS_IN_NAME]}", what="name"
            ),
            created_us=now_us(),
            workspace=self._experiment.workspace.name,
            parent=parent_id,
            user=user_name(),
            host=os.uname().nodename,
            description=description,
        )
        self._properties = {}
        self._details = {
            "name": created.name,
            "description": description,
            "parent_id": parent_id,
            "run_type": None,
        }
        self._record(created)
        self.beat()
        self.start()
        lifecycle.opened(self)

    def _created(
        self,
        name: str | None,
        *,
        run_id: str | None,
        parent_id: str,
        outputs: str | None,
        is_executed_here: bool,
    ) -> Run:
        return Run.create(
            self._experiment,
            name=name,
            run_id=run_id,
            parent_id=parent_id,
            outputs=outputs,
            captures_logs=False,
            is_executed_here=is_executed_here,
        )

    def _sibling(self, run_id: str, details: Mapping[str, Any] | None = None) -> Run:
        return Run.attached(self._experiment, run_id, details)

    def _capture(self, outputs: str | None, *, captures_logs: bool) -> None:
        folder = None if outputs is None else Path(outputs).absolute()
        if folder is not None:
            try:
                folder.mkdir(parents=True, exist_ok=True)
            except OSError:
                # A folder that cannot be made will hold nothing to upload.
                folder = None
        self._captures = Captures(
            upload=self._upload_path,
            send_text=self._send_text,
            outputs=folder,
            logs=Path(_LOG_FOLDER).absolute() if captures_logs else None,
        )
        self._captures.start()

    def _send_text(self, file: str, text: str) -> None:
        self._record(TextLogged(file=file, text=text, ts_us=now_us()))

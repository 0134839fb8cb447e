"""Executes one submitted run, from its snapshot to its last state.

python -P -m runtide.jobs.launcher RUN

The environment says where the run is recorded. The launcher is a writer of the run like its
script, and outlives whoever started it. SIGTERM asks it to cancel the run.
"""

from __future__ import annotations

import logging
import os
import shutil
import signal
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from runtide.client.captures import Captures
from runtide.client.environments import azureml_environment, submitted_environment
from runtide.client.experiment import Experiment
from runtide.client.options import load_options
from runtide.client.run import Run
from runtide.client.snapshots import restore_snapshot
from runtide.client.surroundings import observer
from runtide.client.surroundings.observer import Observed
from runtide.client.variables import AZUREML_VARIABLE
from runtide.client.workspace import Workspace
from runtide.core.events import TERMINAL, Event, StateChanged, Status, TextLogged
from runtide.core.parents import CONTROLLER_TARGET
from runtide.errors import NotDelivered, RuntideError
from runtide.jobs.captured import run_captured
from runtide.jobs.core.outcome import Outcome, after_exit, failed
from runtide.jobs.environments import ENVIRONMENTS_NAME, Environments, Python, find_tools
from runtide.jobs.failures import LaunchFailed
from runtide.jobs.folders import JOBS_NAME, JobFolder, launcher_lock
from runtide.jobs.memory import oom_kill_count
from runtide.jobs.process_tree import RUN_VARIABLE, adopt_orphans, find_identity

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import FrameType

SCRIPT_LOG: Final = "user_logs/std_log.txt"
"""The file of a run that holds what its script printed."""

BUILD_LOG: Final = "user_logs/build_log.txt"
"""The file of a run that holds how its environment was built."""

UNSENT_BYTES_MAX: Final = 4 << 20
"""Output that may wait in memory to be delivered; while there is more, the script waits too."""

DELIVERY_TIMEOUT_S: Final = 24 * 3600.0
"""How long a launcher waits with the last state of its run for a log that does not take it."""

CONTROLLER_GRACE_S: Final = 120.0
"""How long the controller of other runs may take to end them when its own run is canceled."""

_FLUSH_TIMEOUT_S: Final = 60.0

_NOBODYS_SUBSCRIPTION: Final = "00000000-0000-0000-0000-000000000000"

_log = logging.getLogger("runtide.launcher")


class Stopped(Exception):  # it says what happened
    """The run is to end before its script has started."""


class Launcher:
    """One run on its way.

    Args:
        run: The run.
        folder: Its folder.
        home: The data folder, which holds environments.
    """

    def __init__(self, run: Run, folder: JobFolder, home: Path) -> None:
        self._run = run
        self._folder = folder
        self._unsent_bytes = 0
        self._is_cancelled = False
        self._is_controller = False
        self._controller_ends_s: float | None = None
        self._ends_s: float | None = None
        self._duration_s_max: float | None = None
        self._environments = Environments(
            home / ENVIRONMENTS_NAME,
            tools=find_tools(),
            build=self._build,
            say=lambda line: self._send(BUILD_LOG, f"{line}\n"),
            check=self._check,
        )

    def cancel(self, _number: int, _frame: FrameType | None) -> None:
        """Take note that the run is to be canceled; a signal handler."""
        self._is_cancelled = True

    def execute(self, job: dict[str, Any]) -> Outcome | None:
        """Prepare the run, run its script, and return how it ended.

        What cannot be prepared is an outcome too. None is a controller that was killed: another
        one goes on from the record.
        """
        self._is_controller = job["target"] == CONTROLLER_TARGET
        self._duration_s_max = job["duration_s_max"]
        try:
            python = self._prepared(job)
            return self._script_outcome(job, python)
        except Stopped:
            return Outcome("Canceled", "canceled before its script was started")
        except LaunchFailed as exc:
            return failed(str(exc), exc.lines)
        except (RuntideError, OSError) as exc:
            return failed(str(exc))

    def end(self, outcome: Outcome) -> None:
        """Deliver everything, and say last how the run ended."""
        self._deliver()
        self._change(outcome.status, outcome.reason, outcome.error)
        self._deliver()

    def _prepared(self, job: dict[str, Any]) -> Python:
        code = self._folder.code
        # A launcher that died here before has left parts of it.
        shutil.rmtree(code, ignore_errors=True)
        code.mkdir(parents=True)
        if job["snapshot_id"] is not None:
            restore_snapshot(self._run.experiment.workspace.reader, self._run.id, code)
            self._check()
        for name in ("outputs", "logs"):
            (code / name).mkdir(exist_ok=True)
        python = self._environments.get(job["environment"])
        self._check()
        return python

    def _script_outcome(self, job: dict[str, Any], python: Python) -> Outcome | None:
        environment = self._script_environment(job, python)
        interval_s = load_options(environment).system_interval_s
        # The whole tree below the launcher is measured here, whether the script logs or not.
        environment["RUNTIDE_SYSTEM_INTERVAL_S"] = "0"
        command = _command(job["command"], python, self._folder.code, path=environment["PATH"])
        captures = Captures(
            upload=self._run._upload_path,  # noqa: SLF001  # a launcher is the run's own writer
            send_text=self._send,
            outputs=self._folder.code / "outputs",
            logs=self._folder.code / "logs",
        )
        self._change("Starting")
        killed_before = oom_kill_count()
        captures.start()
        with observer.looking_after(Observed(record=self._record, interval_s=interval_s)):
            ended = run_captured(
                command,
                folder=self._folder.code,
                environment=environment,
                send=lambda text: self._send(SCRIPT_LOG, text),
                why_stop=self._why_stop,
                on_started=self._on_started,
            )
        self._ends_s = None
        if self._is_controller and ended.code < 0 and ended.stopped is None:
            captures.finish()
            return None
        self._change("Finalizing")
        captures.finish()
        if ended.left_count:
            _log.warning("the script left %d processes running: ended them", ended.left_count)
        if ended.stopped is not None:
            return Outcome("Canceled", ended.stopped)
        killed_count = oom_kill_count() - killed_before
        return after_exit(ended.code, ended.output, oom_kill_count=killed_count)

    def _script_environment(self, job: dict[str, Any], python: Python) -> dict[str, str]:
        run, inherited = self._run, submitted_environment()
        variables: dict[str, str] = job["variables"]
        experiment, workspace = run.experiment.name, run.experiment.workspace.name
        places = (str(python.programs), inherited.get("PATH", os.defpath))
        environment = (
            inherited
            | {"PATH": os.pathsep.join(places), "PYTHONUNBUFFERED": "1"}
            | {
                RUN_VARIABLE: run.id,
                "RUNTIDE_EXPERIMENT": experiment,
                "RUNTIDE_WORKSPACE": workspace,
                # What scripts of the retired SDK look at to see who they are.
                "AZUREML_RUN_ID": run.id,
                "AZUREML_ARM_PROJECT_NAME": experiment,
                "AZUREML_ARM_WORKSPACE_NAME": workspace,
                "AZUREML_ARM_RESOURCEGROUP": workspace,
                "AZUREML_ARM_SUBSCRIPTION": _NOBODYS_SUBSCRIPTION,
            }
            | variables
        )
        return azureml_environment(environment) if AZUREML_VARIABLE in variables else environment

    def _on_started(self) -> None:
        if self._duration_s_max is not None:
            self._ends_s = time.monotonic() + self._duration_s_max
        self._change("Running")

    def _why_stop(self) -> str | None:
        if self._is_cancelled and self._has_had_its_time():
            return "canceled while its script was running"
        if self._ends_s is not None and time.monotonic() >= self._ends_s:
            return f"it ran for longer than its limit of {self._duration_s_max:,g} s"
        return None

    def _has_had_its_time(self) -> bool:
        """Whether a canceled script is to be ended: a controller ends its children first."""
        if not self._is_controller:
            return True
        now_s = time.monotonic()
        if self._controller_ends_s is None:
            self._controller_ends_s = now_s + CONTROLLER_GRACE_S
        return now_s >= self._controller_ends_s

    def _check(self) -> None:
        if self._is_cancelled and not self._is_controller:
            raise Stopped

    def _build(self, command: Sequence[str], *, folder: Path) -> None:
        """Run one command of a build; see `Build`."""
        environment = submitted_environment() | {RUN_VARIABLE: self._run.id}
        ended = run_captured(
            command,
            folder=folder,
            environment=environment,
            send=lambda text: self._send(BUILD_LOG, text),
            why_stop=self._why_stop,
        )
        self._check()
        if ended.code != 0:
            message = (
                f"the environment could not be built: {Path(command[0]).name} ended with exit code "
                f"{ended.code}; {BUILD_LOG} has all that it said"
            )
            raise LaunchFailed(message, lines=ended.output.last_lines())

    def _change(
        self, status: Status, reason: str | None = None, error: dict[str, Any] | None = None
    ) -> None:
        now_us = time.time_ns() // 1_000
        self._record(
            StateChanged(status=status, ts_us=now_us, by="launcher", reason=reason, error=error)
        )

    def _send(self, file: str, text: str) -> None:
        """Log text; blocks while too much of it waits to be delivered."""
        self._record(TextLogged(file=file, text=text, ts_us=time.time_ns() // 1_000))
        self._unsent_bytes += len(text)
        if self._unsent_bytes >= UNSENT_BYTES_MAX:
            self._unsent_bytes = 0
            try:
                self._run.flush(_FLUSH_TIMEOUT_S)
            except NotDelivered as exc:
                # It is in the spool by now, or else this was slow enough.
                _log.warning("output is delivered later: %s", exc)

    def _record(self, event: Event) -> None:
        self._run._record(event)  # noqa: SLF001  # a launcher is the run's own writer

    def _deliver(self) -> None:
        """Wait until the log has everything: whoever finds no launcher must find its last state."""
        deadline_s = time.monotonic() + DELIVERY_TIMEOUT_S
        while time.monotonic() < deadline_s:
            try:
                self._run.flush(_FLUSH_TIMEOUT_S)
            except NotDelivered as exc:
                _log.warning("the log has not everything of the run yet: %s", exc)
            else:
                return


def _command(words: list[str], python: Python, code: Path, *, path: str) -> list[str]:
    """Return the command with the environment's interpreter, after a look at what it names.

    Raises:
        LaunchFailed: The program or the script is not there.
    """
    if words[0] == "python":
        # Python itself says what is wrong where options stand before the script.
        script = words[1] if len(words) > 1 else ""
        if script.endswith(".py") and not (code / script).is_file():
            message = f"there is no script {script!r} in the snapshot: give its path in the folder"
            raise LaunchFailed(message)
        return [python.interpreter, *words[1:]]
    if shutil.which(words[0], path=path) is None and not (code / words[0]).is_file():
        message = f"there is no program {words[0]!r}: install it, or give its path in the folder"
        raise LaunchFailed(message)
    return words


def main(run_id: str) -> None:
    """Execute the run `run_id`."""
    # First of all: whoever looks for the launcher must find it, and what it starts below it.
    workspace = Workspace()
    folder = JobFolder(workspace.place.home / JOBS_NAME, run_id)
    with launcher_lock(folder) as is_alone:
        if not is_alone:
            _log.warning("run %s has a launcher already", run_id)
            return
        folder.write_launcher(pid=os.getpid(), identity=find_identity(os.getpid()))
        adopt_orphans()
        path = f"/runs/{quote(run_id, safe='')}"
        details = workspace.reader.get(path)
        if details["status"] in TERMINAL:
            return
        own = Workspace(details["workspace"])
        run = Run.attached(Experiment(own, details["experiment"]), run_id, details)
        launcher = Launcher(run, folder, workspace.place.home)
        signal.signal(signal.SIGTERM, launcher.cancel)
        signal.signal(signal.SIGINT, launcher.cancel)
        run.beat()
        outcome = launcher.execute(workspace.reader.get(f"{path}/job"))
        if outcome is None:
            _log.warning("the controller of run %s was killed", run_id)
            return
        launcher.end(outcome)
        shutil.rmtree(folder.code, ignore_errors=True)


if __name__ == "__main__":
    logging.basicConfig(
        stream=sys.stderr,
        level=logging.WARNING,
        format="%(asctime)s %(levelname)s %(name)s: %(message)s",
    )
    main(sys.argv[1])

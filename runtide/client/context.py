"""The run that this process is."""

from __future__ import annotations

import threading

from runtide.client.experiment import Experiment
from runtide.client.options import load_options
from runtide.client.run import Run
from runtide.client.workspace import Workspace
from runtide.errors import UsageError

_lock = threading.Lock()
_runs: dict[str | None, Run] = {}
"""By id the run that this process was submitted as, and under None its own."""


def current_run(*, allow_offline: bool) -> Run:
    """Return the run that this process was submitted as, or else a run of its own.

    Asked again, it is the same one, until that was ended.

    Raises:
        UsageError: Nobody submitted this process, and `allow_offline` is False.
    """
    options = load_options()
    if options.run_id is None and not allow_offline:
        message = (
            "this process was not submitted (RUNTIDE_RUN_ID is not set): "
            "start a run with `experiment.start_logging()`"
        )
        raise UsageError(message)
    with _lock:
        run = _runs.get(options.run_id)
        if run is None or (options.run_id is None and run.is_ended):
            experiment = Experiment(Workspace(), options.experiment)
            if options.run_id is None:
                run = Run.create(experiment, outputs="./outputs")
            else:
                run = Run.attached(experiment, options.run_id)
                run.attend()
            _runs[options.run_id] = run
        return run

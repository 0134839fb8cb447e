"""Record what training runs do, while they do it.

    import runtide

    with runtide.init(experiment="digits", config={"lr": 0.1}) as run:
        for step in range(100):
            run.log("loss", 1 / (step + 1))

Nothing else needs to run: what is logged is in the data folder's event log at once, and
`runtide up` shows it.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Final

from runtide.client.experiment import Experiment
from runtide.client.init import init
from runtide.client.model import Model
from runtide.client.run import Run
from runtide.client.workspace import Workspace

if TYPE_CHECKING:
    from runtide.client.pipeline_run import PipelineRun
    from runtide.client.script_run import ScriptRun
    from runtide.client.sql import query
    from runtide.client.sweep_run import SweepRun
    from runtide.submit.conda import CondaDependencies
    from runtide.submit.config import RunConfiguration, ScriptRunConfig
    from runtide.submit.distributions import choice, lognormal, loguniform, normal, randint, uniform
    from runtide.submit.early_stop import Bandit, MedianStopping
    from runtide.submit.environment import Environment
    from runtide.submit.pipeline import Pipeline, Step
    from runtide.submit.sweep import Sweep

__all__ = [
    "Bandit",
    "CondaDependencies",
    "Environment",
    "Experiment",
    "MedianStopping",
    "Model",
    "Pipeline",
    "PipelineRun",
    "Run",
    "RunConfiguration",
    "ScriptRun",
    "ScriptRunConfig",
    "Step",
    "Sweep",
    "SweepRun",
    "Workspace",
    "choice",
    "init",
    "lognormal",
    "loguniform",
    "normal",
    "query",
    "randint",
    "uniform",
]

_MODULE_BY_NAME: Final = {
    "Bandit": "runtide.submit.early_stop",
    "CondaDependencies": "runtide.submit.conda",
    "Environment": "runtide.submit.environment",
    "MedianStopping": "runtide.submit.early_stop",
    "Pipeline": "runtide.submit.pipeline",
    "PipelineRun": "runtide.client.pipeline_run",
    "RunConfiguration": "runtide.submit.config",
    "ScriptRun": "runtide.client.script_run",
    "ScriptRunConfig": "runtide.submit.config",
    "Step": "runtide.submit.pipeline",
    "Sweep": "runtide.submit.sweep",
    "SweepRun": "runtide.client.sweep_run",
    "choice": "runtide.submit.distributions",
    "lognormal": "runtide.submit.distributions",
    "loguniform": "runtide.submit.distributions",
    "normal": "runtide.submit.distributions",
    "query": "runtide.client.sql",
    "randint": "runtide.submit.distributions",
    "uniform": "runtide.submit.distributions",
}
"""What is loaded when it is asked for: most scripts log, and submit nothing."""


def __getattr__(name: str) -> object:
    if name not in _MODULE_BY_NAME:
        message = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(message)
    return getattr(import_module(_MODULE_BY_NAME[name]), name)

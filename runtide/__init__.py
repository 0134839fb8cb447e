"""Record what training runs do, while they do it.

    import runtide

    with runtide.init(experiment="digits", config={"lr": 0.1}) as run:
        for step in range(100):
            run.log("loss", 1 / (step + 1))

Nothing else needs to run: what is logged is in the data folder's event log at once, and
`runtide up` shows it.
"""

from __future__ import annotations

from runtide.client.experiment import Experiment
from runtide.client.init import init
from runtide.client.model import Model
from runtide.client.run import Run
from runtide.client.workspace import Workspace

__all__ = ["Experiment", "Model", "Run", "Workspace", "init"]

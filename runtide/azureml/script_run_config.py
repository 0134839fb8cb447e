"""`azureml.core.ScriptRunConfig`: one of ours, whose script finds `azureml` too."""

from __future__ import annotations

from runtide.client.options import load_options
from runtide.client.variables import AZUREML_VARIABLE
from runtide.submit import config
from runtide.submit.config import Plan


class ScriptRunConfig(config.ScriptRunConfig):
    """A script in a folder, written for the retired SDK as whoever submits it is."""

    def plan(self) -> Plan:
        """Return what this configuration comes to; see `runtide.ScriptRunConfig`."""
        plan = super().plan()
        asked = {AZUREML_VARIABLE: load_options().azureml or "1"}
        return plan._replace(variables=asked | plan.variables)

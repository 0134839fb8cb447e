"""The import names of the retired Azure ML SDK, on Runtide.

    import runtide.azureml

    from azureml.core import Experiment, Workspace

From the first line on, `azureml` is Runtide in this process: the names are the retired SDK's and
what they name is ours. In a notebook `%load_ext runtide.azureml` does the same, and
`python -m runtide.azureml train.py` does it for a script that is not to be changed.

An installed SDK is not hidden: importing this raises `AzuremlInstalled` then, unless
`RUNTIDE_AZUREML` is `force`.
"""

from __future__ import annotations

from runtide.azureml.additions import extend_classes
from runtide.azureml.exceptions import extend_errors
from runtide.azureml.finder import install

__all__ = ["load_ipython_extension"]


def load_ipython_extension(_shell: object) -> None:
    """Do nothing more than importing this has done; IPython asks for it."""


install()
extend_classes()
extend_errors()

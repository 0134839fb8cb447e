"""What programs that this process starts get of its environment."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Final

from runtide.client.variables import (
    AZUREML_VARIABLE,
    NAMES,
    OF_A_RUN,
    SERVICE_PREFIXES,
    TOKEN_VARIABLE,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from runtide.client.options import Destination

AZUREML_DOOR: Final = Path(__file__).parents[1] / "azureml/door"
"""A folder that, on a process's path, makes its `import azureml` Runtide."""

_PYTHON_PATH: Final = "PYTHONPATH"
_SAFE_PATH: Final = "PYTHONSAFEPATH"


def child_environment() -> dict[str, str]:
    """Return the environment for a program that this process starts."""
    return dict(os.environ)


def server_environment() -> dict[str, str]:
    """Return the environment for a server that a script starts: not the script's own settings."""
    kept = {name: value for name, value in os.environ.items() if name not in NAMES}
    if _PYTHON_PATH in kept:
        # What the server executes says for itself whether its `azureml` is Runtide.
        kept[_PYTHON_PATH] = os.pathsep.join(_python_path(kept))
    return kept | {_SAFE_PATH: "1"}


def launcher_environment(place: Destination) -> dict[str, str]:
    """Return the environment for a process that executes runs of `place`.

    It is this process's, except for what says which run it is and where that is logged.
    """
    kept = {name: value for name, value in os.environ.items() if name not in OF_A_RUN}
    leads = {
        "RUNTIDE_HOME": str(place.home),
        "RUNTIDE_URL": place.url,
        "RUNTIDE_QUERY_URL": place.query_url,
        "RUNTIDE_ARTIFACTS_URL": place.artifacts_url,
        TOKEN_VARIABLE: place.token,
    }
    return kept | {name: value for name, value in leads.items() if value is not None}


def submitted_environment() -> dict[str, str]:
    """Return the environment that a launcher passes on to a script: not the services' settings."""
    return {
        name: value
        for name, value in os.environ.items()
        # A server that a script starts is kept from the modules of the folder that it runs in; a
        # script that it executes must find its own.
        if not name.startswith(SERVICE_PREFIXES) and name != _SAFE_PATH
    }


def azureml_environment(environ: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return the environment of a process whose `import azureml`, and its children's, is Runtide.

    Args:
        environ: What the process would have else; default: this one's.
    """
    given = os.environ if environ is None else environ
    path = os.pathsep.join((str(AZUREML_DOOR), *_python_path(given)))
    return {AZUREML_VARIABLE: "1"} | dict(given) | {_PYTHON_PATH: path}


def _python_path(environ: Mapping[str, str]) -> list[str]:
    """Return the places on `PYTHONPATH`, except for our own."""
    places = environ.get(_PYTHON_PATH, "").split(os.pathsep)
    return [place for place in places if place not in {"", str(AZUREML_DOOR)}]

"""The notebooks in `examples/azureml`, each executed as somebody would who starts with it."""

import os
import shutil
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

import runtide
from tests.faults.processes import server
from tests.jobs.wheels import make_wheels

EXAMPLES = Path(__file__).parents[2] / "examples/azureml"


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """Return an environment with a data folder that is served, and packages without a network."""
    home = tmp_path_factory.mktemp("home")
    wheels = make_wheels(home / "wheels", "joblib")
    kept = {name: value for name, value in os.environ.items() if name[:8] != "RUNTIDE_"}
    with server(home, settings=wheels | {"RUNTIDE_UP_SLOTS": "1"}):
        yield kept | {"RUNTIDE_HOME": str(home), "MPLBACKEND": "agg"}


@pytest.mark.parametrize(
    ("notebook", "experiment", "ends"),
    [
        ("metrics", "every-metric", {"Completed": 1}),
        ("ridge-sweep", "ridge-sweep", {"Completed": 6}),
        ("submit-locally", "submitted-locally", {"Completed": 3}),
        ("manage-runs", "managed", {"Completed": 7, "Failed": 1, "Canceled": 2}),
        ("tensorboard", "in-tensorboard", {"Completed": 3}),
    ],
)
def test_notebook_runs_from_top_to_bottom(
    notebook: str,
    experiment: str,
    ends: dict[str, int],
    environment: dict[str, str],
    tmp_path: Path,
) -> None:
    """It stops at the first cell that raises, so what a notebook asserts holds too."""
    folder = tmp_path / "azureml"
    shutil.copytree(EXAMPLES, folder)
    document = nbformat.read(folder / f"{notebook}.ipynb", as_version=4)  # type: ignore[no-untyped-call]  # it has no types
    client = NotebookClient(document, timeout=120, resources={"metadata": {"path": str(folder)}})

    client.execute(env=environment)

    space = runtide.Workspace(home=environment["RUNTIDE_HOME"])
    runs = runtide.Experiment(space, experiment).get_runs(include_children=True)
    assert Counter(run.status for run in runs) == ends

"""Runs that a request names by their ids."""

from collections.abc import Iterator

import pytest

from runtide.core.events import RunDescribed
from tests.building import points
from tests.system import CREATED_US, System, running_system


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """A system of a parent, its child, a run put away and one of another experiment."""
    with running_system(tmp_path_factory.mktemp("named")) as system:
        system.start_run("p", experiment="one")
        system.start_run("c", points("loss", 2.0, 1.0), parent="p", created_us=CREATED_US + 1)
        system.start_run("away", RunDescribed(ts_us=1, archived=True), created_us=CREATED_US + 2)
        system.start_run("other", created_us=CREATED_US + 3)
        yield system


def test_named_runs_come_whatever_they_are(system: System) -> None:
    """A comparison names its runs: of several experiments, children, and runs put away."""
    page = system.get("/runs", params={"runs": "c,away,p,gone", "metrics": "*"})

    assert [run["run_id"] for run in page["items"]] == ["away", "c", "p"]
    assert page["items"][1]["metrics"]["loss"] == {
        "first": 2.0,
        "last": 1.0,
        "min": 1.0,
        "max": 2.0,
        "last_step": 1,
    }


def test_no_named_run_is_no_run(system: System) -> None:
    """An empty list is not the absence of one, which would be every run."""
    assert system.get("/runs", params={"runs": ""})["items"] == []


@pytest.mark.parametrize(
    ("runs", "says"),
    [("a b", "run id is 'a b'"), (",".join(map(str, range(1001))), "1,001 ids, limit is 1,000")],
    ids=["no-id", "too-many"],
)
def test_names_that_cannot_be_answered_are_refused(system: System, runs: str, says: str) -> None:
    """The message says what is wrong with which value."""
    answer = system.client.get("/api/v1/runs", params={"runs": runs})

    assert answer.status_code == 400
    assert says in answer.json()["detail"]

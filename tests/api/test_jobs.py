"""Jobs of runs, the states they went through, and what waits on compute targets."""

from typing import Any

import pytest

from runtide.core.events import Heartbeat, JobSubmitted, RunCreated, StateChanged, Status
from tests.system import CREATED_US, System


def submit(system: System, run: str, *, at: int = 0, **fields: Any) -> None:
    """Append what a submitter does."""
    given = {"command": ["python", "train.py"], "ts_us": CREATED_US + at, **fields}
    system.append(
        run,
        RunCreated(experiment="exp", name=run, created_us=CREATED_US, user="ada"),
        JobSubmitted(**given),
        StateChanged(status="Queued", ts_us=CREATED_US + at, by="ada"),
        writer="submitter",
    )


def state(system: System, run: str, status: Status, ts_us: int, **more: Any) -> None:
    system.append(run, StateChanged(status=status, ts_us=ts_us, **more), writer="launcher")


def ids(runs: list[dict[str, Any]]) -> list[str]:
    return [run["run_id"] for run in runs]


def test_job_is_what_the_run_was_submitted_with(system: System) -> None:
    environment = {"kind": "venv", "requirements": ["numpy"], "more": [1, None, {"a": 0.5}]}
    submit(
        system,
        "r",
        target="gpu",
        priority=7,
        environment=environment,
        variables={"A": "b"},
        snapshot_id="s",
        source="/src",
        duration_s_max=1.5,
    )

    job = system.get("/runs/r/job")

    assert job.pop("position")
    assert job == {
        "run_id": "r",
        "command": ["python", "train.py"],
        "target": "gpu",
        "priority": 7,
        "environment": environment,
        "variables": {"A": "b"},
        "snapshot_id": "s",
        "source": "/src",
        "duration_s_max": 1.5,
        "submitted_us": CREATED_US,
    }


def test_run_that_nobody_submitted_has_no_job(system: System) -> None:
    system.start_run("r")
    system.fold_all()

    answer = system.client.get("/api/v1/runs/r/job")

    assert (answer.status_code, answer.json()["code"]) == (404, "not-found")
    assert "was started by the process that logs it" in answer.json()["detail"]


def test_states_say_who_and_when_and_which_counted(system: System) -> None:
    """What comes after the end is shown, so that nobody wonders where it went."""
    submit(system, "r")
    state(system, "r", "Running", 5)
    state(system, "r", "CancelRequested", 6, by="eve", reason="too slow")
    state(system, "r", "Running", 7)
    state(system, "r", "Failed", 8, error={"code": "x"})
    state(system, "r", "Completed", 9)

    items = system.get("/runs/r/states")["items"]

    assert [(s["status"], s["ts_us"], s["by"], s["reason"], s["accepted"]) for s in items] == [
        ("Queued", CREATED_US, "ada", None, True),
        ("Running", 5, None, None, True),
        ("CancelRequested", 6, "eve", "too slow", True),
        ("Running", 7, None, None, False),
        ("Failed", 8, None, None, True),
        ("Completed", 9, None, None, False),
    ]
    assert items[4]["error"] == {"code": "x"}
    assert system.get("/runs/r")["status"] == "Failed"


def test_target_has_its_runs_in_the_order_in_which_they_are_taken(system: System) -> None:
    submit(system, "late", at=9)
    submit(system, "first", at=5, priority=2)
    submit(system, "early", at=1)
    submit(system, "elsewhere", target="gpu/1")
    submit(system, "active")
    state(system, "active", "Running", 7)
    submit(system, "over")
    state(system, "over", "Completed", 7)
    system.start_run("interactive")

    local = system.get("/targets/local")

    assert ids(local["queued"]) == ["first", "early", "late"]
    assert ids(local["active"]) == ["active"]
    assert local["queued"][0] == {
        "run_id": "first",
        "name": "first",
        "experiment": "exp",
        "user": "ada",
        "status": "Queued",
        "priority": 2,
        "submitted_us": CREATED_US + 5,
        "started_us": None,
    }
    assert ids(system.get("/targets/gpu/1")["queued"]) == ["elsewhere"]
    assert system.get("/targets")["items"] == [
        {"name": "gpu/1", "queued_count": 1, "active_count": 0},
        {"name": "local", "queued_count": 3, "active_count": 1},
    ]


def test_target_that_has_nothing_to_do_is_still_there(system: System) -> None:
    submit(system, "r")
    state(system, "r", "Completed", 7)

    answer = system.get("/targets/local")

    assert (answer["queued"], answer["active"]) == ([], [])
    assert system.client.get("/api/v1/targets/nowhere").status_code == 404


def test_run_that_was_submitted_is_asked_to_end(system: System) -> None:
    """Only whoever executes it can end its processes, and says so when they are gone."""
    submit(system, "r")
    system.fold_all()

    first = system.client.post("/api/v1/runs/r/cancel?by=eve").json()
    end = system.log.end(0)
    second = system.client.post("/api/v1/runs/r/cancel")

    assert (first["status"], first["status_by"], first["ended_us"]) == (
        "CancelRequested",
        "eve",
        None,
    )
    assert (second.status_code, second.json()["status"]) == (200, "CancelRequested")
    assert system.log.end(0) == end


@pytest.mark.parametrize("status", ["Preparing", "Starting", "Running"])
def test_request_to_cancel_is_not_forgotten_while_the_run_starts(
    system: System, status: Status
) -> None:
    """Whoever starts it may not have seen the request yet."""
    submit(system, "r")
    system.fold_all()
    system.client.post("/api/v1/runs/r/cancel")
    state(system, "r", status, CREATED_US + 9)
    system.append("r", Heartbeat(ts_us=CREATED_US + 10), writer="launcher")

    assert system.get("/runs/r")["status"] == "CancelRequested"

    state(system, "r", "Canceled", CREATED_US + 11)
    assert system.get("/runs/r")["status"] == "Canceled"

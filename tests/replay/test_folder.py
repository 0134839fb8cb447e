"""`runtide replay` over a data folder: with and without a server, and killed in between."""

import signal
from pathlib import Path

import pytest

import runtide
from tests.faults.processes import server
from tests.replay.commands import process, ran, replayed, script_of, verified


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.mark.slow
def test_folder_without_a_server_is_replayed_and_swapped(home: Path) -> None:
    script = script_of(home)
    process("fold", home)
    script.end_runs()

    done = replayed(home, "--into", "v2")

    assert (done["step"], done["swapped"], done["comparison"]["equal"]) == ("ended", True, True)
    assert done["records_done"] == done["records_total"] > 100
    assert verified(home) == ""
    assert replayed(home, "--drop", "v2") == {"dropped": "v2"}


@pytest.mark.slow
def test_server_replays_its_own_folder_while_it_serves_and_folds(home: Path) -> None:
    """chDB belongs to one process, so the command has the server do it."""
    script = script_of(home)
    with server(home):
        done = replayed(home, "--into", "v2", "--no-swap")
        assert done["swapped"] is False
        run = runtide.Experiment(runtide.Workspace(home=home), "beside").start_logging(
            outputs=False
        )
        run.log("loss", 0.5)
        done = replayed(home, "--into", "v2")
        run.log("loss", 0.25)
        run.complete()
        script.end_runs()

        assert done["swapped"]
        assert run.get_metrics() == {"loss": [0.5, 0.25]}
        assert replayed(home, "--drop", "v2") == {"dropped": "v2"}
    assert verified(home) == ""


@pytest.mark.slow
def test_difference_is_named_and_swapped_by_force_alone(home: Path) -> None:
    script = script_of(home)
    script.end_runs()
    process("fold", home)
    process("spoil", home)

    refused = ran("runtide.cli", "replay", "--into", "v2", "--home", str(home), code=1)
    compared = replayed(home, "--into", "v2", "--compare-only", code=1)
    forced = replayed(home, "--into", "v2", "--force")

    assert "run it again with `--force`" in refused.stderr
    assert all(word in refused.stdout for word in ("strings", "differing", "run-7-0"))
    table = compared["comparison"]["tables"]["strings"]
    assert (table["differing"], table["examples"]) == (1, {"differing": ["run-7-0"]})
    assert compared["swapped"] is False
    assert forced["swapped"] is True
    assert verified(home) == ""


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ((), "either `--into NAME` or `--drop NAME`"),
        (("--into", "v2", "--drop", "v2"), "either `--into NAME` or `--drop NAME`"),
        (("--into", "V 2"), "as in `v2`"),
        (("--drop", "v9"), "no replay into 'v9'"),
    ],
)
def test_wrong_command_is_refused_with_the_remedy(
    home: Path, options: tuple[str, ...], said: str
) -> None:
    done = ran("runtide.cli", "replay", *options, "--home", str(home), code=2)

    assert said in done.stderr


def test_server_refuses_as_the_command_itself_does(home: Path) -> None:
    script_of(home, count=5)
    with server(home):
        for options, said in (
            (("--into", "V 2"), "as in `v2`"),
            (("--drop", "v9"), "no replay into 'v9'"),
        ):
            done = ran("runtide.cli", "replay", *options, "--home", str(home), code=2)
            assert said in done.stderr


@pytest.mark.slow
def test_server_that_starts_finishes_the_swap_in_which_a_process_was_killed(home: Path) -> None:
    """Nothing could be folded before, and nobody would know why."""
    script = script_of(home)
    process("fold", home)
    process("swap", home, "EXCHANGE TABLES `runtide`.`vectors`", code=-signal.SIGKILL)
    script.append(20)

    with server(home):
        run = runtide.Experiment(runtide.Workspace(home=home), "after").start_logging(outputs=False)
        run.log("loss", 1.0)
        run.complete()
        assert run.get_metrics() == {"loss": 1.0}

    assert verified(home) == ""
    done = ran("runtide.cli", "replay", "--into", "v2", "--home", str(home), code=2)
    assert "is over" in done.stderr

"""Processes that are killed at any moment lose nothing that was flushed, and double nothing."""

from __future__ import annotations

import json
import os
import random
import threading
from typing import TYPE_CHECKING, Any

import pytest

from tests.faults.processes import script, server
from tests.forked import run_module

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.faults


def verified(home: Path) -> dict[str, Any]:
    """Return what `tests.faults.verify` finds in `home`, after the claims that always hold."""
    bare = {name: value for name, value in os.environ.items() if name[:8] != "RUNTIDE_"}
    done = run_module("tests.faults.verify", str(home), environment=bare, timeout_s=240)
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout.removeprefix("found "))
    assert found["tables_equal_log"]
    assert found["summaries_equal_points"]
    assert found["missing_envelopes"] == 0
    assert found["dead_letters"] == 0
    return found


def pause_s(seed: int, longest_s: float) -> float:
    """Return how long round `seed` waits before it kills."""
    return random.Random(seed).uniform(0.0, longest_s)  # a schedule, not a secret


def wait_s(seconds: float) -> None:
    """Let the other processes go on until the moment drawn for the kill."""
    threading.Event().wait(seconds)


def test_killed_script_keeps_what_it_flushed_and_no_half_envelope(
    tmp_path: Path, seed: int
) -> None:
    """A machine that takes the script away takes at most the last unflushed moment."""
    with script("log_for_ever", home=tmp_path) as training:
        (run_id,) = training.wait_for("run")
        wait_s(pause_s(seed, 1.5))
        training.kill()
        flushed = max((int(words[0]) for words in training.said("flushed")), default=0)

    found = verified(tmp_path)
    (values,) = found["values"].get(run_id, [[]])
    assert values == list(range(len(values)))
    assert len(values) >= flushed


def test_killed_server_folds_the_rest_when_it_is_back(tmp_path: Path, seed: int) -> None:
    """The server may die between any two inserts; the tables equal the log after a restart."""
    with script("log_slowly", home=tmp_path) as training:
        training.wait_for("flushed")
        for kill in range(2):
            with server(tmp_path) as serving:
                wait_s(pause_s(seed * 2 + kill, 1.0))
                serving.kill()
        training.kill()

    found = verified(tmp_path)
    assert found["points"] > 0


def test_script_and_server_killed_together_agree_afterwards(tmp_path: Path, seed: int) -> None:
    """A power cut takes both at once."""
    with server(tmp_path) as serving, script("log_slowly", home=tmp_path) as training:
        (run_id,) = training.wait_for("run")
        training.wait_for("flushed")
        wait_s(pause_s(seed, 1.5))
        serving.kill()
        training.kill()
        flushed = max((int(words[0]) for words in training.said("flushed")), default=0)

    found = verified(tmp_path)
    (values,) = found["values"][run_id]
    assert values == list(range(len(values)))
    assert len(values) >= flushed


@pytest.mark.usefixtures("seed")
@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_points_of_child_processes_are_all_there_once(tmp_path: Path, method: str) -> None:
    """Data-parallel training logs to one run from many processes and flushes nothing by hand."""
    with script("log_from_children", method, home=tmp_path) as training:
        training.wait_for("ended")
        assert training.wait_until_ended() == 0, training.errors

    found = verified(tmp_path)
    (writers,) = found["values"].values()
    logged = sorted(value for values in writers for value in values)
    assert logged == [rank * 1_000_000 + i for rank in range(4) for i in range(1_000)]
    assert set(found["statuses"].values()) == {"Completed"}


@pytest.mark.usefixtures("seed")
def test_bare_fork_that_exits_normally_loses_and_doubles_nothing(tmp_path: Path) -> None:
    """A forked child has a copy of what its parent has yet to send."""
    with script("log_from_bare_fork", home=tmp_path) as training:
        training.wait_for("ended")
        assert training.wait_until_ended() == 0, training.errors

    found = verified(tmp_path)
    (writers,) = found["values"].values()
    logged = sorted(value for values in writers for value in values)
    assert logged == [*range(1_000), *range(1_000_000, 1_001_000)]


@pytest.mark.usefixtures("seed")
def test_script_without_a_server_logs_everything(tmp_path: Path) -> None:
    """Nothing but the log is needed to log."""
    with script("log_then_end", "20000", home=tmp_path) as training:
        training.wait_for("ended")
        assert training.wait_until_ended() == 0, training.errors

    found = verified(tmp_path)
    assert list(found["values"].values()) == [[list(range(20_000))]]

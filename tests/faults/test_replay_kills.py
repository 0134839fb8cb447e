"""Replays of a data folder that are killed at any moment."""

import random
from pathlib import Path

import pytest

from tests.faults.processes import server
from tests.replay.commands import process, ran, script_of, verified

pytestmark = pytest.mark.faults

CHANGES_MAX = 110
"""About how many statements and inserts a replay of the test's history makes."""


def test_replay_killed_at_random_moments_loses_nothing(tmp_path: Path, seed: int) -> None:
    """Whoever comes next goes on: the command again, or a server that starts."""
    home = tmp_path / "home"
    chance = random.Random(seed)
    script = script_of(home, seed=seed, count=80)
    process("fold", home)
    for _ in range(3):
        process("replay", home, str(chance.randrange(CHANGES_MAX)), code=None)
        script.append(10)
        if chance.random() < 0.5:
            with server(home):
                script.append(10)

    last = ran("runtide.cli", "replay", "--into", "v2", "--home", str(home), code=None)

    assert last.returncode == 0 or "is over" in last.stderr, last.stderr
    process("fold", home)
    assert verified(home) == ""

"""The kernel's count of processes that were killed for want of memory."""

from pathlib import Path

import pytest

from runtide.jobs.memory import oom_kill_count

PLACES = {
    "sys/fs/cgroup/user/memory.events": "low 0\noom 3\noom_kill 3\n",
    "sys/fs/cgroup/memory.events": "oom_kill 4\n",
    "sys/fs/cgroup/memory/batch/memory.oom_control": "oom_kill_disable 0\nunder_oom 0\noom_kill 5\n",
    "sys/fs/cgroup/memory/memory.oom_control": "oom_kill 6\n",
    "proc/vmstat": "nr_free_pages 1\noom_kill 7\n",
}


@pytest.mark.parametrize("place", PLACES)
def test_kills_are_read_from_wherever_the_kernel_counts_them(tmp_path: Path, place: str) -> None:
    """Groups of version 2 and 1, by their path or as a container sees them; else the machine."""
    known = {"proc/self/cgroup": "4:memory:/batch\n0::/user\n", place: PLACES[place]}
    for path, text in known.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)

    assert oom_kill_count(tmp_path) == int(PLACES[place].split()[-1])


def test_kills_are_none_where_nobody_counts(tmp_path: Path) -> None:
    assert oom_kill_count(tmp_path) == 0

"""Servers may open more files than a shell lets them."""

import subprocess
import sys

import pytest

from runtide.http.descriptors import DESCRIPTORS

SHOWN = (
    "import resource; from runtide.http.descriptors import raise_descriptor_limit as r; r(); "
    "print(*resource.getrlimit(resource.RLIMIT_NOFILE))"
)


def limits_after(*ulimits: str) -> list[int]:
    """Return the soft and hard limit of a process that a shell with `ulimits` starts."""
    steps = "".join(f"ulimit {each}; " for each in ulimits)
    shown = subprocess.run(
        ["bash", "-ec", f'{steps}exec "$@"', "bash", sys.executable, "-c", SHOWN],
        capture_output=True,
        text=True,
        check=True,
    )
    return [int(word) for word in shown.stdout.split()]


@pytest.mark.parametrize("hard", [4_096, 1_024, 256])
def test_limit_is_raised_as_far_as_it_may_be(hard: int) -> None:
    """Debian's shells give 1,024, those of macOS 256."""
    assert limits_after("-Sn 256", f"-Hn {hard}") == [min(hard, DESCRIPTORS), hard]

"""A seeded stretch of fuzzing, from every envelope of the golden files on."""

import subprocess
import sys
from pathlib import Path

import pytest

GOLDEN = Path(__file__).parents[1] / "data" / "golden"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("target", "run_count"), [("codec", 20_000), ("door", 15_000), ("encoding", 2_000)]
)
def test_whatever_a_stranger_sends_is_refused_or_taken_whole(
    target: str, run_count: int, tmp_path: Path
) -> None:
    """`make fuzz` goes on for longer."""
    flags = [
        f"-runs={run_count}",
        "-seed=1",
        "-max_len=4096",
        "-rss_limit_mb=512",
        f"-artifact_prefix={tmp_path}/",
    ]

    fuzz = [sys.executable, "-m", "tests.fuzz.targets", target, *flags, str(tmp_path), str(GOLDEN)]
    # libFuzzer's memory is the most that its process ever had, which begins with that of whoever
    # started it; a shell has little.
    done = subprocess.run(
        ["sh", "-c", '"$@"; exit $?', "sh", *fuzz],
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr[-4_000:]
    assert f"Done {run_count} runs" in done.stderr

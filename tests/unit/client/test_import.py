"""What `import runtide` costs and brings."""

from __future__ import annotations

import subprocess
import sys

import pytest

import runtide


def loaded_modules() -> set[str]:
    """Return the top-level modules that `import runtide` loads in a fresh interpreter."""
    code = "import runtide, sys; print(*{name.partition('.')[0] for name in sys.modules})"
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    return set(done.stdout.split())


@pytest.mark.parametrize(
    "name", ["pandas", "numpy", "fastapi", "chdb", "pydantic", "pyarrow", "asyncio", "ssl", "http"]
)
def test_import_leaves_heavy_modules_out(name: str) -> None:
    """A training script pays for every one of them."""
    assert name not in loaded_modules()


def test_public_names() -> None:
    """Adding one is easy, taking one away breaks scripts."""
    assert sorted(runtide.__all__) == [
        "Bandit",
        "CondaDependencies",
        "Environment",
        "Experiment",
        "MedianStopping",
        "Model",
        "Pipeline",
        "PipelineRun",
        "Run",
        "RunConfiguration",
        "ScriptRun",
        "ScriptRunConfig",
        "Step",
        "Sweep",
        "SweepRun",
        "Workspace",
        "choice",
        "init",
        "lognormal",
        "loguniform",
        "normal",
        "query",
        "randint",
        "uniform",
    ]
    assert all(getattr(runtide, name).__name__ == name for name in runtide.__all__)

"""Packages, host facts, GPUs, and the machine as it is measured."""

from __future__ import annotations

import importlib.metadata
import os
import subprocess
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import orjson
import psutil
import pytest

from runtide.client.surroundings.gpus import find_gpus
from runtide.client.surroundings.host import host_facts
from runtide.client.surroundings.machine import Machine
from runtide.client.surroundings.packages import package_list
from tests.waiting import wait_until


def test_every_package_is_listed_with_its_version() -> None:
    lines = package_list().splitlines()

    listed = dict(line.split("==") for line in lines if "==" in line)
    for name in ("orjson", "pytest", "psutil"):
        assert listed[name] == importlib.metadata.version(name)
    names = [line.replace(" @ ", "==").partition("==")[0].lower() for line in lines]
    assert names == sorted(set(names))


def test_package_from_elsewhere_is_listed_with_its_address_and_without_secrets(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And a list is made anew once something is installed."""
    package_list()
    monkeypatch.syspath_prepend(tmp_path)
    for name, origin in {
        "git-made": {
            "url": "https://token@example.org/x.git",
            "vcs_info": {"vcs": "git", "commit_id": "abc"},
        },
        "local": {"url": "file:///src/local", "dir_info": {"editable": True}},
        "broken": ["?"],
    }.items():
        folder = tmp_path / f"{name}.dist-info"
        folder.mkdir()
        (folder / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1\n\nx")
        (folder / "direct_url.json").write_bytes(orjson.dumps(origin))

    lines = package_list().splitlines()

    assert "git-made @ git+https://example.org/x.git@abc" in lines
    assert "local @ file:///src/local" in lines
    assert "broken==1" in lines


def test_host_facts_are_a_json_document() -> None:
    facts = orjson.loads(orjson.dumps(host_facts(None)))

    assert facts["command"] == sys.orig_argv
    assert facts["python"]["executable"] == sys.executable
    assert facts["cpu"]["usable_count"] == len(os.sched_getaffinity(0))
    assert facts["memory_bytes"] == pytest.approx(psutil.virtual_memory().total, rel=0.05)
    assert facts["gpus"] == []


class NVMLError(Exception):
    """The driver's refusal."""


def driver(*, fails: bool = False) -> Any:
    """Return a driver with two GPUs, the second of which does not tell its power."""
    nvml: Any = ModuleType("pynvml")

    def init() -> None:
        if fails:
            raise NVMLError

    def power(handle: int) -> int:
        if handle == 1:
            raise NVMLError
        return 250_500

    nvml.NVMLError, nvml.NVML_TEMPERATURE_GPU = NVMLError, 0
    nvml.nvmlInit = init
    nvml.nvmlDeviceGetCount = lambda: 2
    nvml.nvmlDeviceGetHandleByIndex = lambda i: i
    nvml.nvmlDeviceGetName = lambda handle: [b"old", "new"][handle]
    nvml.nvmlDeviceGetUtilizationRates = lambda handle: SimpleNamespace(gpu=90 + handle)
    nvml.nvmlDeviceGetMemoryInfo = lambda handle: SimpleNamespace(used=1 << 30, total=2 << 30)
    nvml.nvmlDeviceGetTemperature = lambda handle, kind: 60
    nvml.nvmlDeviceGetPowerUsage = power
    return nvml


def test_gpus_tell_what_they_can(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pynvml", driver())
    gpus = find_gpus()

    assert gpus is not None
    assert gpus.facts() == [
        {"name": "old", "memory_bytes": 2 << 30},
        {"name": "new", "memory_bytes": 2 << 30},
    ]
    assert dict(gpus.measure()) == {
        "gpu0_percent": 90.0,
        "gpu0_memory_used_bytes": float(1 << 30),
        "gpu0_temperature_celsius": 60.0,
        "gpu0_power_watts": 250.5,
        "gpu1_percent": 91.0,
        "gpu1_memory_used_bytes": float(1 << 30),
        "gpu1_temperature_celsius": 60.0,
    }


@pytest.mark.parametrize("nvml", [None, driver(fails=True)], ids=["no binding", "no driver"])
def test_machine_without_gpus_is_no_error(nvml: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pynvml", nvml)

    assert find_gpus() is None


def test_memory_and_processors_of_the_whole_tree_count(tmp_path: Path) -> None:
    """Data loaders are processes of their own, and so is what they start."""
    grandchild = "x = bytearray(b'1') * 150_000_000; print(flush=True)\nwhile True: pass"
    child = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {grandchild!r}])"
    machine = Machine(pid=os.getpid(), folder=tmp_path, gpus=None)
    alone = dict(machine.measure())
    process = subprocess.Popen(
        [sys.executable, "-c", child], stdout=subprocess.PIPE, start_new_session=True
    )
    try:
        assert process.stdout is not None
        process.stdout.readline()
        together = dict(machine.measure())

        def is_busy() -> bool:
            return dict(machine.measure())["process_cpu_percent"] > 5

        wait_until(is_busy, what="the grandchild's share is seen")
    finally:
        os.killpg(process.pid, 9)
        process.communicate()

    assert together["process_memory_bytes"] > alone["process_memory_bytes"] + 150_000_000
    assert {"cpu_percent", "memory_percent", "memory_used_bytes", "disk_free_bytes"} <= alone.keys()
    assert "network_sent_bytes_per_s" not in alone
    assert together["network_sent_bytes_per_s"] >= 0

"""What every engine promises; the numbers are those of `runtide.jobs.engine.Engine`."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from runtide.jobs.engine import Engine, Launch
from runtide.jobs.engine_kubernetes import KubernetesEngine, job_name
from runtide.jobs.engine_ray import RayEngine
from runtide.jobs.engine_slurm import SlurmEngine
from runtide.jobs.failures import EngineUnavailable, LaunchFailed
from tests.jobs.engine_places import NAMES, EnginePlace, engine_place
from tests.waiting import wait_until

LAUNCHER = """
import os, signal, sys, time
from pathlib import Path
folder = Path(sys.argv[1])
def end(*_):
    (folder / "told").touch()
    sys.exit()
signal.signal(signal.SIGTERM, end)
(folder / "begun").write_text(os.environ["RUNTIDE_URL"])
while not (folder / "go").exists():
    time.sleep(0.02)
"""


@pytest.fixture(scope="module", params=NAMES)
def place(request: pytest.FixtureRequest) -> Iterator[EnginePlace]:
    """Return the place of each engine in turn."""
    with (
        pytest.MonkeyPatch.context() as patch,
        tempfile.TemporaryDirectory() as folder,
        engine_place(request.param, Path(folder), patch) as found,
    ):
        yield found


@pytest.fixture
def engine(place: EnginePlace) -> Engine:
    return place.engine()


def launch(run_id: str, folder: Path) -> Launch:
    environment = {**os.environ, "RUNTIDE_URL": f"http://of/{run_id}"}
    command = [sys.executable, "-c", LAUNCHER.strip(), str(folder)]
    return Launch(run_id, command, environment)


def started(engine: Engine, run_id: str, folder: Path) -> None:
    engine.start(launch(run_id, folder))
    wait_until((folder / "begun").exists, what="the launcher is executed")


def ended(engine: Engine, run_id: str) -> bool:
    return engine.alive([run_id]) == set()


def test_launcher_is_executed_with_its_environment(engine: Engine, tmp_path: Path) -> None:
    started(engine, "a_1", tmp_path)

    wait_until((tmp_path / "begun").read_text, what="the environment is told")

    assert (tmp_path / "begun").read_text() == "http://of/a_1"
    assert engine.alive(["a_1", "never_1"]) == {"a_1"}
    (tmp_path / "go").touch()
    wait_until(lambda: ended(engine, "a_1"), what="the launcher is gone")


def test_another_engine_finds_the_launchers(
    place: EnginePlace, engine: Engine, tmp_path: Path
) -> None:
    """Promise 2: after a restart of the queue."""
    started(engine, "b_1", tmp_path)

    assert place.engine().alive(["b_1"]) == {"b_1"}
    (tmp_path / "go").touch()
    wait_until(lambda: ended(engine, "b_1"), what="the launcher is gone")


def test_launcher_that_is_to_cancel_gets_sigterm(
    place: EnginePlace, engine: Engine, tmp_path: Path
) -> None:
    """Promise 4."""
    started(engine, "c_1", tmp_path)

    place.engine().cancel("c_1")

    wait_until((tmp_path / "told").exists, what="the launcher was told")
    wait_until(lambda: ended(engine, "c_1"), what="the launcher is gone")


def test_nobody_is_asked_of_whom_nothing_is_known(engine: Engine) -> None:
    engine.cancel("never_1")
    engine.end_leftovers("never_1")

    assert engine.alive([]) == set()
    assert engine.alive(["never_1"]) == set()


def test_launcher_survives_who_started_it(place: EnginePlace, tmp_path: Path) -> None:
    """Promise 1."""
    if place.name == "ray":
        address = place.address
        made = f"from runtide.jobs.engine_ray import RayEngine; engine = RayEngine({address!r})"
    elif place.name == "kubernetes":
        made = (
            "from runtide.jobs.engine_kubernetes import KubernetesEngine;"
            "engine = KubernetesEngine(namespace='runs', image='runtide:1', pod={})"
        )
    else:
        kind = "LocalEngine" if place.name == "local" else "SlurmEngine"
        made = (
            f"from runtide.jobs.engine_{place.name} import {kind}; from pathlib import Path;"
            f"engine = {kind}(Path({str(place.jobs)!r}))"
        )
    source = (
        f"{made}\nimport os, signal; from runtide.jobs.engine import Launch\n"
        f"engine.start(Launch(*{tuple(launch('d_1', tmp_path))!r}))\n"
        "os.kill(os.getpid(), signal.SIGKILL)"
    )

    subprocess.run([sys.executable, "-c", source], check=False, timeout=60)

    wait_until((tmp_path / "begun").exists, what="the launcher is executed")
    assert place.engine().alive(["d_1"]) == {"d_1"}
    (tmp_path / "go").touch()
    wait_until(lambda: ended(place.engine(), "d_1"), what="the launcher is gone")


def test_engine_that_is_away_is_tried_again() -> None:
    with pytest.raises(EngineUnavailable, match="ray status"):
        RayEngine("http://127.0.0.1:9").alive(["r"])


def test_engine_whose_programs_are_missing_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(LaunchFailed, match="sbatch"):
        SlurmEngine(tmp_path).start(launch("r", tmp_path))
    with pytest.raises(LaunchFailed, match="kubectl"):
        KubernetesEngine(namespace="n", image="i", pod={}).start(launch("r", tmp_path))


def test_pod_is_what_was_asked_for_and_is_never_executed_twice() -> None:
    pod: dict[str, Any] = {
        "nodeSelector": {"gpu": "yes"},
        "restartPolicy": "Always",
        "containers": [{"resources": {"limits": {"cpu": 1}}, "env": [{"name": "A", "value": "b"}]}],
    }
    engine = KubernetesEngine(namespace="n", image="runtide:1", pod=pod)

    job = engine.manifest(Launch("r_1", ["python"], {"RUNTIDE_URL": "u", "SECRET": "s"}))

    spec = job["spec"]["template"]["spec"]
    assert job["metadata"]["name"] == job_name("r_1")
    assert job["metadata"]["annotations"] == {"runtide.run": "r_1"}
    assert (job["spec"]["backoffLimit"], spec["restartPolicy"]) == (0, "Never")
    assert spec["nodeSelector"] == {"gpu": "yes"}
    assert spec["containers"] == [
        {
            "name": "launcher",
            "image": "runtide:1",
            "command": ["python"],
            "resources": {"limits": {"cpu": 1}},
            "env": [{"name": "RUNTIDE_URL", "value": "u"}, {"name": "A", "value": "b"}],
        }
    ]

"""A run's surroundings in its record: what the environment turns on, and what each run gets."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import orjson
import pytest

import runtide
from runtide.artifacts.local import LocalArtifacts
from runtide.client import lifecycle
from runtide.client.surroundings import observer
from runtide.core.events import FileUploaded, PropertiesAdded, SystemMeasured, TextLogged
from tests.quiet import NO_CAPTURES
from tests.recorded import recorded
from tests.scripts import run_script
from tests.waiting import wait_until

ALL = {**dict.fromkeys(NO_CAPTURES, "1"), "RUNTIDE_SYSTEM_INTERVAL_S": "0.1"}
CONSOLE = "user_logs/std_log.txt"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Return a data folder; what a test leaves open is closed as at the end of a process."""
    folder = tmp_path / "cwd"
    folder.mkdir()
    monkeypatch.chdir(folder)
    monkeypatch.setattr(observer, "FIRST_INTERVAL_S", 0.01)
    yield tmp_path / "home"
    lifecycle._at_exit()


def turned_on(monkeypatch: pytest.MonkeyPatch, *names: str) -> None:
    for name in names:
        monkeypatch.setenv(name, ALL[name])


def printed(home: Path, run: str | None = None) -> str:
    return "".join(e.text for e in recorded(home).events(run) if isinstance(e, TextLogged))


def test_script_records_all_of_it_with_nothing_set(home: Path) -> None:
    """However short it is: the end of the run waits for what it was started with."""
    source = """
    import sys, runtide
    print("before")
    run = runtide.init()
    print("größe", 1)
    print("oh", file=sys.stderr)
    run.complete()
    print("after")
    """
    done = run_script(home, source, **ALL)

    got = recorded(home)
    assert (done.returncode, done.stdout) == (0, "before\ngröße 1\nafter\n")
    assert printed(home) == "größe 1\noh\n"
    assert {event.file for event in got.of_type(TextLogged)} == {CONSOLE}
    blobs = {event.path: event.sha256 for event in got.of_type(FileUploaded)}
    assert blobs.keys() == {"system/packages.txt", "system/host.json"}
    facts = b"".join(LocalArtifacts(home).read(blobs["system/host.json"]))
    assert orjson.loads(facts)["command"][-1].endswith("script.py")
    assert got.events()[-1].type == "state"


def test_repository_is_in_the_properties_and_its_diff_a_file(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    turned_on(monkeypatch, "RUNTIDE_CAPTURE_GIT")
    monkeypatch.setenv("AZUREML_GIT_BRANCH", "main")
    monkeypatch.setenv("AZUREML_GIT_COMMIT", "abc")

    runtide.init(home=home).complete()

    (added,) = recorded(home).of_type(PropertiesAdded)
    assert added.set == {
        "azureml.git.branch": "main",
        "mlflow.source.git.branch": "main",
        "azureml.git.commit": "abc",
        "mlflow.source.git.commit": "abc",
    }


def test_machine_is_measured_for_every_open_run_and_for_none_that_ended(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    turned_on(monkeypatch, "RUNTIDE_SYSTEM_INTERVAL_S")
    run = runtide.init(home=home)
    child = run.child_run()
    batch = run.create_children(2)

    def names(of: runtide.Run) -> set[str]:
        run.flush()
        events = recorded(home).events(of.id)
        return {event.name for event in events if isinstance(event, SystemMeasured)}

    def measured_count() -> int:
        run.flush()
        return len(recorded(home).of_type(SystemMeasured))

    wait_until(lambda: "cpu_percent" in names(child), what="the child is measured")
    child.complete()
    at_end = len(recorded(home).events(child.id))
    seen = measured_count()
    wait_until(lambda: measured_count() > seen, what="the parent is measured on")

    assert len(recorded(home).events(child.id)) == at_end
    assert {"process_memory_bytes", "memory_percent"} <= names(run)
    assert [names(one) for one in batch] == [set(), set()]
    (host,) = {event.host for event in recorded(home).of_type(SystemMeasured)}
    assert host == os.uname().nodename


def test_text_is_the_innermost_runs(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    turned_on(monkeypatch, "RUNTIDE_CAPTURE_CONSOLE")
    run = runtide.init(home=home)
    print("a")
    with run.child_run() as child:
        child.create_children(2)
        print("b")
    print("c")
    run.complete()
    print("d")

    assert (printed(home, run.id), printed(home, child.id)) == ("a\nc\n", "b\n")
    assert "write" not in vars(sys.stdout)


def test_much_text_and_text_that_no_encoding_holds_are_kept(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    turned_on(monkeypatch, "RUNTIDE_CAPTURE_CONSOLE")
    run = runtide.init(home=home)
    for i in range(200):
        print(i, "\x00é" * 5_000)
    sys.stdout.write("\udcff\n")
    run.complete()

    lines = printed(home).split("\n")
    assert lines[199] == "199 " + "\x00é" * 5_000
    assert lines[200:] == ["?", ""]
    assert recorded(home).gaps() == []


@pytest.mark.parametrize(("rank", "local_rank"), [("1", "0"), ("1", "1")])
def test_further_process_of_a_training_leaves_the_origin_to_the_first(
    home: Path, monkeypatch: pytest.MonkeyPatch, rank: str, local_rank: str
) -> None:
    """And the machine to the first of its host."""
    turned_on(monkeypatch, "RUNTIDE_CAPTURE_HOST", "RUNTIDE_SYSTEM_INTERVAL_S")
    monkeypatch.setenv("RANK", rank)
    monkeypatch.setenv("LOCAL_RANK", local_rank)

    run = runtide.init(home=home)

    assert run._observed is not None
    assert run._observed.origin is None
    assert bool(run._observed.interval_s) == (local_rank == "0")


def test_submitted_script_leaves_its_text_and_repository_to_others(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What executes it keeps what it prints, and where it was submitted git was asked."""
    turned_on(monkeypatch, *ALL)
    monkeypatch.setenv("RUNTIDE_HOME", str(home))
    monkeypatch.setenv("RUNTIDE_RUN_ID", "submitted-elsewhere")
    monkeypatch.setenv("AZUREML_GIT_COMMIT", "abc")

    run = runtide.Run.get_context()
    print("a")
    run.complete()

    got = recorded(home)
    assert (printed(home), got.of_type(PropertiesAdded)) == ("", [])
    assert {event.path for event in got.of_type(FileUploaded)} == {
        "system/packages.txt",
        "system/host.json",
    }


def test_forked_child_keeps_nothing_and_its_parent_goes_on(home: Path) -> None:
    source = """
    import os, sys, time, runtide
    run = runtide.init()
    print("parent", flush=True)
    child = os.fork()
    if child == 0:
        print("child", flush=True)
        assert "write" not in vars(sys.stdout)
        run.log("x", 1)
        run.flush()
        os._exit(0)
    assert os.waitpid(child, 0)[1] == 0
    print("parent again", flush=True)
    """
    done = run_script(home, source, **ALL)

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "parent\nchild\nparent again\n"
    assert printed(home) == "parent\nparent again\n"
    assert recorded(home).values("x") == [1]


def test_uncaught_exception_is_among_what_is_kept(home: Path) -> None:
    done = run_script(home, "import runtide\nruntide.init()\n1 / 0\n", **ALL)

    assert "ZeroDivisionError" in done.stderr
    assert "ZeroDivisionError: division by zero\n" in printed(home)

"""Scripts written for the retired SDK, each in a process of its own that logs to an empty folder."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from runtide.log.sqlite import SqliteLog
from tests.scripts import script_environment


def python(
    tmp_path: Path, *words: str, path: Path | None = None, **more: str
) -> subprocess.CompletedProcess[str]:
    """Run an interpreter in `tmp_path`, with `path` in front of its own."""
    environment = script_environment(tmp_path / "home", **more)
    if path is not None:
        places = (str(path), environment.get("PYTHONPATH", ""))
        environment["PYTHONPATH"] = os.pathsep.join(filter(None, places))
    return subprocess.run(
        [sys.executable, *words],
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
        cwd=tmp_path,
        env=environment,
    )


@pytest.fixture
def installed(tmp_path: Path) -> Path:
    """Return a folder of packages with an `azureml` that is not ours."""
    folder = tmp_path / "packages"
    (folder / "azureml/core").mkdir(parents=True)
    (folder / "azureml/__init__.py").touch()
    (folder / "azureml/core/__init__.py").write_text("VERSION = 'real'\n")
    return folder


SHOW = "import azureml.core; print(azureml.core.VERSION)"


def test_first_cell_of_every_sample_works_on_a_fresh_machine(tmp_path: Path) -> None:
    """There is no configuration file yet, and one line says which workspace that makes it."""
    done = python(
        tmp_path,
        "-c",
        "import runtide.azureml\n"
        "from azureml.core import Workspace\n"
        "for _ in range(2):\n"
        "    ws = Workspace.from_config()\n"
        "print(ws.name, ws.resource_group, ws.subscription_id, isinstance(ws, Workspace))\n",
    )

    assert done.stdout == "default default 00000000-0000-0000-0000-000000000000 True\n", done.stderr
    assert done.stderr.count("no workspace configuration") == 1


def test_workspace_of_the_file_above_is_taken(tmp_path: Path) -> None:
    (tmp_path / ".azureml").mkdir()
    (tmp_path / ".azureml/config.json").write_text(
        '{"subscription_id": "s", "resource_group": "g", "workspace_name": "team"}'
    )
    done = python(
        tmp_path,
        "-c",
        "import runtide.azureml; from azureml.core import Workspace as W; print(W.from_config().name)",
    )

    assert (done.stdout, done.stderr) == ("team\n", "")


def test_what_the_documents_say_and_the_sdk_refused_is_accepted(tmp_path: Path) -> None:
    done = python(
        tmp_path,
        "-c",
        "import runtide.azureml\n"
        "from azureml.core import Experiment, Run, Workspace\n"
        "ws = Workspace.from_config()\n"
        "run = Run.start_logging(experiment=Experiment(workspace_object=ws, name='old'))\n"
        "run.log_metric('accuracy', 0.9)\n"
        "run.complete()\n",
    )

    assert done.returncode == 0, done.stderr
    log = SqliteLog(tmp_path / "home")
    assert b'"accuracy"' in b"".join(record.value for record in log.read(0, 0, bytes_max=1 << 20))
    log.close()


def test_script_is_started_with_its_imports_unchanged(tmp_path: Path) -> None:
    """It is the main module, has its arguments, and so have the processes that it starts."""
    (tmp_path / "train.py").write_text(
        "import subprocess, sys\n"
        "from azureml.core import Run\n"
        "print(__name__, sys.argv[1:], Run.__module__, flush=True)\n"
        "if len(sys.argv) == 2:\n"
        "    subprocess.run([sys.executable, __file__, 'a', 'child'], check=True)\n"
    )

    done = python(tmp_path, "-m", "runtide.azureml", "train.py", "--once")

    assert done.stdout.splitlines() == [
        "__main__ ['--once'] runtide.client.run",
        "__main__ ['a', 'child'] runtide.client.run",
    ], done.stderr


def test_installed_sdk_is_not_hidden(tmp_path: Path, installed: Path) -> None:
    done = python(tmp_path, "-c", "import runtide.azureml", path=installed)
    started = python(tmp_path, "-m", "runtide.azureml", "-c", SHOW, path=installed)
    beside = python(tmp_path, "-c", f"import runtide; {SHOW}", path=installed)

    for refused in (done, started):
        assert refused.returncode == 1
        assert f"is installed in {installed / 'azureml'}" in refused.stderr
        assert "RUNTIDE_AZUREML=force" in refused.stderr
    assert beside.stdout == "real\n"


def test_installed_sdk_is_hidden_by_who_asks(tmp_path: Path, installed: Path) -> None:
    """Also when it was imported before."""
    loaded = f"import azureml.core, runtide.azureml; {SHOW}"
    done = python(tmp_path, "-c", loaded, path=installed, RUNTIDE_AZUREML="force")
    started = python(
        tmp_path, "-m", "runtide.azureml", "-c", SHOW, path=installed, RUNTIDE_AZUREML="force"
    )

    for asked in (done, started):
        assert "+runtide." in asked.stdout, asked.stderr


def test_folder_that_has_the_name_is_no_installed_sdk(tmp_path: Path) -> None:
    (tmp_path / "azureml").mkdir()
    (tmp_path / "azureml/notes.txt").touch()

    done = python(tmp_path, "-c", f"import runtide.azureml; {SHOW}", path=tmp_path)

    assert "+runtide." in done.stdout, done.stderr


def test_setting_that_cannot_be_is_refused_by_name(tmp_path: Path) -> None:
    done = python(tmp_path, "-c", "import runtide; runtide.init()", RUNTIDE_AZUREML="yes")

    assert "RUNTIDE_AZUREML is 'yes': want `1` or `force`" in done.stderr

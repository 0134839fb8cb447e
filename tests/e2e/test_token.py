"""A server that others reach, and who is let in: scripts, commands and what it executes itself."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from runtide.folder_token import TOKEN_NAME
from tests.faults.processes import Process, server, wait_until_ready
from tests.scripts import run_script, script_environment
from tests.waiting import wait_until


def command(home: Path, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "runtide.cli", *words],
        env=script_environment(home, **more),
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
    )


def new_token(home: Path, *words: str) -> str:
    made = command(home, "token", "create", *words)
    assert made.returncode == 0, made.stderr
    return made.stdout.strip()


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a data folder in which an operator has a token before any server has run."""
    return tmp_path_factory.mktemp("tokens") / "data"


@pytest.fixture(scope="module")
def lab(home: Path) -> str:
    """Return a writer's token of the workspace `lab`."""
    return new_token(home, "--workspace", "lab", "--role", "writer", "--name", "box")


@pytest.fixture(scope="module")
def running(home: Path, lab: str) -> Iterator[Process]:
    """Run a server that listens on every address of this machine."""
    assert lab
    with server(home, settings={"RUNTIDE_UP_HOST": "0.0.0.0"}) as process:
        yield process


@pytest.fixture(scope="module")
def url(home: Path, running: Process) -> str:
    """Return where it answers."""
    return wait_until_ready(home, running)


LOGS = """
    import runtide
    with runtide.init(experiment="shared") as run:
        run.log("loss", 0.25)
        path = __file__
        run.upload_file("outputs/script.py", path)
    print(run.get_metrics())
    print(run.id)
"""


def test_server_that_others_reach_lets_in_nobody_without_a_token(url: str) -> None:
    refused = httpx.get(f"{url}/api/v1/runs")

    assert refused.status_code == 401
    assert "RUNTIDE_TOKEN" in refused.json()["detail"]
    assert httpx.get(f"{url}/replays/v1/x").status_code == 401
    assert httpx.post(f"{url}/ingest/v1/envelopes", content=b"{}").status_code == 401


def test_script_with_a_token_logs_and_reads_over_http(
    home: Path, url: str, lab: str, tmp_path: Path
) -> None:
    settings = {"RUNTIDE_URL": url, "RUNTIDE_TOKEN": lab, "RUNTIDE_WORKSPACE": "lab"}
    done = run_script(tmp_path / "spool", LOGS, **settings)
    listed = command(home, "runs", "--json", **settings)

    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[0] == "{'loss': 0.25}"
    assert [run["workspace"] for run in json.loads(listed.stdout)["runs"]] == ["lab"]
    assert lab.split("_")[2] not in done.stdout + done.stderr + listed.stdout


def test_script_that_is_not_let_in_says_so_and_keeps_what_it_logged(
    url: str, lab: str, tmp_path: Path
) -> None:
    spool = tmp_path / "spool"
    source = LOGS.split("print", maxsplit=1)[0].replace(
        'run.upload_file("outputs/script.py", path)', ""
    )
    settings = {"RUNTIDE_URL": url, "RUNTIDE_WORKSPACE": "lab"}

    refused = run_script(spool, source, RUNTIDE_TOKEN=f"{lab[:-1]}x", **settings)
    said = refused.stderr
    delivered = command(spool, "deliver", RUNTIDE_TOKEN=lab, **settings)

    assert "RUNTIDE_TOKEN" in said
    assert lab.split("_")[2][:-1] not in said
    assert delivered.returncode == 0, delivered.stdout + delivered.stderr
    assert "1" in delivered.stdout


def test_reading_without_being_let_in_says_what_to_do(home: Path, url: str, tmp_path: Path) -> None:
    refused = command(tmp_path, "runs", RUNTIDE_URL=url)

    assert refused.returncode == 2
    assert "RUNTIDE_TOKEN" in refused.stderr


def test_tools_of_the_folder_are_let_in_and_its_token_is_its_owners(home: Path, url: str) -> None:
    assert url
    listed = command(home, "token", "list", "--json")

    assert [token["name"] for token in json.loads(listed.stdout)["tokens"]] == ["box"]
    assert (home / TOKEN_NAME).stat().st_mode & 0o777 == 0o600


def test_submitted_script_is_executed_and_reads_where_tokens_are_demanded(
    home: Path, url: str, tmp_path: Path
) -> None:
    assert url
    (tmp_path / "train.py").write_text(
        "import runtide\nrun = runtide.Run.get_context()\nrun.log('a', 1)\nprint(run.get_metrics())\n"
    )
    done = command(home, "submit", "--follow", "--source", str(tmp_path), "train.py")

    assert done.returncode == 0, done.stdout + done.stderr
    assert "{'a': 1}" in done.stdout


def test_revoked_token_lets_in_nobody(home: Path, url: str) -> None:
    text = new_token(home, "--workspace", "lab", "--role", "reader", "--expires", "1h")
    headers = {"Authorization": f"Bearer {text}"}
    wait_until(
        lambda: httpx.get(f"{url}/api/v1/session", headers=headers).status_code == 200,
        what="the token lets in",
        deadline_s=20,
    )
    revoked = command(home, "token", "revoke", text.split("_")[1])
    assert revoked.returncode == 0, revoked.stderr

    wait_until(
        lambda: httpx.get(f"{url}/api/v1/session", headers=headers).status_code == 401,
        what="the token lets in nobody",
        deadline_s=20,
    )

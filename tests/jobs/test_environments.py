"""The Pythons that scripts run in: built once, with the SDK in them, or refused with the remedy."""

import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from runtide.address import find_address
from runtide.jobs.environments import Environments, Python, Tools, find_tools
from runtide.jobs.failures import LaunchFailed
from tests.faults.processes import server
from tests.jobs.running import Site, are_gone, processes_of
from tests.jobs.wheels import make_stalled_source, make_wheels
from tests.waiting import wait_until

VERSION = ".".join(map(str, sys.version_info[:2]))
NO_TOOLS = Tools(uv=None, conda=None)
SCRIPT = (
    "import runtide, sys, tiny; print(tiny.NAME, sys.prefix); runtide.Run.get_context().log('a', 1)"
)

# What a conda does, as far as it matters: an environment at the prefix, from a specification.
CONDA = f"""#!{sys.executable}
import sys, venv
venv.create(sys.argv[sys.argv.index("-p") + 1], with_pip=False)
print(open(sys.argv[sys.argv.index("-f") + 1]).read())
"""


class Builder:
    """Builds for real, and remembers what it was told."""

    def __init__(self, folder: Path, tools: Tools, variables: dict[str, str]) -> None:
        self.said: list[str] = []
        self.commands: list[list[str]] = []
        self._variables = variables
        self.environments = Environments(
            folder, tools=tools, build=self._build, say=self.said.append, check=lambda: None
        )

    def _build(self, command: Sequence[str], *, folder: Path) -> None:
        self.commands.append(list(command))
        subprocess.run(
            command, cwd=folder, env=self._variables, check=True, capture_output=True, timeout=120
        )


@pytest.fixture(scope="module")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    return {"PATH": "/usr/bin:/bin"} | make_wheels(tmp_path_factory.mktemp("packages") / "wheels")


def imported(python: Python) -> str:
    """Return what an environment says that can import both the SDK and a requirement."""
    code = "import orjson, runtide, tiny; print(tiny.NAME, runtide.Run.__name__)"
    done = subprocess.run(
        [python.interpreter, "-I", "-c", code], check=True, capture_output=True, text=True
    )
    return done.stdout.strip()


def test_environment_is_built_once_without_any_tool(tmp_path: Path, wheels: dict[str, str]) -> None:
    document = {"kind": "venv", "requirements": ["tiny"]}
    first = Builder(tmp_path, NO_TOOLS, wheels)
    second = Builder(tmp_path, NO_TOOLS, wheels)

    built = first.environments.get(document)
    found = second.environments.get(document)

    assert imported(built) == "tiny Run"
    assert found == built
    assert second.commands == []


def test_environment_whose_build_was_interrupted_is_built_again(
    tmp_path: Path, wheels: dict[str, str]
) -> None:
    document = {"kind": "venv", "requirements": ["tiny"]}
    whole = Builder(tmp_path, find_tools(), wheels).environments.get(document)
    prefix = Path(whole.interpreter).parents[1]
    (prefix / "whole").unlink()
    (prefix / "rest").touch()

    again = Builder(tmp_path, find_tools(), wheels).environments.get(document)

    assert again == whole
    assert not (prefix / "rest").exists()


def test_conda_environment_is_built_by_conda(tmp_path: Path, wheels: dict[str, str]) -> None:
    conda = tmp_path / "micromamba"
    conda.write_text(CONDA)
    conda.chmod(0o755)
    builder = Builder(tmp_path, find_tools()._replace(conda=str(conda)), wheels)
    document = {"kind": "conda", "conda": {"dependencies": ["numpy"]}}

    built = builder.environments.get(document)

    prefix = str(Path(built.interpreter).parents[1])
    assert builder.commands[0] == [
        *(str(conda), "create", "-y", "-p", prefix, "-f", f"{prefix}.yml"),
    ]
    assert Path(built.interpreter).is_file()


@pytest.mark.parametrize(
    ("document", "remedy"),
    [
        ({"kind": "conda", "conda": {"dependencies": ["numpy"]}}, "install conda"),
        ({"kind": "venv", "python": "3.3"}, "install uv"),
    ],
    ids=["conda", "python"],
)
def test_what_cannot_be_built_is_refused_with_the_remedy(
    tmp_path: Path, document: dict[str, Any], remedy: str
) -> None:
    with pytest.raises(LaunchFailed, match=remedy):
        Builder(tmp_path, NO_TOOLS, {}).environments.get(document)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, wheels: dict[str, str]) -> Iterator[Site]:
    """Return a data folder whose launchers install from the folder of packages."""
    home = tmp_path_factory.mktemp("home")
    with server(home, settings=wheels):
        address = find_address(home)
        assert address is not None
        yield Site(home, address.url)


def test_run_is_executed_in_the_environment_that_it_describes(site: Site) -> None:
    """Two that need the same one at once wait for one build of it."""
    pip_alone = {"dependencies": [f"python={VERSION}", "pip", {"pip": ["tiny"]}]}
    first, second = (
        site.python(SCRIPT, environment={"kind": "conda", "conda": pip_alone}) for _ in range(2)
    )
    wanted = {"kind": "venv", "requirements": ["tiny", "no-such-package==1"]}
    hopeless = site.python(SCRIPT, environment=wanted)

    runs = [site.ended(run_id) for run_id in (first, second, hopeless)]

    assert [run["status"] for run in runs] == ["Completed", "Completed", "Failed"], runs
    texts = [site.text(run_id) for run_id in (first, second)]
    assert texts[0] == texts[1]
    assert texts[0].startswith(f"tiny {site.home / 'environments'}")
    logs = [site.text(run_id, "user_logs/build_log.txt") for run_id in (first, second)]
    assert all("conda was not found" in log for log in logs)
    assert sum("building environment" in log for log in logs) == 1
    assert "the environment could not be built" in runs[2]["status_reason"]
    assert "no-such-package" in runs[2]["error"]["output"]
    assert "no-such-package" in site.text(hopeless, "user_logs/build_log.txt")


def test_run_canceled_while_its_environment_is_built_leaves_nothing_that_is_used_again(
    site: Site, wheels: dict[str, str], tmp_path: Path
) -> None:
    """What is half built has an interpreter already, and lacks the packages."""
    stall = tmp_path / "stall"
    stall.touch()
    make_stalled_source(Path(wheels["PIP_FIND_LINKS"]), stall)
    script = "import stalled; print(stalled.NAME)"
    environment = {"kind": "venv", "requirements": ["stalled"]}
    canceled = site.python(script, environment=environment)
    wait_until(lambda: stall.read_text() == "reached", what="the build is under way")
    pids = [process.pid for process in processes_of(canceled)]

    site.cancel(canceled)

    wait_until(lambda: are_gone(pids), what="the build is gone", deadline_s=10)
    run = site.ended(canceled)
    stall.unlink()
    again = site.python(script, environment=environment)
    assert len(pids) >= 2, pids
    assert run["status"] == "Canceled", run
    assert site.ended(again)["status"] == "Completed"
    assert site.text(again) == "stalled\n"

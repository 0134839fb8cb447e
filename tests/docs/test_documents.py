"""What the documents say is so: their Python runs, and their links lead somewhere."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.processes import server

ROOT = Path(__file__).parents[2]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
PYTHON = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\(([^)\s]+)\)")

# Decisions show fragments of code that is gone or not to be run.
RUN = [path for path in DOCUMENTS if PYTHON.search(path.read_text()) and "adr" not in path.parts]
EXAMPLES = sorted((ROOT / "examples").glob("*.py"))


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    """Return a data folder with a server, which ends with the test."""
    folder = tmp_path / "home"
    folder.mkdir()
    with server(folder):
        yield folder


def run(path: Path, home: Path) -> subprocess.CompletedProcess[str]:
    """Run a script beside the data folder `home`, with that as its only setting."""
    bare = {name: value for name, value in os.environ.items() if name[:8] != "RUNTIDE_"}
    return subprocess.run(
        [sys.executable, str(path)],
        cwd=home.parent,
        env={**bare, "RUNTIDE_HOME": str(home)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.mark.parametrize("document", RUN, ids=name_of)
def test_python_of_a_document_runs_from_top_to_bottom(document: Path, home: Path) -> None:
    """A reader copies it, and it works or the reader leaves."""
    script = home.parent / "script.py"
    script.write_text("\n".join(PYTHON.findall(document.read_text())))

    done = run(script, home)

    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("example", EXAMPLES, ids=name_of)
def test_example_runs(example: Path, home: Path) -> None:
    done = run(example, home)

    assert done.returncode == 0, done.stderr
    assert done.stdout


def test_readme_s_example_prints_what_was_logged(home: Path) -> None:
    script = home.parent / "script.py"
    script.write_text("\n".join(PYTHON.findall((ROOT / "README.md").read_text())))

    done = run(script, home)

    assert "{'scores': {'class': ['cat', 'dog'], 'f1': [0.91, 0.87]}}" in done.stdout


@pytest.mark.parametrize("document", DOCUMENTS, ids=name_of)
def test_links_within_the_project_lead_somewhere(document: Path) -> None:
    links = [link for link in LINK.findall(document.read_text()) if "://" not in link]

    missing = [link for link in links if not (document.parent / link.partition("#")[0]).exists()]

    assert missing == []


@pytest.mark.parametrize("command", ["make demo", "make test"])
def test_readme_names_the_two_commands(command: str) -> None:
    assert f"$ {command}\n" in (ROOT / "README.md").read_text()

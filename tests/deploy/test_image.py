"""The image: pinned, made of what is there, and run by nobody in particular."""

import re
import tomllib

import pytest

from tests.deploy.composition import ROOT

LINES = re.sub(r"\s*\\\n\s*", " ", (ROOT / "Dockerfile").read_text(encoding="utf-8")).splitlines()
BASES = [line.split()[1] for line in LINES if line.startswith("FROM ")]
COPIED = [
    source
    for line in LINES
    if line.startswith("COPY ") and "--from=" not in line
    for source in line.split()[1:-1]
]
LET_IN = [
    line.removeprefix("!")
    for line in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    if line.startswith("!")
]


@pytest.mark.parametrize("base", sorted(set(BASES)))
def test_base_is_pinned(base: str) -> None:
    assert re.fullmatch(r"[a-z]+:\d+\.\d+\.\d+-[a-z-]+", base)


def test_packages_are_installed_by_the_python_that_runs_them() -> None:
    """Extension modules and the virtual environment are of one interpreter."""
    packages, last = [base for base in BASES if base.startswith("python:")]

    assert packages == last


@pytest.mark.parametrize("source", COPIED)
def test_what_is_copied_is_there_and_let_in(source: str) -> None:
    """What .dockerignore holds back is not found, on the machine that builds."""
    assert (ROOT / source).exists()
    assert any(source.rstrip("/") == name or source.startswith(f"{name}/") for name in LET_IN)


def test_every_import_package_is_copied() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))

    packages = project["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]

    assert {f"{package}/" for package in packages} <= set(COPIED)
    assert "cluster" in project["project"]["optional-dependencies"]


def test_nothing_is_installed_that_is_not_pinned() -> None:
    installs = [line for line in LINES if re.search(r"\b(uv )?pip install\b", line)]

    assert installs
    for line in installs:
        assert re.search(r"constraints\.txt|--require-hashes", line)


def test_user_is_a_number_that_is_not_root() -> None:
    """Kubernetes can tell of a number alone that it is not root."""
    users = [line.split()[1] for line in LINES if line.startswith("USER ")]

    assert users == ["10001:10001"]

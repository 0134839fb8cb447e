"""What a job says about its Python."""

import re
from importlib.metadata import requires
from typing import Any

import pytest

from runtide.errors import UsageError
from runtide.jobs import environments
from runtide.jobs.core.environment import (
    CondaRecipe,
    Interpreter,
    VenvRecipe,
    is_path,
    is_version,
    parse_environment,
    recipe_digest,
    without_conda,
)


@pytest.mark.parametrize(
    ("document", "meant"),
    [
        ({}, Interpreter(None)),
        ({"kind": "current", "name": "any"}, Interpreter(None)),
        ({"kind": "interpreter", "python": "/usr/bin/python3"}, Interpreter("/usr/bin/python3")),
        ({"kind": "venv"}, VenvRecipe(None, ())),
        (
            {"kind": "venv", "python": "3.12", "requirements": [" numpy ", "", "-r x"]},
            VenvRecipe("3.12", ("numpy", "-r x")),
        ),
        ({"kind": "conda", "conda": {"name": "e"}}, CondaRecipe({"name": "e"})),
    ],
    ids=["nothing", "current", "interpreter", "empty venv", "venv", "conda"],
)
def test_description_is_parsed(document: dict[str, Any], meant: object) -> None:
    assert parse_environment(document) == meant


@pytest.mark.parametrize(
    "document",
    [
        {"kind": "docker"},
        {"kind": "interpreter"},
        {"kind": "interpreter", "python": 3},
        {"kind": "venv", "python": 3.11},
        {"kind": "venv", "requirements": "numpy"},
        {"kind": "venv", "requirements": [1]},
        {"kind": "conda"},
    ],
    ids=str,
)
def test_wrong_description_is_refused_with_what_is_wanted(document: dict[str, Any]) -> None:
    with pytest.raises(UsageError, match="want"):
        parse_environment(document)


@pytest.mark.parametrize(
    ("dependencies", "venv"),
    [
        (None, VenvRecipe(None, ())),
        (
            ["python=3.8.13", {"pip": ["azureml-defaults"]}],
            VenvRecipe("3.8.13", ("azureml-defaults",)),
        ),
        (["python==3.11.*", "pip=24", "setuptools", {"pip": None}], VenvRecipe("3.11", ())),
        (["python>=3.8"], None),
        (["numpy"], None),
        ([{"npm": []}], None),
        ([3], None),
    ],
    ids=str,
)
def test_conda_environment_of_pip_packages_alone_is_a_virtual_one(
    dependencies: object, venv: VenvRecipe | None
) -> None:
    assert without_conda(CondaRecipe({"dependencies": dependencies})) == venv


def test_recipes_that_differ_in_the_order_of_requirements_alone_share_an_environment() -> None:
    first = recipe_digest(VenvRecipe(None, ("a", "b")), platform="p")

    assert first == recipe_digest(VenvRecipe(None, ("b", "a")), platform="p")
    assert first != recipe_digest(VenvRecipe(None, ("a",)), platform="p")
    assert first != recipe_digest(VenvRecipe("3.12", ("a", "b")), platform="p")
    assert first != recipe_digest(VenvRecipe(None, ("a", "b")), platform="q")


def test_name_of_a_conda_environment_is_no_part_of_what_it_is() -> None:
    one, other = ({"name": name, "dependencies": ["numpy"]} for name in ("a", "b"))

    assert recipe_digest(CondaRecipe(one), platform="p") == recipe_digest(
        CondaRecipe(other), platform="p"
    )


def test_version_is_satisfied_by_what_it_begins() -> None:
    assert is_version("3.11", version=(3, 11, 7))
    assert is_version("3.11.7", version=(3, 11, 7))
    assert not is_version("3.1", version=(3, 11, 7))
    assert not is_version("3.11.8", version=(3, 11, 7))


def test_path_is_no_version() -> None:
    assert is_path("/usr/bin/python3")
    assert is_path("pypy3.11")
    assert not is_path("3.11")


def test_environments_get_what_the_package_itself_requires() -> None:
    """They are given a link to it, which brings no dependencies along."""
    bare = [line for line in requires("runtide") or () if "extra ==" not in line]

    assert [re.sub(r"\s", "", line) for line in bare] == list(environments._NEEDED)

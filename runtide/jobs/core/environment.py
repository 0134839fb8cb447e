"""What a job says about the Python that it needs. Pure.

{"kind": "venv", "python": "3.11", "requirements": ["numpy==2.1"]}
{"kind": "conda", "conda": {"dependencies": ["python=3.11", {"pip": ["numpy"]}]}}
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import orjson

from runtide.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_DIGEST_CHARS: Final = 20

_PINNED: Final = re.compile(
    r"(?P<name>[A-Za-z0-9._-]+)\s*(?:={1,2}\s*(?P<version>[0-9]+(?:\.[0-9]+)*)(?:\.?\*)?)?"
)
"""A conda requirement of a name alone, or of one version of it."""

_OF_THE_INSTALLER: Final = frozenset({"pip", "setuptools", "wheel"})
"""Packages that every virtual environment has, or needs none of."""


@dataclass(frozen=True, slots=True)
class Interpreter:
    """A Python that is there already: at `path`, or the launcher's own where it is None."""

    path: str | None


@dataclass(frozen=True, slots=True)
class VenvRecipe:
    """A virtual environment to build.

    Attributes:
        python: `major.minor[.patch]`, a path, or None for the launcher's version.
        requirements: Lines as pip reads them.
    """

    python: str | None
    requirements: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CondaRecipe:
    """A conda environment to build, from the content of an `environment.yml`."""

    specification: Mapping[str, Any]


Recipe: TypeAlias = VenvRecipe | CondaRecipe


def parse_environment(document: Mapping[str, Any]) -> Interpreter | Recipe:
    """Parse the `environment` of a job; without a kind it is the launcher's own Python.

    Raises:
        UsageError: It is none of the kinds, or a part of it has the wrong form.
    """
    kind = document.get("kind", "current")
    match kind:
        case "current":
            return Interpreter(None)
        case "interpreter":
            path = document.get("python")
            if not isinstance(path, str) or not path:
                message = f"the environment's python is {path!r}: want the path of an interpreter"
                raise UsageError(message)
            return Interpreter(path)
        case "venv":
            python = document.get("python")
            if python is not None and not isinstance(python, str):
                message = f"the environment's python is {python!r}: want a version or a path"
                raise UsageError(message)
            lines = _texts(document.get("requirements") or (), what="requirements")
            return VenvRecipe(python, lines)
        case "conda":
            conda = document.get("conda")
            if not isinstance(conda, dict):
                message = f"the environment's conda is {conda!r}: want a conda specification"
                raise UsageError(message)
            return CondaRecipe(conda)
        case other:
            message = (
                f"the environment's kind is {other!r}: want `current`, `interpreter`, `venv` or "
                f"`conda`"
            )
            raise UsageError(message)


def without_conda(recipe: CondaRecipe) -> VenvRecipe | None:
    """Return a virtual environment that is the same, or None where conda packages are needed."""
    python: str | None = None
    requirements: list[str] = []
    for entry in recipe.specification.get("dependencies") or ():
        if isinstance(entry, dict) and entry.keys() == {"pip"}:
            requirements += _texts(entry["pip"] or (), what="pip requirements")
            continue
        found = _PINNED.fullmatch(entry.strip()) if isinstance(entry, str) else None
        if found is None:
            return None
        if found["name"] == "python":
            python = found["version"]
        elif found["name"] not in _OF_THE_INSTALLER:
            return None
    return VenvRecipe(python, tuple(requirements))


def recipe_digest(recipe: Recipe, *, platform: str) -> str:
    """Return the name under which a built environment is found again.

    Recipes that differ in the order of requirements alone have the same.

    Args:
        recipe: What to build.
        platform: What else makes environments differ: the machine's kind and Python's version.
    """
    if isinstance(recipe, VenvRecipe):
        content: object = [recipe.python, sorted(recipe.requirements)]
    else:
        content = {k: v for k, v in recipe.specification.items() if k not in {"name", "prefix"}}
    document = [type(recipe).__name__, platform, content]
    encoded = orjson.dumps(document, option=orjson.OPT_SORT_KEYS)
    return hashlib.sha256(encoded).hexdigest()[:_DIGEST_CHARS]


def is_version(python: str, *, version: Sequence[int]) -> bool:
    """Whether `python`, such as `3.11`, is satisfied by `version`, such as (3, 11, 7)."""
    wanted = python.split(".")
    return wanted == [str(part) for part in version[: len(wanted)]]


def is_path(python: str) -> bool:
    """Whether `python` is a path or a program's name, and no version."""
    return not re.fullmatch(r"[0-9]+(\.[0-9]+)*", python)


def _texts(value: object, *, what: str) -> tuple[str, ...]:
    if not isinstance(value, list | tuple) or not all(isinstance(line, str) for line in value):
        message = f"the environment's {what} are {value!r}: want a list of texts"
        raise UsageError(message)
    return tuple(line.strip() for line in value if line.strip())

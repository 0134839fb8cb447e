"""docker-compose.yml as Docker Compose reads it, without Docker Compose."""

import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml  # type: ignore[import-untyped]  # ships no types

ROOT = Path(__file__).parents[2]
FILE = ROOT / "docker-compose.yml"
EXAMPLE = ROOT / ".env.example"

VARIABLE = re.compile(r"\$\{(?P<name>[A-Z_]+)(?::-(?P<default>[^}]*))?\}")


def composition(given: Mapping[str, str] | None = None) -> dict[str, Any]:
    """Return the file with its variables replaced by what is `given`, or by their defaults."""
    values = given or {}

    def value(found: re.Match[str]) -> str:
        return values.get(found["name"]) or found["default"] or ""

    text = VARIABLE.sub(value, FILE.read_text(encoding="utf-8"))
    read: dict[str, Any] = yaml.safe_load(text)
    return read


def services() -> dict[str, dict[str, Any]]:
    """Return the services by name, with every variable at its default."""
    found: dict[str, dict[str, Any]] = composition()["services"]
    return found


def example_values() -> dict[str, str]:
    """Return what .env.example sets."""
    lines = EXAMPLE.read_text(encoding="utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


@cache
def find_compose() -> tuple[str, ...] | None:
    """Return the command of Docker Compose, if it is here: it checks files without an engine."""
    beside = Path(sys.executable).with_name("docker-compose")
    candidates: list[tuple[str, ...]] = [(str(beside),)] if beside.exists() else []
    if (docker := shutil.which("docker")) is not None:
        candidates.append((docker, "compose"))
    for command in candidates:
        asked = subprocess.run([*command, "version"], capture_output=True, check=False)
        if asked.returncode == 0:
            return command
    return None

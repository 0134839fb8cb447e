"""The manifests of deploy/kubernetes, as kustomize puts them together."""

import shutil
import subprocess
from functools import cache
from pathlib import Path
from typing import Any

import yaml  # type: ignore[import-untyped]  # ships no types

FOLDER = Path(__file__).parents[2] / "deploy" / "kubernetes"


def documents(name: str) -> list[dict[str, Any]]:
    """Return the manifests in the file `name`."""
    return list(yaml.safe_load_all((FOLDER / name).read_text(encoding="utf-8")))


def kustomization() -> dict[str, Any]:
    """Return what is put together, and how."""
    (found,) = documents("kustomization.yaml")
    return found


def manifests() -> list[dict[str, Any]]:
    """Return every manifest that is put together."""
    return [document for name in kustomization()["resources"] for document in documents(name)]


def of_kind(kind: str) -> dict[str, dict[str, Any]]:
    """Return the manifests of one kind by name."""
    return {found["metadata"]["name"]: found for found in manifests() if found["kind"] == kind}


def pods() -> dict[str, dict[str, Any]]:
    """Return the templates of pods by the name of what makes them."""
    makers = of_kind("Deployment") | of_kind("Job")
    return {name: maker["spec"]["template"] for name, maker in makers.items()}


def settings() -> dict[str, str]:
    """Return what every service is told by settings.env."""
    lines = (FOLDER / "settings.env").read_text(encoding="utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


def environment(pod: dict[str, Any]) -> dict[str, str]:
    """Return what a pod is told by itself, and by settings and secret."""
    (container,) = pod["spec"]["containers"]
    (secret,) = documents("secret.example.yaml")
    told: dict[str, str] = settings() | secret["stringData"]
    return told | {entry["name"]: entry["value"] for entry in container.get("env", [])}


@cache
def rendered() -> list[dict[str, Any]] | None:
    """Return what kustomize makes of the folder; None where kubectl is not installed."""
    kubectl = shutil.which("kubectl")
    if kubectl is None:
        return None
    done = subprocess.run(
        [kubectl, "kustomize", str(FOLDER)], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    return list(yaml.safe_load_all(done.stdout))

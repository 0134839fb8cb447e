"""The settings of `runtide agent`: the target that it serves, and what executes runs there."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class AgentSettings(BaseSettings):
    """`runtide agent`: executes what is submitted to a compute target.

    Where the record is, the settings of a script say: `RUNTIDE_URL`, or `RUNTIDE_HOME`.
    """

    model_config = SettingsConfigDict(
        env_prefix="RUNTIDE_AGENT_",
        env_ignore_empty=True,
        frozen=True,
        populate_by_name=True,
        use_attribute_docstrings=True,
    )

    target: Annotated[
        str, Field(validation_alias="RUNTIDE_AGENT_TARGET", min_length=1, max_length=200)
    ] = "local"
    """The compute target, as those who submit runs name it."""

    slots: Annotated[int, Field(validation_alias="RUNTIDE_AGENT_SLOTS", ge=1, le=10_000)] = 1
    """Runs that are executed at once, or handed to the engine at once; the others wait."""

    engine: Annotated[
        Literal["local", "slurm", "ray", "kubernetes"],
        Field(validation_alias="RUNTIDE_AGENT_ENGINE"),
    ] = "local"
    """What executes them: `local` is a process of this machine; `slurm`, `ray` or `kubernetes`."""

    python: Annotated[str | None, Field(validation_alias="RUNTIDE_AGENT_PYTHON")] = None
    """The interpreter with `runtide[server]` where runs are executed. Unset, it is the agent's own
    for `local` and `slurm`, and `python` for `ray` and `kubernetes`."""

    slurm_arguments: Annotated[str, Field(validation_alias="RUNTIDE_AGENT_SLURM_ARGUMENTS")] = ""
    """Further arguments of `sbatch`, such as `--partition=gpu --gres=gpu:1`."""

    ray_address: Annotated[str, Field(validation_alias="RUNTIDE_AGENT_RAY_ADDRESS")] = (
        "http://127.0.0.1:8265"
    )
    """The dashboard of the Ray cluster, which takes jobs."""

    kubernetes_namespace: Annotated[
        str, Field(validation_alias="RUNTIDE_AGENT_KUBERNETES_NAMESPACE", min_length=1)
    ] = "default"
    """The namespace of the Jobs."""

    kubernetes_image: Annotated[
        str | None, Field(validation_alias="RUNTIDE_AGENT_KUBERNETES_IMAGE")
    ] = None
    """The image of the container, with a Python that has Runtide. Needed for `kubernetes`."""

    kubernetes_pod: Annotated[
        Path | None, Field(validation_alias="RUNTIDE_AGENT_KUBERNETES_POD")
    ] = None
    """A JSON file of further fields of the pod; docs/how-to/compute-targets.md has an example."""

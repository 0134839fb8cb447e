"""How sweeps and pipelines stand in the record: the parent, its children, and what links them."""

from __future__ import annotations

from typing import Final

SWEEP: Final = "sweep"
PIPELINE: Final = "pipeline"
"""The types of parents."""

CONTROLLER_TARGET: Final = "controllers"
"""The compute target of parents. Its slots are not those of any child."""

SPECIFICATION_FILE: Final = "runtide/children.json"
"""The file of a parent that its controller goes by."""

METRIC_PROPERTY: Final = "runtide.sweep.metric"
GOAL_PROPERTY: Final = "runtide.sweep.goal"
COUNT_PROPERTY: Final = "runtide.sweep.count"
SEED_PROPERTY: Final = "runtide.sweep.seed"
"""Properties of a sweep: primary metric, `minimize` or `maximize`, draws, and their seed."""

INDEX_PROPERTY: Final = "runtide.sweep.index"
STOPPED_PROPERTY: Final = "runtide.sweep.stopped"
"""Properties of a sweep's child: the index of its draw, and why it was stopped early."""

PARAMETERS_CONFIG: Final = "runtide.sweep.parameters"
"""The entry of a child's config that holds its draw, apart from what its script adds there."""

STEPS_PROPERTY: Final = "runtide.pipeline.steps"
RESUMED_PROPERTY: Final = "runtide.pipeline.resumed"
"""Properties of a pipeline: `[{"name": …, "after": […]}]`, and the one whose steps it reuses."""

STEP_PROPERTY: Final = "runtide.step"
AFTER_PROPERTY: Final = "runtide.step.after"
REUSED_PROPERTY: Final = "runtide.step.reused"
"""Properties of a step: its name, the names of those before it with commas between them, and the
run that completed it in an earlier pipeline."""

STEP_RUNS_VARIABLE: Final = "RUNTIDE_STEP_RUNS"
"""The environment variable by which a step knows the runs of those before it, as a JSON object."""


def child_id(parent_id: str, index: int) -> str:
    """Return the id of a child: it is the same whoever submits it, and however often."""
    return f"{parent_id}_{index}"

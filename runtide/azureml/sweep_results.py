"""What came of a sweep, in the shapes of the retired SDK."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from runtide.client.sweep_run import SweepResult


def result_documents(
    results: Iterable[SweepResult], *, top: int, reverse: bool, discard_no_metric: bool
) -> list[dict[str, Any]]:
    """Return what came of each child as the retired SDK's dict.

    Args:
        results: The best first, and those without a value last.
        top: The most to return; 0 is all.
        reverse: The worst first; those without a value stay last.
        discard_no_metric: Leave out those without a value.
    """
    found = list(results)
    valued = [result for result in found if result.value is not None]
    others = [] if discard_no_metric else [result for result in found if result.value is None]
    ranked = [*(reversed(valued) if reverse else valued), *others]
    return [
        {
            "run_id": result.run_id,
            "hyperparameters": json.dumps(result.parameters),
            "best_primary_metric": result.value,
            "status": result.status,
        }
        for result in ranked[: top or None]
    ]

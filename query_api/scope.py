"""What there is for whoever asks: the runs, models and views of their workspace, and no more.

What is in another workspace is answered as what does not exist: with the same text and status.
"""

from typing import Annotated

from fastapi import Depends, Path, Query

from query_api.context import FreshParts, Parts
from query_api.reads.runs import check_run
from runtide.core import limits, names


def visible_run_id(
    parts: FreshParts,
    run_id: Annotated[
        str,
        Path(min_length=1, max_length=limits.RUN_ID_CHARS_MAX, description="A run's id."),
    ],
) -> str:
    """Return the run id of the path, of a run that there is for whoever asks.

    Raises:
        UsageError: No run can have such an id.
        NotFound: There is no such run, or not for them.
    """
    check_run(parts.store, names.run_id(run_id), workspace=parts.workspace)
    return run_id


RunIdPath = Annotated[str, Depends(visible_run_id)]


def chosen_workspace(
    parts: Parts,
    workspace: Annotated[
        str | None,
        Query(
            min_length=1,
            description="The workspace that has it; unset, the token's, or `default` without one.",
        ),
    ] = None,
) -> str:
    """Return the workspace that is asked about: the caller's own, where they have but one."""
    return workspace or parts.own_workspace


ChosenWorkspace = Annotated[str, Depends(chosen_workspace)]

"""Saved views: named states of an experiment's runs page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from query_api.reads.runs import workspace_parameters, workspace_sql
from query_api.wire import rows_of
from runtide.core.names import experiment_key
from runtide.errors import NotFound, UsageError

if TYPE_CHECKING:
    from runtide.store.port import MetricStore

VIEWS_PER_EXPERIMENT_MAX: Final = 500
"""Saved views of one experiment; all of them are one answer, and one menu."""

_VIEWS: Final = (
    "SELECT name, query, toUnixTimestamp64Micro(ts) AS saved_us FROM saved_views FINAL "
    "WHERE run_id = {key:String} AND NOT is_deleted"
)


def list_views(store: MetricStore, experiment: str, workspace: str) -> list[dict[str, Any]]:
    """Return the views of an experiment by name; of one that does not exist there are none."""
    parameters = {"key": experiment_key(experiment, workspace)}
    return rows_of(store.query(f"{_VIEWS} ORDER BY name", parameters))


def get_view(store: MetricStore, experiment: str, workspace: str, name: str) -> dict[str, Any]:
    """Return one view.

    Raises:
        NotFound: The experiment has no such view.
    """
    parameters = {"key": experiment_key(experiment, workspace), "name": name}
    rows = rows_of(store.query(f"{_VIEWS} AND name = {{name:String}}", parameters))
    if not rows:
        message = (
            f"experiment {experiment!r} has no view {name!r}: "
            f"GET /api/v1/experiments/{experiment}/views lists what there is"
        )
        raise NotFound(message)
    return rows[0]


def check_room(
    store: MetricStore, experiment: str, name: str, *, visible: str | None, workspace: str
) -> None:
    """Return if the experiment exists and may have the view, which may be there already.

    Args:
        store: The read model.
        experiment: The experiment's name.
        name: The view's.
        visible: The one workspace that there is for whoever asks; None is all.
        workspace: The workspace that the view is saved in.

    Raises:
        NotFound: No run is of such an experiment.
        UsageError: It has as many views as it may have.
    """
    sql = (
        f"SELECT run_id FROM kept_runs AS runs WHERE experiment = {{experiment:String}} "  # noqa: S608  # our own words
        f"AND {workspace_sql(visible)} LIMIT 1"
    )
    parameters = {"experiment": experiment} | workspace_parameters(visible)
    if not store.query(sql, parameters).num_rows:
        message = f"no run is of experiment {experiment!r}: log one, then save views of it"
        raise NotFound(message)
    known = {view["name"] for view in list_views(store, experiment, workspace)}
    if name not in known and len(known) >= VIEWS_PER_EXPERIMENT_MAX:
        message = (
            f"experiment {experiment!r} has {len(known)} views, which is the limit: "
            f"delete one that nobody uses"
        )
        raise UsageError(message)

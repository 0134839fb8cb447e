"""Which changes somebody may hear of who sees one workspace alone.

The store says where a run is. Of a run that is not folded yet its own envelopes say it, as they
will say it to the fold: the stamp of the token that they came in with, or the event that begins the
run. Of one that says neither nothing is told before it is folded.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from runtide.core.names import find_workspace, subject_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from query_api.core.deltas import RunDeltas
    from runtide.store.port import MetricStore

_REMEMBERED_MAX: Final = 100_000

_RUNS: Final = """
SELECT run_id, toString(workspace) AS workspace FROM runs FINAL
WHERE run_id IN {keys:Array(String)} AND experiment != ''
"""
_MODELS: Final = """
SELECT DISTINCT run_id FROM models
WHERE run_id IN {keys:Array(String)} AND workspace = {workspace:String}
"""


class LiveScope:
    """What may be told of one workspace. Used by one watcher, which asks in one thread at a time."""

    def __init__(self, store: MetricStore, workspace: str) -> None:
        self._store = store
        self._workspace = workspace
        self._workspace_by_run: dict[str, str] = {}

    def visible(self, deltas: Iterable[RunDeltas]) -> list[RunDeltas]:
        """Return the changes that may be told, in their order.

        Raises:
            StoreUnavailable: It is not known which.
        """
        listed = list(deltas)
        self._look_up_runs(listed)
        models = self._models(listed)
        return [delta for delta in listed if self._is_visible(delta, models)]

    def _is_visible(self, delta: RunDeltas, models: set[str]) -> bool:
        # What came in with another token is of another workspace, whatever it says it is of.
        if delta.stamp not in {None, self._workspace}:
            return False
        match subject_of(delta.run):
            case "experiment":
                return find_workspace(delta.run) == self._workspace
            case "model":
                return delta.claim == self._workspace or delta.run in models
            case "run":
                known = self._workspace_by_run.get(delta.run, delta.stamp or delta.claim)
                return known == self._workspace
            case _:
                return False

    def _look_up_runs(self, deltas: Sequence[RunDeltas]) -> None:
        if len(self._workspace_by_run) > _REMEMBERED_MAX:
            self._workspace_by_run.clear()
        runs = {delta.run for delta in deltas if subject_of(delta.run) == "run"}
        if unknown := sorted(runs - self._workspace_by_run.keys()):
            rows = self._store.query(_RUNS, {"keys": unknown}).to_pydict()
            self._workspace_by_run |= dict(zip(rows["run_id"], rows["workspace"], strict=True))
        for delta in deltas:
            claim = delta.stamp or delta.claim
            if delta.run in runs and claim is not None:
                self._workspace_by_run.setdefault(delta.run, claim)

    def _models(self, deltas: Iterable[RunDeltas]) -> set[str]:
        keys = sorted({delta.run for delta in deltas if subject_of(delta.run) == "model"})
        if not keys:
            return set()
        parameters: dict[str, Any] = {"keys": keys, "workspace": self._workspace}
        return set(self._store.query(_MODELS, parameters).column("run_id").to_pylist())

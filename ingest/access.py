"""What a token lets write: to its own workspace, of which every envelope is stamped."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from ingest.core.admission import Admitted
from runtide.core.envelope_access import foreign_claim, stamped
from runtide.core.model_events import ModelEdited
from runtide.core.names import subject_of
from runtide.errors import Forbidden, StoreUnavailable

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from runtide.core.access import Caller
    from runtide.http.access import KnowsTokens
    from runtide.store.port import MetricStore

_ELSEWHERE: Final = """
SELECT run_id FROM runs FINAL
WHERE run_id IN {runs:Array(String)} AND workspace != {workspace:String} AND experiment != '' LIMIT 1
"""

_VERSIONS: Final = """
SELECT registration FROM models FINAL
WHERE run_id = {key:String} AND workspace = {workspace:String}
  AND registration IN {registrations:Array(String)}
"""


class Access(NamedTuple):
    """Where tokens are looked up, and where it is known which run is in which workspace."""

    tokens: KnowsTokens
    store: MetricStore

    def check_runs(self, caller: Caller, runs: Collection[str]) -> None:
        """Return if the caller may write to these runs, as far as that is known.

        What is not folded yet, or cannot be asked, is decided by the fold.

        Raises:
            Forbidden: One is in another workspace.
        """
        if caller.workspace is None:
            return
        parameters = {"runs": sorted(runs), "workspace": caller.workspace}
        try:
            found = self.store.query(_ELSEWHERE, parameters).column("run_id").to_pylist()
        except StoreUnavailable:
            return
        if found:
            raise _forbidden(caller, found[0])

    def check_models(self, caller: Caller, admitted: Sequence[Admitted]) -> None:
        """Return if the versions of models that are edited are of the caller's workspace.

        Raises:
            Forbidden: One is not, or is not folded yet.
            StoreUnavailable: It is not known; nothing may be written.
        """
        if caller.workspace is None:
            return
        for one in admitted:
            edited = {e.registration for e in one.envelope.events if isinstance(e, ModelEdited)}
            if not edited:
                continue
            parameters = {
                "key": one.run,
                "workspace": caller.workspace,
                "registrations": sorted(edited),
            }
            found = self.store.query(_VERSIONS, parameters).column("registration").to_pylist()
            if edited != set(found):
                raise _forbidden(caller, one.run)


def owned(admitted: Sequence[Admitted], caller: Caller) -> list[Admitted]:
    """Return envelopes with the stamp of the caller's workspace; without a token, as they are.

    Raises:
        Forbidden: One is of another workspace, or of access.
        EnvelopeTooLarge: One has no room for the stamp.
    """
    for one in admitted:
        if subject_of(one.run) == "access":
            raise _forbidden(caller, one.run)
        # Without a token a stamp is the sender's own, and must fit all the same: the fold asks.
        workspace = caller.workspace or one.envelope.workspace
        if workspace is not None and foreign_claim(one.envelope, workspace) is not None:
            raise _forbidden(caller, one.run)
    if caller.workspace is None:
        return list(admitted)
    return [
        one._replace(value=stamped(one.value, one.envelope, caller.workspace)) for one in admitted
    ]


def _forbidden(caller: Caller, key: str) -> Forbidden:
    message = f"{caller.name} does not let write to {key}: use a token of the workspace that has it"
    return Forbidden(message)

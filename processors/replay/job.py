"""A replay as one job: what is wanted of it, the order of its steps, and how it stands."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

from processors.core.replay import Phase
from processors.replay.rebuild import NOTHING_FOLDED
from runtide.errors import RuntideError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

    from processors.core.replay import Comparison, Verdict
    from processors.replay.rebuild import Folded
    from processors.replay.replay import Replay

Step = Literal["opening", "folding", "comparing", "swapping", "ended"]


@dataclass(frozen=True, slots=True)
class Wishes:
    """What is wanted of a replay.

    Attributes:
        folds: Whether to go on folding before the comparison.
        swaps: Whether the rebuilt tables are to be live in the end.
        forces: Whether to swap although something differs, and to go on with a swap that another
            process has begun.
    """

    folds: bool = True
    swaps: bool = True
    forces: bool = False


@dataclass(frozen=True, slots=True)
class Status:
    """How a job stands. `comparison` and `error` are None as long as there is none."""

    name: str
    database: str
    step: Step = "opening"
    folded: Folded = NOTHING_FOLDED
    compared_count: int = 0
    comparison: Comparison | None = None
    is_swapped: bool = False
    error: RuntideError | None = None

    @property
    def is_refused(self) -> bool:
        """Whether the tables differ and so were not swapped, or would not have been."""
        is_different = self.comparison is not None and not self.comparison.is_equal
        return is_different and not self.is_swapped

    def document(self) -> dict[str, Any]:
        """Return its JSON form."""
        error = self.error
        return {
            "name": self.name,
            "database": self.database,
            "step": self.step,
            "records_done": self.folded.done_count,
            "records_total": self.folded.total_count,
            "records_folded": self.folded.new_count,
            "points_folded": self.folded.point_count,
            "runs_compared": self.compared_count,
            "comparison": None if self.comparison is None else _comparison(self.comparison),
            "swapped": self.is_swapped,
            "error": None if error is None else {"code": error.code, "detail": str(error)},
        }


class ReplayJob:
    """Does what is wanted, and tells after every batch and part how it stands.

    Args:
        name: The replay.
        database: Its database.
        wishes: What is wanted.
        on_status: Called in the job's thread. What it raises ends the job, but for a swap, during
            which it is not called: a swap holds up the workers, and is brief.
    """

    def __init__(
        self, name: str, database: str, wishes: Wishes, on_status: Callable[[Status], None]
    ) -> None:
        self._wishes = wishes
        self._on_status = on_status
        self._status = Status(name, database)

    @property
    def status(self) -> Status:
        """How it stands."""
        return self._status

    def on_folded(self, folded: Folded) -> None:
        """Take notice of how far the rebuild is."""
        self._become(folded=folded)

    def run(self, replay: Replay, version: str) -> Status:
        """Do the steps that are left, and return how it stands then.

        Raises:
            UsageError: The swap has begun, and no swap is wanted.
            RuntideError: As the methods of `Replay`.
        """
        phase = replay.begin(version)
        if phase is Phase.FOLDING:
            if self._wishes.folds:
                self._become(step="folding")
                replay.fold()
            self._become(step="comparing")
            comparison = replay.compare(lambda count: self._become(compared_count=count))
            self._become(comparison=comparison)
        elif not self._wishes.swaps:
            message = (
                f"the replay into {self._status.name!r} has begun to swap its tables and cannot "
                f"stop there: run it without `--no-swap` and `--compare-only`"
            )
            raise UsageError(message)
        if self._wishes.swaps and (not self._status.is_refused or self._wishes.forces):
            self._become(step="swapping")
            replay.swap()
            self._become(is_swapped=True)
        self._become(step="ended")
        return self._status

    def _become(self, **changes: Any) -> None:  # noqa: ANN401  # the fields of `Status`
        self._status = replace(self._status, **changes)
        if self._status.step != "swapping":
            self._on_status(self._status)


def _comparison(found: Comparison) -> dict[str, Any]:
    return {
        "equal": found.is_equal,
        "runs": found.run_count,
        "runs_left_out": found.moving_count,
        "tables": {table: _verdict(v) for table, v in found.verdict_by_table.items()},
    }


def _verdict(verdict: Verdict) -> dict[str, Any]:
    counts = {name.removesuffix("_count"): value for name, value in asdict(verdict).items()}
    return {key: counts[key] for key in ("equal", "differing", "missing", "extra", "examples")}

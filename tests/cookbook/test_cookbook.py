"""Every question of the cookbook is answered, and rightly."""

from __future__ import annotations

import math
import re
import statistics
from typing import TYPE_CHECKING, Any, Final

import pytest

from tests.cookbook.runs import RATES, SWEEP, grid, record
from tests.system import System, running_system
from tools.reference.cookbook import recipes

if TYPE_CHECKING:
    from collections.abc import Iterator

RECIPES: Final = {recipe.question: recipe.statement for recipe in recipes()}
GRID: Final = grid()
VALUES: Final = {
    "experiment": "digits",
    "metric": "train/loss",
    "smaller": "val/loss",
    "larger": "val/accuracy",
    "validation": "val/loss",
    "training": "train/loss",
    "seed": "seed",
    "first": "run-0",
    "second": "run-3",
    "tag": "team",
    "measurement": "gpu%",
    "table": "confusion",
    "word": "cuda",
}

Rows = list[dict[str, Any]]


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """Return a system with the runs that the questions are about."""
    with running_system(tmp_path_factory.mktemp("home")) as running:
        record(running)
        yield running


def asked(system: System, question: str, **values: str) -> Rows:
    """Return what a question answers, a dict a row."""
    statement = RECIPES[question]
    bound = {name: (VALUES | values)[name] for name in re.findall(r"\{(\w+):", statement)}
    answer = system.post("/sql", {"query": statement, "parameters": bound, "format": "json"})
    names = [column["name"] for column in answer["columns"]]
    return [dict(zip(names, row, strict=True)) for row in answer["rows"]]


@pytest.mark.parametrize("question", RECIPES)
def test_question_has_an_answer_under_plain_names(system: System, question: str) -> None:
    """A name such as `r.name` would be awkward in a frame, and none is read twice."""
    values = {"metric": "mse"} if "sweep" in question else {}

    rows = asked(system, question, **values)

    assert rows
    assert all(name.isidentifier() for name in rows[0])


def test_best_runs_are_those_with_the_lowest_minimum(system: System) -> None:
    rows = asked(system, "What are the ten best runs of an experiment?")

    want = sorted(GRID, key=lambda run: min(run.loss))
    assert [(row["run_id"], row["best"]) for row in rows] == [
        (run.run_id, min(run.loss)) for run in want
    ]


def test_best_child_is_of_its_own_sweep(system: System) -> None:
    (row,) = asked(system, "Which child of each sweep is best?", metric="mse")

    assert row == {
        "sweep": "sweep",
        "best_child": "trial-b",
        "best": min(SWEEP.values()),
        "trials": len(SWEEP),
        "run_id": "trial-b",
    }


def test_front_holds_whom_nobody_beats_in_both(system: System) -> None:
    ends = {run.run_id: (run.val_loss[-1], run.accuracy[-1]) for run in GRID}

    rows = asked(system, "Which runs are not beaten in two metrics at once?")

    def is_beaten(cost: float, gain: float) -> bool:
        others = (other for other in ends.values() if other != (cost, gain))
        return any(other[0] <= cost and other[1] >= gain for other in others)

    want = {run_id for run_id, end in ends.items() if not is_beaten(*end)}
    assert 1 < len(want) < len(ends)
    assert {row["run_id"] for row in rows} == want


def test_curve_has_every_step_of_every_run_once(system: System) -> None:
    rows = asked(system, "What does a metric look like over steps, per run?")

    assert {(row["name"], row["step"]): row["value"] for row in rows} == {
        (run.run_id, step): value for run in GRID for step, value in enumerate(run.loss)
    }


def test_diverged_run_is_far_above_its_best(system: System) -> None:
    rows = asked(system, "Which runs diverged?", metric="val/loss")

    want = [run for run in GRID if run.val_loss[-1] > 2 * min(run.val_loss)]
    assert {row["run_id"] for row in rows} == {run.run_id for run in want}
    assert rows[0]["times_worse"] == pytest.approx(
        max(run.val_loss[-1] / min(run.val_loss) for run in want)
    )


def test_first_value_that_is_no_number_is_found_at_its_step(system: System) -> None:
    rows = asked(system, "Where did NaN or infinity first appear?")

    assert rows == [{"run_id": "broken", "name": "train/loss", "first_step": 2, "not_finite": 2}]


def test_largest_jump_is_the_largest_rise_between_two_steps(system: System) -> None:
    rows = asked(system, "Where does the learning curve jump?", metric="val/loss")

    rises = [
        later - before
        for run in GRID
        for before, later in zip(run.val_loss, run.val_loss[1:], strict=False)
    ]
    assert rows[0]["jump"] == max(rises)


def test_overfit_run_was_best_long_before_its_end(system: System) -> None:
    rows = asked(system, "Which runs overfit?")

    want = {run.run_id for run in GRID if run.val_loss.index(min(run.val_loss)) < 79}
    assert {row["run_id"] for row in rows} == want
    assert len(want) == 2


def test_correlation_is_that_of_the_textbook(system: System) -> None:
    rows = asked(system, "Which setting goes with a metric?")

    rates, ends = [run.rate for run in GRID], [run.loss[-1] for run in GRID]
    (rate,) = (row for row in rows if row["setting"] == "lr")
    assert rate["correlation"] == pytest.approx(statistics.correlation(rates, ends))
    assert {row["setting"] for row in rows} == {"lr", "seed"}


def test_seeds_are_put_together_by_all_other_settings(system: System) -> None:
    rows = asked(system, "How much do seeds differ?")

    by_rate = {rate: [run.loss[-1] for run in GRID if run.rate == rate] for rate in RATES}
    got = {row["settings"]: (row["seeds"], row["mean"], row["spread"]) for row in rows}
    assert got == {
        f"lr={rate}, model.depth=3": (
            2,
            pytest.approx(statistics.mean(ends)),
            pytest.approx(statistics.stdev(ends)),
        )
        for rate, ends in by_rate.items()
    }


def test_difference_of_two_runs_leaves_out_what_is_equal(system: System) -> None:
    rows = asked(system, "What is different between two runs?")

    assert rows == [
        {"name": "lr", "first": "0.5", "second": "0.1"},
        {"name": "seed", "first": "0", "second": "1"},
    ]


def test_weeks_hold_their_own_runs(system: System) -> None:
    rows = asked(system, "Did this week's runs drift from last week's?")

    assert sum(row["runs"] for row in rows) == len(GRID)
    assert [row["week"] for row in rows] == sorted({row["week"] for row in rows})


def test_step_takes_what_its_host_needs(system: System) -> None:
    rows = asked(system, "Where is a step slow?")

    by_host = {row["host"]: row["typical_s"] for row in rows}
    assert by_host == {run.host: pytest.approx(run.step_s) for run in GRID}


def test_gpu_hours_are_hours_times_gpus(system: System) -> None:
    rows = asked(system, "How many GPU hours went to each value of a tag?")

    vision = sum(run.duration_s for run in GRID if run.rate > 0.05)
    (row,) = (row for row in rows if row["tag"] == "vision")
    assert row["runs"] == 4
    assert row["gpu_hours"] == pytest.approx(2 * vision / 3600)


def test_experiment_stands_as_its_runs_do(system: System) -> None:
    rows = asked(system, "How does every experiment stand?")

    (digits,) = (row for row in rows if row["experiment"] == "digits")
    assert (digits["runs"], digits["completed"], digits["failed"]) == (6, 6, 0)
    assert digits["hours"] == pytest.approx(math.fsum(run.duration_s for run in GRID) / 3600)


def test_line_with_the_word_is_found_without_the_others(system: System) -> None:
    rows = asked(system, "Which lines of the logs mention a word?")

    assert [row["line"] for row in rows] == ["CUDA Error: no memory"]

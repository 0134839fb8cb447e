"""Single decisions of the controllers, and the names that they go by."""

from runtide.control.core import pipeline, sweep
from runtide.control.core.outcome import Outcome
from runtide.core.parents import child_id
from runtide.submit.early_stop import Bandit


def test_sweep_stops_what_its_rule_gives_up_and_asks_once() -> None:
    """The best goes on, and so does what was asked already."""
    rules = sweep.Rules(draw_count=4, concurrency=4, early_stop=Bandit(slack_amount=0.1))
    children = {
        0: sweep.Child("Running", [0.2]),
        1: sweep.Child("Running", [0.9]),
        2: sweep.Child("CancelRequested", [0.9]),
        3: sweep.Child("Completed", [0.3]),
    }

    decision = sweep.decide(rules, sweep.View(children=children))

    assert list(decision.stop) == [1]
    assert decision.stop[1].startswith("stopped early: its best value after 1 is 0.9")
    assert decision.submit == ()
    assert decision.outcome is None


def test_sweep_whose_time_is_over_is_completed_by_what_completed() -> None:
    rules = sweep.Rules(draw_count=3, concurrency=1)
    children = {0: sweep.Child("Completed")}

    decision = sweep.decide(rules, sweep.View(children=children, is_over_time=True))

    assert decision == sweep.Decision(
        outcome=Outcome(
            "Completed", "the sweep's time was over; 1 child: 1 completed, 2 not submitted"
        )
    )


def test_pipeline_whose_steps_were_canceled_is_canceled() -> None:
    """By hand, one by one: nothing failed, and not all was done."""
    statuses = {"prepare": "Completed", "train": "Canceled"}

    decision = pipeline.decide({"prepare": (), "train": ("prepare",)}, statuses, is_canceled=False)

    assert decision.outcome is not None
    assert decision.outcome.status == "Canceled"


def test_child_has_one_id_whoever_submits_it() -> None:
    assert child_id("sweep_1", 3) == "sweep_1_3"

import pytest

from processors.core import replay
from processors.core.replay import (
    EXAMPLES_MAX,
    STATE_TABLES,
    Comparison,
    Digest,
    Holder,
    Phase,
    Sign,
    Verdict,
    phase_of,
    verdict_on,
)
from runtide.errors import UsageError

TABLES = ("scalars", "logs", *STATE_TABLES)
NEW = Sign("", None)
OLD = Sign(replay.old_comment("v2"), None)
HELD = Sign("", Holder("v2", "host:1"))


def signs(**changed: Sign) -> dict[str, Sign]:
    return dict.fromkeys(TABLES, NEW) | changed


@pytest.mark.parametrize("name", ["v2", "a", "mended_fold_3", "x" * 32])
def test_database_is_named_after_the_live_one(name: str) -> None:
    assert replay.database_of("runtide", name) == f"runtide_{name}"


@pytest.mark.parametrize("name", ["", "V2", "2", "_a", "a b", "a`", "a.b", "x" * 33, "é"])
def test_name_that_is_no_plain_word_is_refused(name: str) -> None:
    """It stands in statements, between backticks."""
    with pytest.raises(UsageError, match="as in `v2`"):
        replay.database_of("runtide", name)


def test_database_says_which_version_made_it_and_for_which_tables() -> None:
    comment = replay.database_comment("1.2.3", "runtide")

    assert replay.maker_of(comment, "runtide") == "1.2.3"


@pytest.mark.parametrize("comment", ["", "somebody's", replay.database_comment("1", "other")])
def test_foreign_database_has_no_maker(comment: str) -> None:
    """It may be the live database of another system, and must never be dropped."""
    assert replay.maker_of(comment, "runtide") is None


@pytest.mark.parametrize("quote", ["", "`"])
def test_holder_is_read_from_the_definition_of_its_table(quote: str) -> None:
    name = replay.constraint_name("v2")
    sql = replay.constraint(Holder("v2", "host:1")).replace(name, f"{quote}{name}{quote}")

    assert replay.holder_of(f"CREATE TABLE runs (`a` Int8, {sql})") == Holder("v2", "host:1")


def test_table_without_our_constraint_is_held_by_nobody() -> None:
    assert replay.holder_of("CREATE TABLE a (b Int8, CONSTRAINT c CHECK b > 0)") is None


def test_process_is_named_without_what_would_end_a_literal() -> None:
    assert replay.process_name("it's a host", 7) == "it_s_a_host:7"


@pytest.mark.parametrize(
    ("live", "beside", "want"),
    [
        (signs(), signs(), Phase.FOLDING),
        (signs(runs=Sign("", Holder("v3", "host:1"))), signs(), Phase.FOLDING),
        (signs(ingest_progress=HELD), signs(), Phase.HELD),
        (signs(runs=HELD), signs(), Phase.HELD),
        (signs(ingest_progress=HELD), signs(scalars=OLD), Phase.EXCHANGING),
        (signs(ingest_progress=HELD), signs(scalars=OLD, runs=OLD), Phase.RELEASING),
        (signs(), dict.fromkeys(TABLES, OLD), Phase.SWAPPED),
    ],
    ids=["begun", "of-another", "held", "half-held", "exchanging", "releasing", "swapped"],
)
def test_tables_say_how_far_a_replay_is(
    live: dict[str, Sign], beside: dict[str, Sign], want: Phase
) -> None:
    """Nothing else remembers it, so a crash at any statement leaves a known phase."""
    assert phase_of(live, beside, "v2") is want


def test_old_table_of_another_replay_is_no_exchange_of_this_one() -> None:
    beside = signs(scalars=Sign(replay.old_comment("v1"), None))

    assert not replay.is_exchanged("scalars", beside, "v2")


def test_runs_are_equal_differing_missing_or_extra() -> None:
    live = {"a": Digest(1, 2), "b": Digest(1, 2), "c": Digest(1, 2), "e": Digest(1, 2)}
    rebuilt = {"a": Digest(1, 2), "b": Digest(1, 3), "d": Digest(1, 2), "e": Digest(2, 2)}

    found = verdict_on(live, rebuilt)

    assert found == Verdict(1, 2, 1, 1, {"differing": ["b", "e"], "missing": ["c"], "extra": ["d"]})
    assert not found.is_equal


def test_moving_run_is_not_compared() -> None:
    found = verdict_on({"a": Digest(1, 2)}, {"a": Digest(1, 3)}, moving={"a"})

    assert found == Verdict()
    assert found.is_equal


def test_verdicts_on_the_parts_of_a_table_add_up() -> None:
    comparison = Comparison()
    for part in ("a", "b"):
        runs = {f"{part}{i}": Digest(1, 1) for i in range(4)}
        comparison.add("scalars", verdict_on(runs, {}))
        comparison.add("logs", verdict_on(runs, runs))

    scalars = comparison.verdict_by_table["scalars"]
    assert (scalars.missing_count, comparison.verdict_by_table["logs"].equal_count) == (8, 8)
    assert scalars.examples == {"missing": ["a0", "a1", "a2", "a3", "b0"]}
    assert len(scalars.examples["missing"]) == EXAMPLES_MAX
    assert comparison.differing_tables == ["scalars"]
    assert not comparison.is_equal


def test_made_and_old_tables_are_told_apart() -> None:
    comments = {replay.made_comment("v2"), replay.old_comment("v2"), replay.made_comment("v3")}

    assert len(comments) == 3


def test_comparison_of_nothing_finds_no_difference() -> None:
    assert Comparison().is_equal

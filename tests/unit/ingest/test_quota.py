"""Shares of senders, told the time."""

import pytest

from ingest.core.quota import Balance, Ledger, Share, Use, charged, find_debt, refilled

SHARE = Share(bytes_per_s=100, bytes_burst=1_000, envelopes_per_s=10, envelopes_burst=50)
FULL = Balance(1_000, 50, 0)
SECOND_US = 1_000_000


def test_new_sender_owes_nothing() -> None:
    assert Ledger(SHARE).find_debt("r", 0) is None


def test_one_body_larger_than_a_burst_is_let_in() -> None:
    """Refused, it would be refused for ever."""
    ledger = Ledger(SHARE)

    ledger.charge("r", Use(5_000, 1), 0)

    assert ledger.find_debt("r", 0) is not None
    assert ledger.find_debt("r", 41 * SECOND_US) is None


@pytest.mark.parametrize(
    ("use", "wait_s", "limit"),
    [
        (Use(1_300, 1), 3, "100 bytes/s"),
        (Use(1, 90), 4, "10 envelopes/s"),
        (Use(1_100, 90), 4, "10 envelopes/s"),
    ],
    ids=["bytes", "envelopes", "the longer of both"],
)
def test_debt_says_how_long_and_of_what(use: Use, wait_s: int, limit: str) -> None:
    debt = find_debt(charged(FULL, use), SHARE)

    assert debt == (wait_s * SECOND_US + 1, limit)


def test_burst_used_up_to_the_last_byte_is_no_debt() -> None:
    assert find_debt(charged(FULL, Use(1_000, 50)), SHARE) is None


def test_quiet_sender_saves_no_more_than_a_burst() -> None:
    assert refilled(FULL, SHARE, 10**15) == Balance(1_000, 50, 10**15)


def test_clock_that_goes_back_gives_and_takes_nothing() -> None:
    balance = Balance(5, 5, 1_000)

    assert refilled(balance, SHARE, 0) == balance


def test_what_is_given_back_is_not_owed() -> None:
    """An append that failed has used nothing."""
    ledger = Ledger(SHARE)
    ledger.charge("r", Use(5_000, 1), 0)

    ledger.charge("r", Use(-5_000, -1), 0)

    assert ledger.find_debt("r", 0) is None


def test_senders_owe_for_themselves() -> None:
    ledger = Ledger(SHARE)

    ledger.charge("greedy", Use(5_000, 1), 0)

    assert ledger.find_debt("modest", 0) is None


def test_sender_that_was_quiet_longest_is_forgotten_first() -> None:
    """A million runs a day must not fill the memory."""
    ledger = Ledger(SHARE, senders_max=2)
    for sender in ("a", "b", "a", "c"):
        ledger.charge(sender, Use(5_000, 1), 0)

    assert [ledger.find_debt(sender, 0) is None for sender in "abc"] == [False, True, False]

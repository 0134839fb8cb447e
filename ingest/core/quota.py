"""Who may send how much: token buckets that may run into debt.

A request is let in while its sender owes nothing, and what it turned out to hold is owed
afterwards. So a body larger than a burst still gets in, once, and nothing needs to be known of a
body before it was read. Over any time a sender gets at most its burst, its rate times that time,
and one more request.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from typing import Final, NamedTuple

SENDERS_MAX: Final = 100_000
"""Senders of one kind that are remembered; beyond it, who was quiet longest starts anew."""

_US_PER_S: Final = 1_000_000


class Use(NamedTuple):
    """What one request takes of a sender's share."""

    size_bytes: int
    envelope_count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """What one sender may use: so much at once, and so much a second for ever after."""

    bytes_per_s: int
    bytes_burst: int
    envelopes_per_s: int
    envelopes_burst: int


class Balance(NamedTuple):
    """What a sender has left at a time; a debt is negative."""

    bytes_left: float
    envelopes_left: float
    at_us: int


class Debt(NamedTuple):
    """How long a sender has to wait, and for which of its rates."""

    wait_us: int
    limit: str


def refilled(balance: Balance, share: Share, now_us: int) -> Balance:
    """Return the balance at `now_us`; a time before the balance's own counts as that."""
    passed_s = max(0, now_us - balance.at_us) / _US_PER_S
    return Balance(
        min(share.bytes_burst, balance.bytes_left + passed_s * share.bytes_per_s),
        min(share.envelopes_burst, balance.envelopes_left + passed_s * share.envelopes_per_s),
        max(now_us, balance.at_us),
    )


def charged(balance: Balance, use: Use) -> Balance:
    """Return the balance after a use."""
    return balance._replace(
        bytes_left=balance.bytes_left - use.size_bytes,
        envelopes_left=balance.envelopes_left - use.envelope_count,
    )


def find_debt(balance: Balance, share: Share) -> Debt | None:
    """Return the longer of a sender's debts, or None if it owes nothing."""
    waits = (
        (-balance.bytes_left / share.bytes_per_s, f"{share.bytes_per_s:,} bytes/s"),
        (-balance.envelopes_left / share.envelopes_per_s, f"{share.envelopes_per_s:,} envelopes/s"),
    )
    wait_s, limit = max(waits)
    # Rounded up, so that who waits as long as it was told is not told again.
    return Debt(int(wait_s * _US_PER_S) + 1, limit) if wait_s > 0 else None


class Ledger:
    """The balances of all senders of one kind. A sender that is new has its burst."""

    def __init__(self, share: Share, *, senders_max: int = SENDERS_MAX) -> None:
        self._share = share
        self._senders_max = senders_max
        self._balance_by_sender: OrderedDict[str, Balance] = OrderedDict()

    def find_debt(self, sender: str, now_us: int) -> Debt | None:
        """Return what `sender` owes, or None."""
        balance = self._balance_by_sender.get(sender)
        if balance is None:
            return None
        return find_debt(refilled(balance, self._share, now_us), self._share)

    def charge(self, sender: str, use: Use, now_us: int) -> None:
        """Note a use; a negative one gives back what was charged before."""
        share = self._share
        full = Balance(share.bytes_burst, share.envelopes_burst, now_us)
        balance = refilled(self._balance_by_sender.pop(sender, full), share, now_us)
        self._balance_by_sender[sender] = charged(balance, use)
        if len(self._balance_by_sender) > self._senders_max:
            self._balance_by_sender.popitem(last=False)

"""Laws of shares, over whatever is sent whenever."""

from hypothesis import given
from hypothesis import strategies as st

from ingest.core.quota import Ledger, Share, Use

# Powers of two, and times in whole seconds, so that the law is exact in floating point.
SHARES = st.builds(
    Share,
    bytes_per_s=st.sampled_from([1, 64, 4096]),
    bytes_burst=st.sampled_from([1, 256, 8192]),
    envelopes_per_s=st.sampled_from([1, 16]),
    envelopes_burst=st.sampled_from([1, 32]),
)
REQUESTS = st.lists(
    st.tuples(st.integers(0, 3), st.integers(1, 20_000), st.integers(1, 100)), max_size=30
)
_US = 1_000_000


@given(share=SHARES, requests=REQUESTS)
def test_sender_gets_its_burst_its_rate_and_one_request(
    share: Share, requests: list[tuple[int, int, int]]
) -> None:
    """However requests are placed, nobody gets more than their share over the whole time."""
    ledger = Ledger(share)
    now_us, sizes, counts = 0, [0], [0]
    for pause_s, size, count in requests:
        now_us += pause_s * _US
        if ledger.find_debt("r", now_us) is None:
            ledger.charge("r", Use(size, count), now_us)
            sizes.append(size)
            counts.append(count)

    passed_s = now_us / _US
    assert sum(sizes) <= share.bytes_burst + passed_s * share.bytes_per_s + max(sizes)
    assert sum(counts) <= share.envelopes_burst + passed_s * share.envelopes_per_s + max(counts)


@given(share=SHARES, requests=REQUESTS)
def test_who_waits_as_long_as_told_is_let_in(
    share: Share, requests: list[tuple[int, int, int]]
) -> None:
    """A client that honours the answer is never told twice."""
    ledger = Ledger(share)
    now_us = 0
    for pause_s, size, count in requests:
        now_us += pause_s * _US
        debt = ledger.find_debt("r", now_us)
        if debt is not None:
            now_us += debt.wait_us
            assert ledger.find_debt("r", now_us) is None
        ledger.charge("r", Use(size, count), now_us)

"""A run's partition is the one that Kafka's own clients choose."""

import pytest

from runtide.log.kafka import partition_of


@pytest.mark.parametrize(
    ("key", "murmur2"),
    [
        ("21", -973932308),
        ("foobar", -790332482),
        ("a-little-bit-long-string", -985981536),
        ("a-little-bit-longer-string", -1486304829),
        ("lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8", -58897971),
        ("abc", 479470107),
    ],
)
@pytest.mark.parametrize("count", [1, 3, 12, 1000])
def test_partition_is_what_the_java_client_computes(key: str, murmur2: int, count: int) -> None:
    """The values are those of its own test of the hash; clients in any language must agree."""
    assert partition_of(key, count) == (murmur2 & 0x7FFFFFFF) % count


def test_runs_spread_over_the_partitions() -> None:
    found = {partition_of(f"run-{i}", 12) for i in range(200)}

    assert found == set(range(12))

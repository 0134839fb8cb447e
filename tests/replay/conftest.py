"""A live store for each test, which goes with every database that a replay made beside it."""

from collections.abc import Iterator

import pytest

from runtide.store.engine import ClickHouseStore
from tests.engine import drop_store, empty_store


@pytest.fixture
def live() -> Iterator[ClickHouseStore]:
    opened = empty_store()
    yield opened
    found = opened.query(
        "SELECT name FROM system.databases WHERE startsWith(name, {head:String})",
        {"head": f"{opened._database}_"},
    )
    for name in found.column("name").to_pylist():
        opened.command(f"DROP DATABASE `{name}` SYNC")
    drop_store(opened)

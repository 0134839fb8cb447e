"""A member of the fold's consumer group, in a thread of the test's process."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from processors.drivers.group import FoldGroup
from processors.drivers.partition import kept_in_the_log_alone, kept_in_the_store_alone
from runtide.log.kafka_client import client_arguments

if TYPE_CHECKING:
    from processors.core.rows import TableRows
    from runtide.log.kafka_settings import KafkaSettings
    from runtide.log.port import Record
    from runtide.store.port import MetricStore


@contextmanager
def member(
    settings: KafkaSettings,
    store: MetricStore,
    *,
    group: str = "",
    on_dead_letters: Callable[[TableRows], None] = kept_in_the_store_alone,
    on_records: Callable[[Sequence[Record]], None] = kept_in_the_log_alone,
) -> Iterator[FoldGroup]:
    """Yield a member that folds until the end of the block."""
    found: list[FoldGroup] = []
    loops: list[asyncio.AbstractEventLoop] = []
    is_made = threading.Event()

    async def run() -> None:
        loops.append(asyncio.get_running_loop())
        found.append(
            FoldGroup(
                client_arguments(settings, timeout_s=10),
                topic=settings.topic,
                group=group or f"fold-{settings.topic}",
                store=store,
                on_dead_letters=on_dead_letters,
                on_records=on_records,
            )
        )
        is_made.set()
        await found[0].run()

    thread = threading.Thread(target=lambda: asyncio.run(run()), name="member")
    thread.start()
    try:
        assert is_made.wait(30)
        yield found[0]
    finally:
        asyncio.run_coroutine_threadsafe(found[0].stop(), loops[0]).result(60)
        thread.join(60)
        assert not thread.is_alive()

"""Logs on topics of their own, in the broker that the tests share."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from aiokafka.admin import AIOKafkaAdminClient, RecordsToDelete
from aiokafka.structs import TopicPartition

from runtide.log.kafka_client import client_arguments
from runtide.log.kafka_settings import KafkaSettings


def fresh_settings(bootstrap: str, **changes: Any) -> KafkaSettings:
    """Return settings with a topic that is not there yet."""
    settings = KafkaSettings(
        bootstrap=(bootstrap,), topic=f"events-{secrets.token_hex(6)}", partitions=1
    )
    return replace(settings, **changes)


def delete_records(settings: KafkaSettings, ends: Mapping[int, int]) -> None:
    """Remove the oldest records, as retention does, up to an offset of each partition."""

    async def delete() -> None:
        client = AIOKafkaAdminClient(**client_arguments(settings, timeout_s=10))
        await client.start()
        try:
            await client.delete_records(
                {
                    TopicPartition(settings.topic, p): RecordsToDelete(before_offset=end)
                    for p, end in ends.items()
                }
            )
        finally:
            await client.close()

    asyncio.run(delete())

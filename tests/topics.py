"""Topics in the broker that the tests share: their logs, and what an administrator does to them."""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

from aiokafka import TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic, RecordsToDelete
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType

from runtide.log.kafka_settings import KafkaSettings
from tests.loops import completed


def fresh_settings(server: str, **changes: Any) -> KafkaSettings:
    """Return settings with a topic that is not there yet."""
    settings = KafkaSettings(
        bootstrap=(server,), topic=f"events-{secrets.token_hex(6)}", partitions=1
    )
    return replace(settings, **changes)


def make_topic(settings: KafkaSettings, **configs: str) -> None:
    """Make the topic with these configurations, dots written as underscores."""
    topic = NewTopic(settings.topic, settings.partitions or 1, 1, topic_configs=_dotted(configs))
    _administer(settings, lambda admin: admin.create_topics([topic]))


def configure_topic(settings: KafkaSettings, **configs: str) -> None:
    """Change the topic's configurations to exactly these."""
    resource = ConfigResource(ConfigResourceType.TOPIC, settings.topic, _dotted(configs))
    _administer(settings, lambda admin: admin.alter_configs([resource]))


def delete_topic(settings: KafkaSettings) -> None:
    """Remove the topic and all that is in it."""
    _administer(settings, lambda admin: admin.delete_topics([settings.topic]))


def expire_records(settings: KafkaSettings, partition: int, start: int) -> None:
    """Remove the records of `partition` below `start`, as retention does."""
    place = TopicPartition(settings.topic, partition)
    _administer(
        settings, lambda admin: admin.delete_records({place: RecordsToDelete(before_offset=start)})
    )


def _administer(
    settings: KafkaSettings, work: Callable[[AIOKafkaAdminClient], Awaitable[object]]
) -> None:
    async def administer() -> None:
        admin = AIOKafkaAdminClient(bootstrap_servers=list(settings.bootstrap))
        await admin.start()
        try:
            await work(admin)
        finally:
            await admin.close()

    completed(administer())


def _dotted(configs: dict[str, str]) -> dict[str, str]:
    return {name.replace("_", "."): value for name, value in configs.items()}

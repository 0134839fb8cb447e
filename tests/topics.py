"""Logs on topics of their own, in the broker that the tests share."""

from __future__ import annotations

import secrets
from dataclasses import replace
from typing import Any

from runtide.log.kafka_settings import KafkaSettings


def fresh_settings(bootstrap: str, **changes: Any) -> KafkaSettings:
    """Return settings with a topic that is not there yet."""
    settings = KafkaSettings(
        bootstrap=(bootstrap,), topic=f"events-{secrets.token_hex(6)}", partitions=1
    )
    return replace(settings, **changes)

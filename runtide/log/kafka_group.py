"""Who shares the partitions of the log: a consumer group, as its coordinator sees it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from aiokafka import errors
from aiokafka.admin import AIOKafkaAdminClient

from runtide.log.kafka_client import CLIENT_ERRORS, explained
from runtide.log.kafka_question import Questioner, ask

if TYPE_CHECKING:
    from runtide.log.kafka_settings import KafkaSettings

_POLL_INTERVAL_S: Final = 0.2


class Group(NamedTuple):
    """The members that a group has now, and their machines, sorted."""

    member_count: int
    hosts: tuple[str, ...]


def find_group(settings: KafkaSettings, group: str, *, timeout_s: float) -> Group | None:
    """Return the group, without members if nobody is in it, or None if we may not look at it.

    Raises:
        LogUnavailable: The brokers do not answer.
        UsageError: They do not let us in.
    """
    return ask(_Lookup, settings, lambda own: own.group(group), timeout_s=timeout_s)


class _Lookup(Questioner[AIOKafkaAdminClient]):
    engine = AIOKafkaAdminClient
    name = "group"

    async def group(self, name: str) -> Group | None:
        try:
            async with asyncio.timeout(self.timeout_s):
                await self.client.start()
                (answer,) = await self._described(name)
        except CLIENT_ERRORS as exc:
            if isinstance(exc, errors.GroupAuthorizationFailedError):
                return None
            raise await explained(
                self.settings, exc, verb="ask for the workers of", may_be_usage=True
            ) from exc
        (found,) = answer.to_object()["groups"]
        error = errors.for_code(found["error_code"])
        if error is errors.GroupAuthorizationFailedError:
            return None
        hosts = {member["client_host"].lstrip("/") for member in found["members"]}
        return Group(len(found["members"]), tuple(sorted(hosts)))

    async def _described(self, name: str) -> Any:  # noqa: ANN401  # the engine has no types
        while True:
            try:
                return await self.client.describe_consumer_groups([name])
            except errors.GroupCoordinatorNotAvailableError:
                # The first question of all makes the brokers' own topic for groups.
                await asyncio.sleep(_POLL_INTERVAL_S)

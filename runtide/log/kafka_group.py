"""Who shares the partitions of the log: a consumer group, as its coordinator sees it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from aiokafka import errors
from aiokafka.admin import AIOKafkaAdminClient

from runtide.log.kafka_client import CLIENT_ERRORS, THREAD_NAME, client_arguments, explained
from runtide.log.kafka_loop import LoopThread, Renewed

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
    arguments = client_arguments(settings, timeout_s=timeout_s)
    connection = Renewed(lambda: _Connection(settings, arguments, timeout_s=timeout_s))
    try:
        return connection.run(lambda own: own.group(group))
    finally:
        connection.close()


class _Connection:
    """One client, for as long as a group is looked at."""

    def __init__(
        self, settings: KafkaSettings, arguments: dict[str, Any], *, timeout_s: float
    ) -> None:
        self._settings = settings
        self._timeout_s = timeout_s
        self._arguments = arguments
        self._client: AIOKafkaAdminClient | None = None
        self.loop = LoopThread(f"{THREAD_NAME}-group")

    async def release(self) -> None:
        if self._client is not None:
            await self._client.close()

    async def group(self, name: str) -> Group | None:
        try:
            async with asyncio.timeout(self._timeout_s):
                self._client = AIOKafkaAdminClient(**self._arguments)
                await self._client.start()
                (answer,) = await self._described(name)
        except CLIENT_ERRORS as exc:
            if isinstance(exc, errors.GroupAuthorizationFailedError):
                return None
            raise await explained(
                self._settings, exc, verb="ask for the workers of", may_be_usage=True
            ) from exc
        (found,) = answer.to_object()["groups"]
        error = errors.for_code(found["error_code"])
        if error is errors.GroupAuthorizationFailedError:
            return None
        hosts = {member["client_host"].lstrip("/") for member in found["members"]}
        return Group(len(found["members"]), tuple(sorted(hosts)))

    async def _described(self, name: str) -> Any:  # noqa: ANN401  # the engine has no types
        assert self._client is not None
        while True:
            try:
                return await self._client.describe_consumer_groups([name])
            except errors.GroupCoordinatorNotAvailableError:
                # The first question of all makes the brokers' own topic for groups.
                await asyncio.sleep(_POLL_INTERVAL_S)

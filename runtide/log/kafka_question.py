"""A question to the brokers: one client in a loop of its own, closed when the answer is there."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any, ClassVar, Generic, Protocol, TypeVar

from runtide.log.kafka_client import THREAD_NAME, client_arguments
from runtide.log.kafka_loop import LoopThread, Renewed

if TYPE_CHECKING:
    from runtide.log.kafka_settings import KafkaSettings


class Client(Protocol):
    """What every client of the engine can do."""

    async def close(self) -> None:
        """End its connections."""
        ...


_C = TypeVar("_C", bound=Client)
_T = TypeVar("_T")


class Questioner(Generic[_C]):
    """Who asks: its methods run in its loop, and mind `timeout_s` themselves.

    Attributes:
        engine: Which client it asks by.
        name: What its thread is called after.
    """

    engine: ClassVar[Callable[..., Any]]
    name: ClassVar[str]

    def __init__(
        self, settings: KafkaSettings, arguments: dict[str, Any], *, timeout_s: float
    ) -> None:
        self.settings = settings
        self.timeout_s = timeout_s
        self.loop = LoopThread(f"{THREAD_NAME}-{self.name}")
        self._arguments = arguments
        self._client: _C | None = None

    @property
    def client(self) -> _C:
        """The client, which is made in the loop when it is first used."""
        if self._client is None:
            self._client = type(self).engine(**self._arguments)
        return self._client

    async def release(self) -> None:
        """Close the client, if there is one."""
        if self._client is not None:
            await self._client.close()


_Q = TypeVar("_Q", bound=Questioner[Any])


def ask(
    kind: type[_Q],
    settings: KafkaSettings,
    question: Callable[[_Q], Coroutine[Any, Any, _T]],
    *,
    timeout_s: float,
) -> _T:
    """Put a question to the brokers of `settings`, and return its answer.

    Raises:
        LogUnavailable: The brokers do not answer.
        UsageError: The settings cannot be, or the brokers do not let us in.
    """
    # Here, not in the connection: what is wrong with the settings is said as it is.
    arguments = client_arguments(settings, timeout_s=timeout_s)
    connection = Renewed(lambda: kind(settings, arguments, timeout_s=timeout_s))
    try:
        return connection.run(question)
    finally:
        connection.close()

"""Private event loops: closed while they are used, forked, and used at the end of a process."""

import asyncio
import subprocess
import sys
import textwrap
import threading
from collections.abc import Iterator

import pytest

from runtide.errors import LogUnavailable
from runtide.log.kafka_loop import LoopThread, Renewed


class Echo:
    """A connection that answers what it is asked, and counts how often one was made."""

    made_count = 0

    def __init__(self) -> None:
        Echo.made_count += 1
        self.loop = LoopThread("test")
        self.asked = threading.Event()

    async def answer(self, value: int) -> int:
        return value

    async def never(self) -> None:
        self.asked.set()
        await asyncio.Event().wait()

    async def fail(self) -> None:
        message = "away"
        raise LogUnavailable(message)

    async def release(self) -> None:
        """Have nothing to close."""


@pytest.fixture
def renewed() -> Iterator[Renewed[Echo]]:
    Echo.made_count = 0
    made = Renewed(Echo)
    yield made
    made.close()


def test_connection_is_made_when_it_is_used_and_kept(renewed: Renewed[Echo]) -> None:
    assert Echo.made_count == 0
    assert [renewed.run(lambda echo: echo.answer(1)) for _ in range(3)] == [1, 1, 1]
    assert Echo.made_count == 1


def test_connection_that_failed_is_made_anew(renewed: Renewed[Echo]) -> None:
    """What was half done in it must not go on behind the caller's back."""
    with pytest.raises(LogUnavailable, match="away"):
        renewed.run(lambda echo: echo.fail())

    assert renewed.run(lambda echo: echo.answer(2)) == 2
    assert Echo.made_count == 2


def test_other_errors_keep_the_connection(renewed: Renewed[Echo]) -> None:
    async def wrong(echo: Echo) -> None:
        await echo.answer(1)
        raise ValueError

    with pytest.raises(ValueError):  # noqa: PT011  # it has no text
        renewed.run(wrong)

    assert renewed.run(lambda echo: echo.answer(2)) == 2
    assert Echo.made_count == 1


def test_call_that_is_under_way_when_the_connection_is_given_up_ends(
    renewed: Renewed[Echo],
) -> None:
    """A thread that waited for a loop that has stopped would wait for ever."""
    connection: Echo = renewed.run(_itself)
    ends: list[str] = []

    def wait() -> None:
        try:
            renewed.run(lambda echo: echo.never())
        except LogUnavailable as exc:
            ends.append(str(exc))

    waiting = threading.Thread(target=wait)
    waiting.start()
    assert connection.asked.wait(30)
    with pytest.raises(LogUnavailable, match="away"):
        renewed.run(lambda echo: echo.fail())
    waiting.join(30)

    assert ends == ["the connection to Kafka was given up while it was in use: try again"]
    with pytest.raises(LogUnavailable, match="given up"):
        connection.loop.run(lambda: connection.answer(1))


async def _itself(echo: Echo) -> Echo:
    return echo


def test_host_is_looked_up_when_python_s_own_threads_take_no_more_work() -> None:
    """As at the end of every process, where the last envelopes are still to be delivered."""
    source = """
        import atexit
        from runtide.log.kafka_loop import LoopThread
        loop = LoopThread("test")
        async def look_up():
            import asyncio
            return await asyncio.get_running_loop().getaddrinfo("localhost", 1)
        atexit.register(lambda: print(bool(loop.run(look_up)), flush=True))
        """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(source)],
        capture_output=True,
        check=True,
        text=True,
        timeout=60,
    )

    assert (done.stdout, done.stderr) == ("True\n", "")

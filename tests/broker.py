"""Apache Kafka for the tests: one broker that is also its own controller, in a folder.

`make kafka` fetches it. A broker can be stopped, killed and started again on the same folder and
port, and what it had acknowledged is there again. `RUNTIDE_TEST_KAFKA` names another broker for
tests that need no more than one that answers.
"""

from __future__ import annotations

import atexit
import functools
import os
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError

from tests.loops import completed
from tests.ports import free_port
from tests.waiting import wait_until

_JARS: Final = Path(__file__).parents[1] / ".venv" / "kafka"
CLASSES: Final = _JARS / "classes.jsa"
"""The classes that a broker loads as it starts, as `tests.broker_classes` keeps them."""

_READY_TIMEOUT_S: Final = 120.0
_STOP_TIMEOUT_S: Final = 60.0

_PROPERTIES: Final = """\
process.roles=broker,controller
node.id=1
controller.listener.names=CONTROLLER
listeners=PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller_port},\
  REMOTE://127.0.0.1:{remote_port}{others}
advertised.listeners=PLAINTEXT://127.0.0.1:{advertised_port},\
  REMOTE://127.0.0.1:{proxy_port}{others}
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,REMOTE:PLAINTEXT,\
  SSL:SSL,SASL_PLAINTEXT:SASL_PLAINTEXT,SASL_SSL:SASL_SSL
inter.broker.listener.name=PLAINTEXT
controller.quorum.voters=1@127.0.0.1:{controller_port}
log.dirs={data}
offsets.topic.replication.factor=1
offsets.topic.num.partitions=1
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
group.initial.rebalance.delay.ms=0
auto.create.topics.enable=false
log.segment.bytes=16777216
# A killed broker is let in again once its old session has ended.
broker.session.timeout.ms=1000
broker.heartbeat.interval.ms=200
{more}"""

_JAVA_OPTIONS: Final = (
    "-Xms128m",
    "-Xmx512m",
    # Tests start and stop many brokers on two cores: the simplest collector and compiler start
    # fastest.
    "-XX:+UseSerialGC",
    "-XX:TieredStopAtLevel=1",
    "-XX:CICompilerCount=1",
)


class Broker:
    """One broker in `folder`, listening on a port of its own.

    Args:
        folder: Holds its properties, its data and what it says.
        advertised_port: The port that clients are told, where all go through a proxy.
        proxy_port: The port that those are told who come by `remote_port`, where only some do.
        properties: More lines for `server.properties`.
        listeners: Protocols beside `PLAINTEXT` to listen for, on ports of their own.
        java_options: More options of its Java.
    """

    def __init__(
        self,
        folder: Path,
        *,
        advertised_port: int | None = None,
        proxy_port: int | None = None,
        properties: str = "",
        listeners: Sequence[str] = (),
        java_options: Sequence[str] = (),
    ) -> None:
        self._folder = folder
        self._java_options = java_options
        self.port, self.remote_port, controller_port = free_port(), free_port(), free_port()
        self.port_by_protocol = {protocol: free_port() for protocol in listeners}
        self._process: subprocess.Popen[bytes] | None = None
        folder.mkdir(parents=True, exist_ok=True)
        self._properties = folder / "server.properties"
        self._properties.write_text(
            _PROPERTIES.format(
                port=self.port,
                controller_port=controller_port,
                remote_port=self.remote_port,
                advertised_port=advertised_port or self.port,
                proxy_port=proxy_port or self.remote_port,
                data=folder / "data",
                others="".join(
                    f",{protocol}://127.0.0.1:{port}"
                    for protocol, port in self.port_by_protocol.items()
                ),
                more=properties,
            )
        )
        shutil.copytree(_formatted(), folder / "data")

    @property
    def bootstrap(self) -> str:
        """Where it listens."""
        return f"127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start it, and return when it answers."""
        with (self._folder / "output").open("ab") as output:
            self._process = subprocess.Popen(
                _command(*self._java_options, "kafka.Kafka", str(self._properties)),
                stdout=output,
                stderr=output,
                stdin=subprocess.DEVNULL,
            )
        wait_until_answering(self.bootstrap, process=self._process)

    def stop(self) -> None:
        """End it as an operator would. Stopping twice is harmless."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """End it as a power cut would."""
        self._end(signal.SIGKILL)

    def pause(self) -> None:
        """Freeze it: connections stay open, and nothing is answered."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)

    def resume(self) -> None:
        """Let it go on after `pause`."""
        assert self._process is not None
        self._process.send_signal(signal.SIGCONT)

    def _end(self, number: signal.Signals) -> None:
        if self._process is None:
            return
        self._process.send_signal(number)
        try:
            self._process.wait(_STOP_TIMEOUT_S)
        finally:
            self._process.kill()
            self._process.wait()
            self._process = None

    def java(self, *arguments: str) -> None:
        """Run one of Kafka's own tools, and wait until it is done."""
        _run(*arguments)


@functools.cache
def _formatted() -> Path:
    """Return a folder as Kafka's tool makes it for a broker's data. It costs a JVM, and all are alike."""
    folder = Path(tempfile.mkdtemp(prefix="runtide-kafka-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    properties, data = folder / "server.properties", folder / "data"
    properties.write_text(
        _PROPERTIES.format(
            port=1,
            controller_port=2,
            remote_port=3,
            advertised_port=1,
            proxy_port=3,
            data=data,
            others="",
            more="",
        )
    )
    given = ("--cluster-id", "cnVudGlkZS10ZXN0cy0wMQ", "--config", str(properties))
    _run("kafka.tools.StorageTool", "format", *given)
    return data


def _run(*arguments: str) -> None:
    subprocess.run(_command(*arguments), check=True, capture_output=True)


def _command(*arguments: str) -> list[str]:
    kept = [f"-XX:SharedArchiveFile={CLASSES}"] if CLASSES.exists() else []
    return ["java", *_JAVA_OPTIONS, *kept, "-cp", f"{_JARS}/*", *arguments]


def wait_until_answering(bootstrap: str, *, process: subprocess.Popen[bytes] | None = None) -> None:
    """Return when a broker lists its topics; fail when its process ends before."""
    wait_until(
        lambda: _is_answering(bootstrap, process),
        what="the broker answers",
        deadline_s=_READY_TIMEOUT_S,
    )


def _is_answering(bootstrap: str, process: subprocess.Popen[bytes] | None) -> bool:
    assert process is None or process.poll() is None, "the broker ended while it started"
    host, port = bootstrap.rsplit(":", 1)
    try:
        # The client warns of each connection that is refused, so a bare one comes first.
        socket.create_connection((host, int(port)), timeout=1).close()
        completed(_list_topics(bootstrap))
    except (KafkaError, OSError):
        return False
    return True


async def _list_topics(bootstrap: str) -> None:
    client = AIOKafkaAdminClient(bootstrap_servers=bootstrap, request_timeout_ms=2_000)
    try:
        await client.start()
        await client.list_topics()
    finally:
        await client.close()


def external_bootstrap() -> str | None:
    """Return the broker that the environment names, if it does."""
    return os.environ.get("RUNTIDE_TEST_KAFKA")

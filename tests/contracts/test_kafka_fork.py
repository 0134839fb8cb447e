"""A forked child has its parent's connections to Kafka, and must leave them alone."""

import os
import warnings

import pytest
from aiokafka.conn import AIOKafkaConnection, create_conn
from aiokafka.protocol.metadata import MetadataRequest

from runtide.log.kafka_loop import LoopThread, Renewed

pytestmark = pytest.mark.kafka


def test_connection_that_a_forked_child_collects_stays_open_in_its_parent(kafka: str) -> None:
    """They share an epoll: closed there, it would be taken out of the parent's loop as well."""
    host, _, port = kafka.rpartition(":")

    class Brokered:
        conn: AIOKafkaConnection

        def __init__(self) -> None:
            self.loop = LoopThread("test")

        async def connect(self) -> AIOKafkaConnection:
            self.conn = await create_conn(host, int(port), request_timeout_ms=5_000)
            return self.conn

        async def ask(self) -> int:
            return len((await self.conn.send(MetadataRequest([]))).to_object()["brokers"])

        async def release(self) -> None:
            self.conn.close()

    renewed = Renewed(Brokered)
    conn = renewed.run(lambda own: own.connect())
    child = os.fork()
    if child == 0:
        try:
            # What Python calls when nothing refers to it any more.
            warnings.simplefilter("ignore")
            conn.__del__()
            status = 0
        except BaseException:  # noqa: BLE001  # the child must end here, whatever it was
            status = 1
        os._exit(status)

    assert os.waitpid(child, 0)[1] == 0
    assert renewed.run(lambda own: own.ask()) == 1
    renewed.close()

"""The worker of a cluster, which Faust runs: the fold as a service, derived streams as agents.

    runtide.events ──▶ FoldGroup (a service)   ──▶ the store
          └──────────▶ heard (an agent)        ──▶ when each run was last heard of
                       silence (a timer)       ──▶ runtide.events: runs that do not respond
    unreadable records ────────────────────────▶ runtide.dead-letters

Faust acknowledges for agents, and may commit past a message that was not finished; it also moves
every partition to the committed offset after its last hook. So the fold has a consumer of its own,
and agents have only what may be lost: docs/adr/0008.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import OrderedDict
from typing import TYPE_CHECKING, Any, Final

import faust
from aiokafka.errors import KafkaError, MessageSizeTooLargeError
from faust.types.auth import AuthProtocol

from processors.archive import Archive
from processors.drivers.group import FoldGroup
from processors.drivers.liveness import CHECK_INTERVAL_S, SilenceCheck, is_from_outside
from processors.drivers.partition import kept_in_the_log_alone
from processors.worker_state import prometheus_text, reason_not_ready
from runtide.errors import LogUnavailable, UnavailableError
from runtide.log.kafka_client import client_arguments
from runtide.store.progress import StoredProgress

if TYPE_CHECKING:
    from faust.web import Request, Response, View

    from processors.core.rows import TableRows
    from processors.life.expiry import Expiry
    from processors.life.purge import Purger
    from runtide.log.kafka_settings import KafkaSettings
    from runtide.log.port import EventLog
    from runtide.store.port import MetricStore

_KAFKA_TIMEOUT_S: Final = 30.0
_DEAD_LETTER_TIMEOUT_S: Final = 30.0
LIFE_INTERVAL_S: Final = 10.0
"""How often purged runs are looked for."""

_RUNS_HEARD_MAX: Final = 100_000
"""Runs whose last sign of life is remembered beside the store; the oldest are forgotten."""

_BUFFERED_MESSAGES_MAX: Final = 128
_FETCH_BYTES_MAX: Final = 4 << 20
_DEAD_LETTER_BYTES_MAX: Final = 64 << 20

_log = logging.getLogger(__name__)


def run_worker(
    *,
    settings: KafkaSettings,
    group: str,
    log: EventLog,
    store: MetricStore,
    host: str,
    port: int,
    purger: Purger,
    expiry: Expiry,
    archives: bool = False,
) -> None:
    """Fold the topic's partitions with whoever else is in `group`, until a signal ends it.

    Must be called in the main thread; ends the process.

    Args:
        settings: Where Kafka is.
        group: The consumer group of the fold; that of the agents is named after it.
        log: The same topic; what is said of silent runs is appended to it.
        store: Where the rows go.
        host: Where `/health`, `/ready` and `/metrics` are served.
        port: Their port.
        purger: Removes what there is of purged runs.
        expiry: Says of runs whose time is over that they are purged.
        archives: Whether a copy of each record is kept in the store.
    """
    app = _created(settings, group=group, host=host, port=port)
    dead_letters = _DeadLetters(app, settings)
    fold = FoldGroup(
        client_arguments(settings, timeout_s=_KAFKA_TIMEOUT_S),
        topic=settings.topic,
        group=group,
        store=store,
        on_dead_letters=dead_letters.publish,
        on_records=Archive(store).write if archives else kept_in_the_log_alone,
    )
    _add_fold(app, fold, dead_letters)
    _add_liveness(app, settings, SilenceCheck(log, store, StoredProgress(store)))
    _add_life(app, settings, purger, expiry)
    _add_pages(app, fold)
    worker = faust.Worker(
        app, loglevel="INFO", redirect_stdouts=False, quiet=True, logging_config=None
    )
    worker.execute_from_commandline()


def _created(settings: KafkaSettings, *, group: str, host: str, port: int) -> faust.App:
    return faust.App(
        f"{group}-streams",
        broker=[f"kafka://{server}" for server in settings.bootstrap],
        broker_credentials=_credentials(settings),
        store="memory://",
        # Agents keep nothing, so that no table is recovered and no folder made.
        table_standby_replicas=0,
        topic_disable_leader=True,
        topic_allow_declare=False,
        consumer_auto_offset_reset="latest",
        stream_wait_empty=False,
        stream_buffer_maxsize=_BUFFERED_MESSAGES_MAX,
        consumer_max_fetch_size=_FETCH_BYTES_MAX,
        producer_max_request_size=_DEAD_LETTER_BYTES_MAX,
        producer_compression_type=None,
        broker_request_timeout=_KAFKA_TIMEOUT_S,
        broker_session_timeout=10.0,
        broker_heartbeat_interval=2.0,
        web_host=host,
        web_bind=host,
        web_port=port,
        worker_redirect_stdouts=False,
    )


def _credentials(settings: KafkaSettings) -> Any:  # noqa: ANN401  # one of Faust's three kinds
    arguments = client_arguments(settings, timeout_s=_KAFKA_TIMEOUT_S)
    if settings.uses_sasl:
        credentials = faust.SASLCredentials(
            username=settings.username,
            password=settings.password,
            mechanism=settings.sasl_mechanism,
            ssl_context=arguments["ssl_context"],
        )
        credentials.protocol = AuthProtocol(arguments["security_protocol"])
        return credentials
    if settings.uses_tls:
        return faust.SSLCredentials(context=arguments["ssl_context"])
    return None


class _DeadLetters:
    """Sends unreadable records to their topic, from the threads that fold."""

    def __init__(self, app: faust.App, settings: KafkaSettings) -> None:
        self._topic = app.topic(
            settings.dead_letter_topic, key_serializer="raw", value_serializer="raw"
        )
        self._source = settings.topic
        self.loop: asyncio.AbstractEventLoop | None = None

    def publish(self, rows: TableRows) -> None:
        """Return when each of the rows is in the topic.

        Raises:
            LogUnavailable: Some are not; send all of them again.
        """
        assert self.loop is not None
        sent = asyncio.run_coroutine_threadsafe(self._all_sent(rows), self.loop)
        try:
            sent.result(_DEAD_LETTER_TIMEOUT_S)
        except (KafkaError, TimeoutError) as exc:
            sent.cancel()
            message = f"could not send {len(rows['pos'])} dead letters to their topic ({exc})"
            raise LogUnavailable(message) from exc

    async def _all_sent(self, rows: TableRows) -> None:
        for run_id, partition, pos, code, reason, value in zip(
            *(rows[name] for name in ("run_id", "partition", "pos", "code", "reason", "value")),
            strict=True,
        ):
            headers = {
                "topic": self._source.encode(),
                "partition": str(partition).encode(),
                "offset": str(pos).encode(),
                "code": code.encode(),
                "reason": reason.encode(),
            }
            try:
                await (await self._topic.send(key=run_id.encode(), value=value, headers=headers))
            except MessageSizeTooLargeError:
                # The store has it whole; the topic is for those who watch.
                _log.warning("dead letter %s:%s is too large for its topic", partition, pos)


def _add_fold(app: faust.App, fold: FoldGroup, dead_letters: _DeadLetters) -> None:
    class Fold(faust.Service):
        """The fold, as long as the worker lives."""

        async def on_start(self) -> None:
            dead_letters.loop = asyncio.get_running_loop()

        @faust.Service.task
        async def _fold(self) -> None:
            await fold.run()

        async def on_stop(self) -> None:
            await fold.stop()

    app.service(Fold)


def _add_liveness(app: faust.App, settings: KafkaSettings, silence: SilenceCheck) -> None:
    events = app.topic(
        settings.topic,
        key_serializer="raw",
        value_serializer="raw",
        key_type=bytes,
        value_type=bytes,
    )
    heard_us_by_run: OrderedDict[str, int] = OrderedDict()

    @app.agent(events, name="heard")
    async def heard(stream: Any) -> None:  # noqa: ANN401  # Faust ships no types
        async for event in stream.events():
            run = (event.message.key or b"").decode(errors="replace")
            if not is_from_outside(event.message.value or b""):
                heard_us_by_run[run] = time.time_ns() // 1000
                heard_us_by_run.move_to_end(run)
                if len(heard_us_by_run) > _RUNS_HEARD_MAX:
                    heard_us_by_run.popitem(last=False)

    @app.timer(CHECK_INTERVAL_S)  # type: ignore[untyped-decorator]  # Faust types some, not this
    async def silent() -> None:
        mine = [tp.partition for tp in app.consumer.assignment() if tp.topic == settings.topic]
        try:
            found = await asyncio.to_thread(
                silence.check,
                now_us=time.time_ns() // 1000,
                partitions=mine,
                heard_us_by_run=dict(heard_us_by_run),
            )
        except UnavailableError as exc:
            _log.warning("liveness is checked again in %.0f s: %s", CHECK_INTERVAL_S, exc)
        else:
            if found:
                _log.info("%d runs do not respond: %s", len(found), ", ".join(found[:10]))


def _add_life(app: faust.App, settings: KafkaSettings, purger: Purger, expiry: Expiry) -> None:
    # Removing many rows takes longer than the timer's interval, and one at a time is enough.
    working = asyncio.Lock()

    @app.timer(LIFE_INTERVAL_S)  # type: ignore[untyped-decorator]  # Faust types some, not this
    async def over() -> None:
        if working.locked():
            return
        mine = [tp.partition for tp in app.consumer.assignment() if tp.topic == settings.topic]
        try:
            async with working:
                now_us = time.time_ns() // 1000
                await asyncio.to_thread(expiry.say, now_us=now_us, partitions=mine)
                await asyncio.to_thread(purger.purge_pending, mine)
        except UnavailableError as exc:
            _log.warning("purged runs are removed in %.0f s: %s", LIFE_INTERVAL_S, exc)


def _add_pages(app: faust.App, fold: FoldGroup) -> None:
    @app.page("/health")
    async def health(view: View, _request: Request) -> Response:
        return view.json({"status": "ok"})

    @app.page("/ready")
    async def ready(view: View, _request: Request) -> Response:
        reason = reason_not_ready(fold)
        status = "ready" if reason is None else "unavailable"
        return view.json(
            {"status": status, "reason": reason}, status=200 if reason is None else 503
        )

    @app.page("/metrics")
    async def metrics(view: View, _request: Request) -> Response:
        return view.text(prometheus_text(fold))

"""The topic that is the log: made when it is missing, and checked when it is there."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from aiokafka import errors
from aiokafka.client import AIOKafkaClient
from aiokafka.protocol.admin import CreateTopicsRequest, DescribeConfigsRequest
from aiokafka.protocol.metadata import MetadataRequest

from runtide.errors import UsageError
from runtide.log.kafka_client import CLIENT_ERRORS, config_remedy, explained
from runtide.log.kafka_question import Questioner, ask
from runtide.log.kafka_settings import FOR_EVER, NEW_TOPIC_PARTITIONS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runtide.log.kafka_settings import KafkaSettings

BATCH_BYTES_MAX: Final = 1_000_000
"""Largest record batch, before compression: Kafka's default for a topic is 1,048,588 bytes, and
what cannot be compressed grows a little. Holds any one envelope."""

MESSAGE_BYTES_MIN: Final = BATCH_BYTES_MAX + 16_384
"""What a topic must take: the largest batch, and what a codec may add."""

_REPLICATION_MAX: Final = 3
_HOUR_MS: Final = 3_600_000
_POLL_INTERVAL_S: Final = 0.05
_TOPIC_RESOURCE: Final = 2
_CONFIG_NAMES: Final = (
    "cleanup.policy",
    "compression.type",
    "max.message.bytes",
    "retention.bytes",
    "retention.ms",
)

_log = logging.getLogger(__name__)


class TopicProblem(NamedTuple):
    """Something about a topic that is not as it should be, and what to do.

    Attributes:
        is_fatal: Whether a log cannot be opened on it.
    """

    what: str
    remedy: str
    is_fatal: bool = False


class Topic(NamedTuple):
    """A topic as it is.

    Attributes:
        replication: Copies of the partition that has the fewest.
        leaderless_count: Partitions that nobody can write to or read now.
        retention_ms: How long records are kept, -1 for ever; None if we may not know.
        problems: What is not as it should be.
    """

    partition_count: int
    replication: int
    leaderless_count: int
    retention_ms: int | None = None
    problems: tuple[TopicProblem, ...] = ()


def open_topic(settings: KafkaSettings, *, timeout_s: float) -> Topic:
    """Return `settings.topic`, made first if it is missing and may be made.

    Raises:
        LogUnavailable: The brokers do not answer.
        UsageError: They do not let us in, the topic is missing, or a log cannot be kept in it.
    """
    topic = _looked_up(settings, creates=settings.creates_topics, timeout_s=timeout_s)
    assert topic is not None
    if fatal := [problem for problem in topic.problems if problem.is_fatal]:
        message = "; ".join(f"{problem.what}: {problem.remedy}" for problem in fatal)
        raise UsageError(message)
    for problem in topic.problems:
        _log.warning("%s: %s", problem.what, problem.remedy)
    return topic


def check_topic(settings: KafkaSettings, *, timeout_s: float) -> Topic | None:
    """Return `settings.topic` with all that is wrong with it, or None if it is missing.

    Nothing is made or changed.

    Raises:
        LogUnavailable: The brokers do not answer.
        UsageError: They do not let us in.
    """
    return _looked_up(settings, creates=None, timeout_s=timeout_s)


def _looked_up(settings: KafkaSettings, *, creates: bool | None, timeout_s: float) -> Topic | None:
    return ask(_Lookup, settings, lambda own: own.topic(creates=creates), timeout_s=timeout_s)


class _Lookup(Questioner[AIOKafkaClient]):
    engine = AIOKafkaClient
    name = "topic"

    async def topic(self, *, creates: bool | None) -> Topic | None:
        """Return the topic; None for one that is missing if `creates` is None."""
        try:
            async with asyncio.timeout(self.timeout_s):
                await self.client.bootstrap()
                found = await self._find()
                if found is None:
                    if creates is None:
                        return None
                    if not creates:
                        raise self._missing()
                    await self._create()
                    found = await self._find()
                while found is None or found.partition_count == 0:
                    await asyncio.sleep(_POLL_INTERVAL_S)
                    found = await self._find()
                return await self._examined(found)
        except CLIENT_ERRORS as exc:
            raise await explained(self.settings, exc, verb="open", may_be_usage=True) from exc

    def _missing(self) -> UsageError:
        settings = self.settings
        message = (
            f"there is no topic {settings.topic!r} at {settings.bootstrap[0]}: make it with "
            f"`kafka-topics.sh --bootstrap-server {settings.bootstrap[0]} --create --topic "
            f"{settings.topic} --partitions {settings.partitions or NEW_TOPIC_PARTITIONS} --config "
            f"retention.ms={_retention_ms(settings.retention_hours)}`, correct RUNTIDE_KAFKA_TOPIC, "
            f"or set RUNTIDE_KAFKA_CREATE_TOPICS to `true`"
        )
        return UsageError(message)

    async def _asked(self, request: Any) -> dict[str, Any]:  # noqa: ANN401  # the engine has no types
        node = self.client.get_random_node()
        answer = await self.client.send("bootstrap" if node is None else node, request)
        document: dict[str, Any] = answer.to_object()
        return document

    async def _find(self) -> Topic | None:
        """Return the topic as the brokers list it; one just made may have no partitions yet."""
        # Many clusters make a topic when they are asked for one, with one partition and a week.
        request = MetadataRequest([self.settings.topic], allow_auto_topic_creation=False)
        (found,) = (await self._asked(request))["topics"]
        error = errors.for_code(found["error_code"])
        if error is errors.UnknownTopicOrPartitionError:
            return None
        if error is not errors.NoError and not error.retriable:
            raise error
        partitions = found["partitions"]
        return Topic(
            partition_count=len(partitions),
            replication=min((len(p["replicas"]) for p in partitions), default=0),
            leaderless_count=sum(p["leader"] < 0 for p in partitions),
        )

    async def _create(self) -> None:
        settings = self.settings
        brokers = (await self._asked(MetadataRequest([])))["brokers"]
        configs = {
            "cleanup.policy": "delete",
            "compression.type": "producer",
            "max.message.bytes": str(max(MESSAGE_BYTES_MIN, 1_048_588)),
            "retention.bytes": "-1",
            "retention.ms": str(_retention_ms(settings.retention_hours)),
        }
        wanted: tuple[Any, ...] = (
            settings.topic,
            settings.partitions or NEW_TOPIC_PARTITIONS,
            settings.replication or min(_REPLICATION_MAX, len(brokers)),
            [],
            list(configs.items()),
        )
        # Any broker passes it on to the controller.
        request = CreateTopicsRequest([wanted], round(self.timeout_s * 1_000), validate_only=False)
        (answer,) = (await self._asked(request))["topic_errors"]
        error = errors.for_code(answer["error_code"])
        if error in {errors.NoError, errors.TopicAlreadyExistsError}:
            return
        if error is errors.InvalidReplicationFactorError:
            message = (
                f"topic {settings.topic!r} cannot be made ({answer['error_message']}): "
                f"RUNTIDE_KAFKA_REPLICATION is {settings.replication}; want at most the number "
                f"of brokers, {len(brokers)}"
            )
            raise UsageError(message)
        raise error(answer["error_message"])

    async def _examined(self, found: Topic) -> Topic:
        settings = self.settings
        problems = tuple(_shape_problems(settings, found))
        wanted = [(_TOPIC_RESOURCE, settings.topic, list(_CONFIG_NAMES))]
        (answer,) = (await self._asked(DescribeConfigsRequest(wanted)))["resources"]
        error = errors.for_code(answer["error_code"])
        if error is errors.TopicAuthorizationFailedError:
            return found._replace(problems=problems)
        if error is not errors.NoError:
            raise error(answer["error_message"])
        configs = {c["config_names"]: c["config_value"] for c in answer["config_entries"]}
        return found._replace(
            retention_ms=int(configs["retention.ms"]),
            problems=(*problems, *_config_problems(settings, configs)),
        )


def _shape_problems(settings: KafkaSettings, found: Topic) -> Iterator[TopicProblem]:
    name = f"topic {settings.topic!r}"
    if found.leaderless_count:
        yield TopicProblem(
            f"{found.leaderless_count} of {found.partition_count} partitions of {name} have no "
            f"leader, so nobody can write to them or read them",
            "start the brokers that are missing",
        )
    if settings.partitions not in {None, found.partition_count}:
        yield TopicProblem(
            f"{name} has {found.partition_count} partitions, want {settings.partitions}",
            f"set RUNTIDE_KAFKA_PARTITIONS to {found.partition_count} or unset it; more partitions "
            f"for a topic in use would tear its runs apart, so make another topic for more",
        )
    if settings.replication is not None and found.replication < settings.replication:
        yield TopicProblem(
            f"{name} keeps {found.replication} copies, want {settings.replication}",
            "add replicas with `kafka-reassign-partitions.sh`, or lower RUNTIDE_KAFKA_REPLICATION",
        )


def _config_problems(settings: KafkaSettings, configs: dict[str, str]) -> Iterator[TopicProblem]:
    name = f"topic {settings.topic!r}"
    if "compact" in (policy := configs["cleanup.policy"]):
        yield TopicProblem(
            f"{name} has cleanup.policy={policy}, which removes all but a run's last record",
            config_remedy(settings, "cleanup.policy", "delete"),
            is_fatal=True,
        )
    if int(size := configs["max.message.bytes"]) < MESSAGE_BYTES_MIN:
        yield TopicProblem(
            f"{name} has max.message.bytes={size}, want at least {MESSAGE_BYTES_MIN}",
            config_remedy(settings, "max.message.bytes", 1_048_588),
            is_fatal=True,
        )
    if (codec := configs["compression.type"]) not in {"producer", settings.compression}:
        yield TopicProblem(
            f"{name} has compression.type={codec}, so its brokers compress everything again",
            config_remedy(settings, "compression.type", "producer"),
        )
    if (size := configs["retention.bytes"]) != "-1":
        yield TopicProblem(
            f"{name} has retention.bytes={size}: a partition that grows beyond loses its oldest",
            config_remedy(settings, "retention.bytes", "-1"),
        )
    wanted = _retention_ms(settings.retention_hours)
    if settings.retention_hours is not None and int(configs["retention.ms"]) != wanted:
        yield TopicProblem(
            f"{name} has retention.ms={configs['retention.ms']}, want {wanted}",
            f"{config_remedy(settings, 'retention.ms', wanted)}, or correct "
            f"RUNTIDE_KAFKA_RETENTION_HOURS",
        )


def _retention_ms(hours: int | None) -> int:
    return FOR_EVER if hours is None or hours == FOR_EVER else hours * _HOUR_MS

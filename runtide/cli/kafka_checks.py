"""The checks of `runtide doctor` that look at Kafka, where it is configured."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from importlib.util import find_spec
from typing import TYPE_CHECKING, Final

from runtide.cli.checks import Finding, Verdict
from runtide.client.options import destination, load_options
from runtide.errors import RuntideError
from runtide.log.kafka_settings import KafkaSettings
from runtide.settings import ProcessorsSettings, load_settings
from runtide.shared_settings import KafkaEnvironment

if TYPE_CHECKING:
    from runtide.log.kafka_topic import Topic, TopicProblem

_MODULES: Final = ("aiokafka", "cramjam")
_TIMEOUT_S: Final = 10.0
_HOUR_MS: Final = 3_600_000


def kafka_findings() -> Iterator[Finding]:
    """Look at the brokers, the topics and who folds the log; nothing if none is configured.

    Nothing is made or changed.
    """
    try:
        settings = find_kafka_settings()
        if settings is None:
            return
        if missing := [module for module in _MODULES if find_spec(module) is None]:
            what = f"{', '.join(missing)} not installed"
            yield Finding("kafka", "failed", what, "run `pip install 'runtide[kafka]'`")
            return
        yield from _topic_findings("topic", settings)
        letters = replace(settings, topic=settings.dead_letter_topic, partitions=None)
        yield from _topic_findings("dead letters", replace(letters, retention_hours=None))
        yield _workers_finding(settings)
    except RuntideError as exc:
        # Brokers that do not answer to one question answer to none.
        yield Finding("kafka", "failed", str(exc))


def find_kafka_settings() -> KafkaSettings | None:
    """Return what scripts are told by their URL, or else what services are told."""
    options = load_options()
    if options.url is not None:
        kafka = destination(home=options.home, url=options.url).kafka
        if kafka is not None:
            return kafka
    environment = load_settings(KafkaEnvironment)
    return environment.kafka() if environment.kafka_bootstrap is not None else None


def _topic_findings(check: str, settings: KafkaSettings) -> Iterator[Finding]:
    # Here and not above: doctor must be able to say that this engine is not installed.
    from runtide.log.kafka_topic import check_topic  # noqa: PLC0415  # see above

    topic = check_topic(settings, timeout_s=_TIMEOUT_S)
    if check == "topic":
        yield Finding("kafka", "ok", f"answers at {', '.join(settings.bootstrap)}")
    if topic is None:
        yield _missing(check, settings)
        return
    yield Finding(check, "ok", f"{settings.topic}: {_shape(topic)}")
    for problem in topic.problems:
        yield _problem_finding(check, problem)


def _workers_finding(settings: KafkaSettings) -> Finding:
    from runtide.log.kafka_group import find_group  # noqa: PLC0415  # as above

    name = load_settings(ProcessorsSettings).group
    group = find_group(settings, name, timeout_s=_TIMEOUT_S)
    if group is None:
        return Finding("workers", "ok", f"this user may not look at the group {name!r}")
    if not group.member_count:
        return Finding(
            "workers",
            "failed",
            f"nobody is in the group {name!r}: what is logged waits, and no query shows it",
            "start `runtide serve processors`; if its group has another name, set "
            "RUNTIDE_PROCESSORS_GROUP here too",
        )
    return Finding(
        "workers",
        "ok",
        f"{group.member_count} in the group {name!r}, on {', '.join(group.hosts)}",
    )


def _missing(check: str, settings: KafkaSettings) -> Finding:
    what = f"there is no topic {settings.topic!r}"
    if settings.creates_topics:
        return Finding(check, "ok", f"{what} yet; whoever uses it first makes it")
    return Finding(
        check,
        "failed",
        what,
        f"make it with `kafka-topics.sh --bootstrap-server {settings.bootstrap[0]} --create --topic "
        f"{settings.topic} …`, or set RUNTIDE_KAFKA_CREATE_TOPICS to `true`",
    )


def _problem_finding(check: str, problem: TopicProblem) -> Finding:
    verdict: Verdict = "failed" if problem.is_fatal else "warning"
    return Finding(check, verdict, problem.what, problem.remedy)


def _shape(topic: Topic) -> str:
    if topic.retention_ms is None:
        kept = "retention that this user may not look at"
    elif topic.retention_ms < 0:
        kept = "records kept for ever"
    else:
        kept = f"records kept for {topic.retention_ms / _HOUR_MS:,.1f} hours"
    return f"{topic.partition_count} partitions, {topic.replication} copies, {kept}"

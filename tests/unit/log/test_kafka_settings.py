"""What Kafka's settings may be, and what is said of those that cannot work."""

from dataclasses import replace
from pathlib import Path

import pytest

from runtide.client.options import destination
from runtide.errors import UsageError
from runtide.log.kafka_settings import NAMES, KafkaSettings, parse_bootstrap, parse_settings
from runtide.settings import environment_name, load_settings
from runtide.shared_settings import KafkaEnvironment

HERE = ("broker:9092",)
USER = {"RUNTIDE_KAFKA_USERNAME": "olive", "RUNTIDE_KAFKA_PASSWORD": "open-sesame"}
EVERYTHING = USER | {
    "RUNTIDE_KAFKA_BOOTSTRAP": "a:1,b",
    "RUNTIDE_KAFKA_TOPIC": "events",
    "RUNTIDE_KAFKA_DEAD_LETTER_TOPIC": "dead",
    "RUNTIDE_KAFKA_CREATE_TOPICS": "false",
    "RUNTIDE_KAFKA_PARTITIONS": "7",
    "RUNTIDE_KAFKA_REPLICATION": "2",
    "RUNTIDE_KAFKA_RETENTION_HOURS": "-1",
    "RUNTIDE_KAFKA_COMPRESSION": "zstd",
    "RUNTIDE_KAFKA_SECURITY": "sasl_ssl",
    "RUNTIDE_KAFKA_SASL_MECHANISM": "SCRAM-SHA-512",
    "RUNTIDE_KAFKA_CA_FILE": "/ca.pem",
    "RUNTIDE_KAFKA_CERT_FILE": "/cert.pem",
    "RUNTIDE_KAFKA_KEY_FILE": "/key.pem",
}


@pytest.mark.parametrize(
    ("text", "servers"),
    [
        ("a", ("a:9092",)),
        ("a:1, b.example:2", ("a:1", "b.example:2")),
        ("127.0.0.1:9", ("127.0.0.1:9",)),
        ("[::1]", ("[::1]:9092",)),
        ("[fe80::1]:7", ("[fe80::1]:7",)),
    ],
)
def test_servers_are_named_with_or_without_a_port(text: str, servers: tuple[str, ...]) -> None:
    assert parse_bootstrap(text) == servers


@pytest.mark.parametrize("text", ["", ",", "a:", "a:x", "a:0", "a:65536", "a b", "::1", "a,,b"])
def test_what_is_no_server_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match=r"RUNTIDE_KAFKA_BOOTSTRAP is .*: want `host:port`"):
        parse_bootstrap(text)


def test_url_with_a_password_is_refused_and_not_shown() -> None:
    """A URL is written to logs and configuration files; a password is not."""
    with pytest.raises(UsageError, match="set RUNTIDE_KAFKA_USERNAME and") as raised:
        destination(home=Path("/h"), url="kafka://olive:open-sesame@host:9092", environ={})

    assert "open-sesame" not in str(raised.value)


def test_scripts_and_services_read_the_same_from_every_name(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Two readers of one list of names would drift apart otherwise."""
    # A password stands in its setting or in a file, and not in both.
    assert (
        {*EVERYTHING, "RUNTIDE_KAFKA_PASSWORD_FILE"}
        == NAMES
        == {environment_name(name, field) for name, field in KafkaEnvironment.model_fields.items()}
    )
    for name, value in EVERYTHING.items():
        monkeypatch.setenv(name, value)

    settings = load_settings(KafkaEnvironment).kafka()

    assert settings == parse_settings(EVERYTHING)
    assert settings == KafkaSettings(
        bootstrap=("a:1", "b:9092"),
        topic="events",
        dead_letter_topic="dead",
        creates_topics=False,
        partitions=7,
        replication=2,
        retention_hours=-1,
        compression="zstd",
        security="sasl_ssl",
        sasl_mechanism="SCRAM-SHA-512",
        username="olive",
        password="open-sesame",
        ca_file=Path("/ca.pem"),
        cert_file=Path("/cert.pem"),
        key_file=Path("/key.pem"),
    )


def test_empty_values_count_as_unset(monkeypatch: pytest.MonkeyPatch) -> None:
    """`NAME=` is how a composition of containers passes on what nobody has set."""
    empty = dict.fromkeys(NAMES, "") | {"RUNTIDE_KAFKA_BOOTSTRAP": "broker"}
    for name, value in empty.items():
        monkeypatch.setenv(name, value)

    assert parse_settings(empty) == KafkaSettings(bootstrap=HERE)
    assert load_settings(KafkaEnvironment).kafka() == KafkaSettings(bootstrap=HERE)


def test_services_without_a_broker_are_told_the_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("RUNTIDE_KAFKA_BOOTSTRAP", raising=False)

    with pytest.raises(UsageError, match="RUNTIDE_KAFKA_BOOTSTRAP is '': want `host:port`"):
        load_settings(KafkaEnvironment).kafka()


@pytest.mark.parametrize(
    ("environ", "told"),
    [
        ({"RUNTIDE_KAFKA_TOPIC": "a/b"}, "RUNTIDE_KAFKA_TOPIC is 'a/b': want letters"),
        ({"RUNTIDE_KAFKA_DEAD_LETTER_TOPIC": ".."}, "RUNTIDE_KAFKA_DEAD_LETTER_TOPIC is"),
        ({"RUNTIDE_KAFKA_SECURITY": "tls"}, "want `plaintext`, `ssl`, `sasl_plaintext` or"),
        ({"RUNTIDE_KAFKA_SASL_MECHANISM": "GSSAPI"}, "want `PLAIN`, `SCRAM-SHA-256` or"),
        ({"RUNTIDE_KAFKA_COMPRESSION": "gzip"}, "want `none`, `lz4` or `zstd`"),
        ({"RUNTIDE_KAFKA_CREATE_TOPICS": "yes"}, "want `true` or `false`"),
        ({"RUNTIDE_KAFKA_PARTITIONS": "0"}, "RUNTIDE_KAFKA_PARTITIONS is 0: want a whole"),
        ({"RUNTIDE_KAFKA_REPLICATION": "x"}, "RUNTIDE_KAFKA_REPLICATION is 'x': want a whole"),
        ({"RUNTIDE_KAFKA_RETENTION_HOURS": "-2"}, "1 or more, or -1"),
        ({"RUNTIDE_KAFKA_SECURITY": "sasl_ssl"}, "set RUNTIDE_KAFKA_USERNAME and"),
        (USER, "it takes no user; want `sasl_ssl`"),
        ({"RUNTIDE_KAFKA_CA_FILE": "/ca.pem"}, "it encrypts nothing; want `ssl`"),
        (
            {"RUNTIDE_KAFKA_SECURITY": "ssl", "RUNTIDE_KAFKA_KEY_FILE": "/key.pem"},
            "set RUNTIDE_KAFKA_CERT_FILE too",
        ),
    ],
)
def test_setting_that_cannot_work_is_refused_with_its_name(
    environ: dict[str, str], told: str
) -> None:
    with pytest.raises(UsageError, match=told.replace(".", r"\.")):
        parse_settings(environ, bootstrap=HERE)


def test_password_is_shown_nowhere() -> None:
    settings = replace(
        KafkaSettings(bootstrap=HERE),
        security="sasl_ssl",
        username="olive",
        password="open-sesame",
    )

    assert "open-sesame" not in repr(settings)


@pytest.mark.parametrize(
    ("url", "servers", "topic"),
    [
        ("kafka://a", ("a:9092",), "runtide.events"),
        ("kafka://a:1,b:2/events", ("a:1", "b:2"), "events"),
        ("kafka://[::1]:5/", ("[::1]:5",), "runtide.events"),
    ],
)
def test_url_names_brokers_and_topic(url: str, servers: tuple[str, ...], topic: str) -> None:
    place = destination(home=Path("/h"), url=url, environ={})

    assert place.kafka is not None
    assert (place.kafka.bootstrap, place.kafka.topic) == (servers, topic)
    assert place.url == f"kafka://{','.join(servers)}/{topic}"


@pytest.mark.parametrize("url", ["kafka://", "kafka:///topic", "kafka://a:x", "kafka://a/b/c"])
def test_url_that_leads_to_no_broker_or_topic_is_refused(url: str) -> None:
    with pytest.raises(UsageError, match=r"RUNTIDE_URL|RUNTIDE_KAFKA_TOPIC"):
        destination(home=Path("/h"), url=url, environ={})

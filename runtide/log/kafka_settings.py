"""What one must know to reach Kafka. Plain data: neither pydantic nor the engine is loaded."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal, NoReturn, cast, get_args

from runtide.core.shown import shown
from runtide.errors import UsageError
from runtide.secret_file import secret_of

if TYPE_CHECKING:
    from collections.abc import Mapping

Security = Literal["plaintext", "ssl", "sasl_plaintext", "sasl_ssl"]
Mechanism = Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"]
Compression = Literal["none", "lz4", "zstd"]

DEFAULT_TOPIC: Final = "runtide.events"
DEFAULT_DEAD_LETTER_TOPIC: Final = "runtide.dead-letters"
DEFAULT_PORT: Final = 9092
NEW_TOPIC_PARTITIONS: Final = 12
"""Partitions of a topic that is made, unless a setting says otherwise: as many workers can share
it, and it cannot grow later without tearing runs apart."""

FOR_EVER: Final = -1

_TOPIC: Final = re.compile(r"[A-Za-z0-9._-]{1,249}")
_SERVER: Final = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[^\s:/@,\[\]]+)(?::([0-9]{1,5}))?")
_PORT_MAX: Final = 65_535


@dataclass(frozen=True, slots=True, kw_only=True)
class KafkaSettings:
    """Where Kafka is, how to be let in, and what its topics should be like."""

    bootstrap: tuple[str, ...]
    """`host:port` of some brokers; they name the others."""

    topic: str = DEFAULT_TOPIC
    """The event log."""

    dead_letter_topic: str = DEFAULT_DEAD_LETTER_TOPIC
    """Where records go that cannot be folded."""

    creates_topics: bool = True
    """Whether a topic that is missing is made."""

    partitions: int | None = None
    """Of a topic that is made, and what one that is there should have."""

    replication: int | None = None
    """Copies of each record of a topic that is made; None is three, or as many as brokers."""

    retention_hours: int | None = None
    """How long records are kept, `FOR_EVER` for ever; None is for ever in a topic that is made,
    and whatever it is in one that is there."""

    compression: Compression = "lz4"
    """How record batches are compressed."""

    security: Security = "plaintext"
    """What the brokers' port speaks."""

    sasl_mechanism: Mechanism = "PLAIN"
    """How the user is proved, where `security` begins with `sasl`."""

    username: str | None = None
    password: str | None = field(default=None, repr=False)

    ca_file: Path | None = None
    """Who signed the brokers' certificates; None trusts whom this machine trusts."""

    cert_file: Path | None = None
    """This client's own certificate, and `key_file` its key, where brokers ask for one."""

    key_file: Path | None = None

    def __post_init__(self) -> None:
        """Refuse what cannot work.

        Raises:
            UsageError: A value is not what its setting takes, or settings contradict each other.
        """
        if not self.bootstrap:
            _refuse("RUNTIDE_KAFKA_BOOTSTRAP", "", "want `host:port`, or several with commas")
        for topic, name in (
            (self.topic, "RUNTIDE_KAFKA_TOPIC"),
            (self.dead_letter_topic, "RUNTIDE_KAFKA_DEAD_LETTER_TOPIC"),
        ):
            if not _TOPIC.fullmatch(topic) or topic in {".", ".."}:
                _refuse(name, topic, "want letters, digits, `.`, `_` and `-`, at most 249")
        _check_choice("RUNTIDE_KAFKA_SECURITY", self.security, get_args(Security))
        _check_choice("RUNTIDE_KAFKA_SASL_MECHANISM", self.sasl_mechanism, get_args(Mechanism))
        _check_choice("RUNTIDE_KAFKA_COMPRESSION", self.compression, get_args(Compression))
        _check_count("RUNTIDE_KAFKA_PARTITIONS", self.partitions)
        _check_count("RUNTIDE_KAFKA_REPLICATION", self.replication)
        if self.retention_hours != FOR_EVER:
            _check_count("RUNTIDE_KAFKA_RETENTION_HOURS", self.retention_hours, or_else="or -1")
        self._check_access()

    @property
    def uses_tls(self) -> bool:
        """Whether connections are encrypted."""
        return self.security in {"ssl", "sasl_ssl"}

    @property
    def uses_sasl(self) -> bool:
        """Whether connections prove a user."""
        return self.security in {"sasl_plaintext", "sasl_ssl"}

    def _check_access(self) -> None:
        if self.uses_sasl and (self.username is None or self.password is None):
            _refuse(
                "RUNTIDE_KAFKA_SECURITY",
                self.security,
                "set RUNTIDE_KAFKA_USERNAME and RUNTIDE_KAFKA_PASSWORD too",
            )
        if not self.uses_sasl and (self.username is not None or self.password is not None):
            _refuse(
                "RUNTIDE_KAFKA_SECURITY",
                self.security,
                "it takes no user; want `sasl_ssl` or `sasl_plaintext`, or unset "
                "RUNTIDE_KAFKA_USERNAME and RUNTIDE_KAFKA_PASSWORD",
            )
        if not self.uses_tls and any((self.ca_file, self.cert_file, self.key_file)):
            _refuse(
                "RUNTIDE_KAFKA_SECURITY",
                self.security,
                "it encrypts nothing; want `ssl` or `sasl_ssl`, or unset the names of certificates",
            )
        if self.key_file is not None and self.cert_file is None:
            _refuse("RUNTIDE_KAFKA_KEY_FILE", str(self.key_file), "set RUNTIDE_KAFKA_CERT_FILE too")


NAMES: Final = frozenset(
    f"RUNTIDE_KAFKA_{name}"
    for name in (
        "BOOTSTRAP TOPIC DEAD_LETTER_TOPIC CREATE_TOPICS PARTITIONS REPLICATION RETENTION_HOURS "
        "COMPRESSION SECURITY SASL_MECHANISM USERNAME PASSWORD PASSWORD_FILE CA_FILE CERT_FILE "
        "KEY_FILE"
    ).split()
)
"""The variables that say all this."""


def parse_settings(
    environ: Mapping[str, str],
    *,
    bootstrap: tuple[str, ...] | None = None,
    topic: str | None = None,
) -> KafkaSettings:
    """Return what the variables of `environ` say; `bootstrap` and `topic` win if they are given.

    Raises:
        UsageError: A value is not what its setting takes, or settings contradict each other.
    """
    given = {name.removeprefix("RUNTIDE_KAFKA_"): environ.get(name) or None for name in NAMES}
    creates = given["CREATE_TOPICS"] or "true"
    _check_choice("RUNTIDE_KAFKA_CREATE_TOPICS", creates, ("true", "false"))
    return KafkaSettings(
        bootstrap=bootstrap or parse_bootstrap(given["BOOTSTRAP"] or ""),
        topic=topic or given["TOPIC"] or DEFAULT_TOPIC,
        dead_letter_topic=given["DEAD_LETTER_TOPIC"] or DEFAULT_DEAD_LETTER_TOPIC,
        creates_topics=creates == "true",
        partitions=_count("PARTITIONS", given),
        replication=_count("REPLICATION", given),
        retention_hours=_count("RETENTION_HOURS", given),
        # What a text may be is checked when the settings are made.
        compression=cast("Compression", given["COMPRESSION"] or "lz4"),
        security=cast("Security", given["SECURITY"] or "plaintext"),
        sasl_mechanism=cast("Mechanism", given["SASL_MECHANISM"] or "PLAIN"),
        username=given["USERNAME"],
        password=secret_of(
            given["PASSWORD"], _path(given["PASSWORD_FILE"]), name="RUNTIDE_KAFKA_PASSWORD"
        ),
        ca_file=_path(given["CA_FILE"]),
        cert_file=_path(given["CERT_FILE"]),
        key_file=_path(given["KEY_FILE"]),
    )


def parse_bootstrap(text: str, *, name: str = "RUNTIDE_KAFKA_BOOTSTRAP") -> tuple[str, ...]:
    """Return the servers that `text` lists, each as `host:port`; the port defaults to 9092.

    Raises:
        UsageError: It lists none, or something that is no server.
    """
    if "@" in text:
        # What stands before it may be a password.
        message = (
            f"{name} names a user: leave it out, and set RUNTIDE_KAFKA_USERNAME and "
            f"RUNTIDE_KAFKA_PASSWORD"
        )
        raise UsageError(message)
    servers = []
    for part in text.split(","):
        match = _SERVER.fullmatch(part.strip())
        if match is None or not 0 < int(match[2] or DEFAULT_PORT) <= _PORT_MAX:
            _refuse(name, text, "want `host:port`, or several with commas")
        servers.append(f"{match[1]}:{match[2] or DEFAULT_PORT}")
    return tuple(servers)


def _count(name: str, given: Mapping[str, str | None]) -> int | None:
    text = given[name]
    if text is None:
        return None
    if not re.fullmatch(r"-?[0-9]{1,9}", text):
        _refuse(f"RUNTIDE_KAFKA_{name}", text, "want a whole number")
    return int(text)


def _path(text: str | None) -> Path | None:
    return None if text is None else Path(text).expanduser()


def _check_choice(name: str, value: str, choices: tuple[str, ...]) -> None:
    if value not in choices:
        _refuse(name, value, f"want {', '.join(f'`{c}`' for c in choices[:-1])} or `{choices[-1]}`")


def _check_count(name: str, value: int | None, *, or_else: str = "") -> None:
    if value is not None and value < 1:
        _refuse(name, value, f"want a whole number of 1 or more{or_else and f', {or_else}'}")


def _refuse(name: str, value: object, remedy: str) -> NoReturn:
    message = f"{name} is {shown(value)}: {remedy}"
    raise UsageError(message)

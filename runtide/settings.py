"""Every `RUNTIDE_` variable of the services, by role. Nothing set means a laptop works.

Settings are read here, once, when a service starts; everything below gets them as arguments. A
training script has options of its own, in `runtide.client.options`, because `import runtide` must
not load pydantic.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final, TypeVar

from pydantic import AfterValidator, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from runtide.agent_settings import AgentSettings
from runtide.client import options
from runtide.errors import UnknownSettings, UsageError
from runtide.log import kafka_settings
from runtide.log.kafka_settings import KafkaSettings
from runtide.quota_settings import IngestQuotas
from runtide.sql_settings import SqlEnvironment
from runtide.store import server_settings
from runtide.store.server_settings import ClickHouseSettings

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pydantic.fields import FieldInfo

PREFIX: Final = "RUNTIDE_"


def _absolute(path: Path) -> Path:
    return path.expanduser().absolute()


class EmbeddedSettings(SqlEnvironment):
    """`runtide up`: the whole system in one process over one data folder."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, frozen=True, populate_by_name=True, use_attribute_docstrings=True
    )

    home: Annotated[Path, AfterValidator(_absolute)] = Path(options.DEFAULT_HOME)
    """The data folder: event log, artifacts, read model and spool. Made if it is not there."""

    host: Annotated[str, Field(validation_alias="RUNTIDE_UP_HOST", min_length=1)] = "127.0.0.1"
    """Address to listen on. Anything but a loopback address is refused: there are no tokens yet."""

    port: Annotated[int, Field(validation_alias="RUNTIDE_UP_PORT", ge=0, le=65_535)] = 8300
    """TCP port to listen on; 0 takes any that is free."""

    idle_exit_s: Annotated[float | None, Field(validation_alias="RUNTIDE_UP_IDLE_EXIT_S", gt=0)] = (
        None
    )
    """Seconds without a request and without a new record after which the server ends by itself.
    Unset, it never does. A run that waits or is executed keeps it from ending."""

    slots: Annotated[int, Field(validation_alias="RUNTIDE_UP_SLOTS", ge=0, le=10_000)] = 4
    """Submitted runs that are executed at once on this machine; the others wait. With 0 none is
    taken. A run that waits for runs which it submitted itself holds its slot meanwhile."""


class KafkaEnvironment(BaseSettings):
    """Where Kafka is, how to be let in, and what its topics should be like.

    The services of a cluster build on it; a script that logs to Kafka reads the same names.
    """

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        # `NAME=` is how a composition of containers passes on what nobody has set.
        env_ignore_empty=True,
        frozen=True,
        populate_by_name=True,
        use_attribute_docstrings=True,
    )

    kafka_bootstrap: str | None = None
    """`host:port` of some brokers, with commas between them; they name the others. A script says it
    in `RUNTIDE_URL`."""

    kafka_topic: str = kafka_settings.DEFAULT_TOPIC
    """The event log. It must have the topic to itself."""

    kafka_dead_letter_topic: str = kafka_settings.DEFAULT_DEAD_LETTER_TOPIC
    """Where records go that cannot be folded."""

    kafka_create_topics: bool = True
    """`true` or `false`: whether a topic that is missing is made."""

    kafka_partitions: Annotated[int | None, Field(ge=1)] = None
    """Partitions of a topic that is made, 12 if unset; one that is there should have as many. Never
    add partitions to a topic in use: its runs would be torn apart."""

    kafka_replication: Annotated[int | None, Field(ge=1)] = None
    """Copies of each record in a topic that is made; if unset, 3, or as many as there are
    brokers."""

    kafka_retention_hours: Annotated[int | None, Field(ge=kafka_settings.FOR_EVER)] = None
    """Hours that records are kept, `-1` for ever. Unset, a topic that is made keeps them for ever,
    and one that is there is taken as it is. What is removed before it was archived is lost to a
    replay."""

    kafka_compression: kafka_settings.Compression = "lz4"
    """How record batches are compressed: `lz4`; `zstd`, which is smaller and slower; or `none`."""

    kafka_security: kafka_settings.Security = "plaintext"
    """What the brokers' port speaks: `plaintext`, `ssl`, `sasl_plaintext` or `sasl_ssl`."""

    kafka_sasl_mechanism: kafka_settings.Mechanism = "PLAIN"
    """How the user is proved where security is `sasl_…`: `PLAIN`, `SCRAM-SHA-256` or
    `SCRAM-SHA-512`."""

    kafka_username: str | None = None
    """The user, where security is `sasl_…`."""

    kafka_password: SecretStr | None = None
    """The user's password. No message ever shows it."""

    kafka_ca_file: Path | None = None
    """PEM file of who signed the brokers' certificates. Unset, whom this machine trusts."""

    kafka_cert_file: Path | None = None
    """PEM file of this client's own certificate, where brokers ask for one."""

    kafka_key_file: Path | None = None
    """PEM file of that certificate's key, if it is not in the same file."""

    def kafka(self) -> KafkaSettings:
        """Return what a `KafkaLog` is opened with.

        Raises:
            UsageError: No broker is named, or settings contradict each other.
        """
        return KafkaSettings(
            bootstrap=kafka_settings.parse_bootstrap(self.kafka_bootstrap or ""),
            topic=self.kafka_topic,
            dead_letter_topic=self.kafka_dead_letter_topic,
            creates_topics=self.kafka_create_topics,
            partitions=self.kafka_partitions,
            replication=self.kafka_replication,
            retention_hours=self.kafka_retention_hours,
            compression=self.kafka_compression,
            security=self.kafka_security,
            sasl_mechanism=self.kafka_sasl_mechanism,
            username=self.kafka_username,
            password=self.kafka_password.get_secret_value() if self.kafka_password else None,
            ca_file=self.kafka_ca_file,
            cert_file=self.kafka_cert_file,
            key_file=self.kafka_key_file,
        )


class ClickHouseEnvironment(BaseSettings):
    """Where the ClickHouse server is, who asks, and how its tables are laid out.

    The services of a cluster build on it, and `runtide migrate` uses it.
    """

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_ignore_empty=True,
        frozen=True,
        populate_by_name=True,
        use_attribute_docstrings=True,
    )

    clickhouse_url: str | None = None
    """`http://host:port` or `https://host:port` of the HTTP interface; the ports default to 8123 and
    8443. Unset, there is no server, and the tables are in the data folder."""

    clickhouse_database: str = server_settings.DEFAULT_DATABASE
    """The database that holds the tables. Made if it is not there and the user may."""

    clickhouse_user: str = server_settings.DEFAULT_USER
    """The user; docs/how-to/use-a-clickhouse-server.md says what it must be allowed to do."""

    clickhouse_password: SecretStr = SecretStr("")
    """The user's password. No message ever shows it."""

    clickhouse_sql_user: str | None = None
    """The user that statements of analysts run as, which may read their views and nothing else.
    Unset, none is run."""

    clickhouse_sql_password: SecretStr = SecretStr("")
    """That user's password. No message ever shows it."""

    clickhouse_layout: server_settings.LayoutName = "plain"
    """`plain` for one server, `replicated` for copies on several, `sharded` for parts on several
    with copies of each. A database keeps the layout it was made with."""

    clickhouse_cluster: str | None = None
    """Where the layout is not `plain`, the cluster of ClickHouse's configuration that holds it."""

    clickhouse_retention_days: Annotated[int | None, Field(ge=1)] = None
    """Days after which points, lists, tables and log lines are removed from the tables. Unset, they
    are kept for ever. Runs, the summaries of their metrics and their files are always kept."""

    clickhouse_ca_file: Path | None = None
    """PEM file of who signed the server's certificate. Unset, whom this machine trusts."""

    clickhouse_connect_timeout_s: Annotated[int, Field(ge=1)] = server_settings.CONNECT_TIMEOUT_S
    """Seconds after which a server that takes no connection counts as away."""

    clickhouse_timeout_s: Annotated[int, Field(ge=1)] = server_settings.ANSWER_TIMEOUT_S
    """Seconds of silence after which a server counts as away. One that works gives signs."""

    def clickhouse(self) -> ClickHouseSettings | None:
        """Return what `open_server` is given, or None when no server is named.

        Raises:
            UsageError: A value is not what its setting takes, or settings contradict each other.
        """
        if self.clickhouse_url is None:
            return None
        return ClickHouseSettings(
            url=self.clickhouse_url,
            database=self.clickhouse_database,
            user=self.clickhouse_user,
            password=self.clickhouse_password.get_secret_value(),
            sql_user=self.clickhouse_sql_user,
            sql_password=self.clickhouse_sql_password.get_secret_value(),
            cluster=self.clickhouse_cluster,
            layout=self.clickhouse_layout,
            retention_days=self.clickhouse_retention_days,
            ca_file=self.clickhouse_ca_file.expanduser() if self.clickhouse_ca_file else None,
            connect_timeout_s=self.clickhouse_connect_timeout_s,
            timeout_s=self.clickhouse_timeout_s,
        )


class ProcessorsSettings(KafkaEnvironment, ClickHouseEnvironment):
    """`runtide serve processors`: a worker that folds the log into the tables."""

    host: Annotated[str, Field(validation_alias="RUNTIDE_PROCESSORS_HOST", min_length=1)] = (
        "127.0.0.1"
    )
    """Address of the pages `/health`, `/ready` and `/metrics`, which tell nothing of any run."""

    port: Annotated[int, Field(validation_alias="RUNTIDE_PROCESSORS_PORT", ge=1, le=65_535)] = 8302
    """Their TCP port."""

    group: Annotated[
        str, Field(validation_alias="RUNTIDE_PROCESSORS_GROUP", pattern=r"^[A-Za-z0-9._-]{1,200}$")
    ] = "runtide-processors"
    """The consumer group whose members share the partitions. Workers of one store are in one."""

    archive: Annotated[bool, Field(validation_alias="RUNTIDE_PROCESSORS_ARCHIVE")] = False
    """`true` keeps a copy of every record in the store, for a replay of what Kafka has removed. Set
    it before records expire: what was folded without it is not archived."""


class QueryApiSettings(KafkaEnvironment, ClickHouseEnvironment, SqlEnvironment):
    """`runtide serve query-api`: answers, live streams and the dashboard, in any number."""

    host: Annotated[str, Field(validation_alias="RUNTIDE_QUERY_API_HOST", min_length=1)] = (
        "127.0.0.1"
    )
    """Address to listen on. Anything but a loopback address needs
    `RUNTIDE_QUERY_API_TRUST_NETWORK`."""

    port: Annotated[int, Field(validation_alias="RUNTIDE_QUERY_API_PORT", ge=0, le=65_535)] = 8300
    """TCP port to listen on; 0 takes any that is free."""

    trust_network: Annotated[bool, Field(validation_alias="RUNTIDE_QUERY_API_TRUST_NETWORK")] = (
        False
    )
    """`true` lets whoever reaches the port read and change every run: there are no access tokens yet."""

    allowed_hosts: Annotated[
        str, Field(validation_alias="RUNTIDE_QUERY_API_ALLOWED_HOSTS", min_length=1)
    ] = "127.0.0.1,localhost,::1"
    """Names, with commas, under which browsers and clients may reach it; any other is refused."""

    artifacts_url: Annotated[str | None, Field(validation_alias="RUNTIDE_ARTIFACTS_URL")] = None
    """Where files are: `file:///folder` or `s3://bucket/prefix`, the same as for ingest."""


class IngestSettings(KafkaEnvironment, IngestQuotas):
    """`runtide serve ingest`: envelopes and files over HTTP, for scripts that cannot reach Kafka."""

    host: Annotated[str, Field(validation_alias="RUNTIDE_INGEST_HOST", min_length=1)] = "127.0.0.1"
    """Address to listen on. Anything but a loopback address needs `RUNTIDE_INGEST_TRUST_NETWORK`."""

    port: Annotated[int, Field(validation_alias="RUNTIDE_INGEST_PORT", ge=0, le=65_535)] = 8301
    """TCP port to listen on; 0 takes any that is free."""

    trust_network: Annotated[bool, Field(validation_alias="RUNTIDE_INGEST_TRUST_NETWORK")] = False
    """`true` lets whoever reaches the port write to every run: there are no access tokens yet."""

    allowed_hosts: Annotated[
        str, Field(validation_alias="RUNTIDE_INGEST_ALLOWED_HOSTS", min_length=1)
    ] = "127.0.0.1,localhost,::1"
    """Names, with commas, under which scripts may reach it; any other is refused. `*` is any name,
    and still no page of another site may write."""

    log_url: Annotated[str | None, Field(validation_alias="RUNTIDE_INGEST_LOG_URL")] = None
    """The event log: `kafka://host:port[,host:port][/topic]`, or `file:///folder` for a data folder
    that `runtide up` serves. Unset, it is Kafka at `RUNTIDE_KAFKA_BOOTSTRAP`."""

    artifacts_url: Annotated[str | None, Field(validation_alias="RUNTIDE_ARTIFACTS_URL")] = None
    """Where files go: `file:///folder` or `s3://bucket/prefix[?endpoint=http(s)://host:port]`, the
    same as for the query API. Unset, they go to the data folder, if that is the log."""


SHARED: Final[dict[str, type[BaseSettings]]] = {
    "Kafka": KafkaEnvironment,
    "ClickHouse": ClickHouseEnvironment,
    "SQL": SqlEnvironment,
}
"""The settings that several services build on, under the heading of their reference."""

ROLES: Final[dict[str, type[BaseSettings]]] = {
    "up": EmbeddedSettings,
    "agent": AgentSettings,
    "serve ingest": IngestSettings,
    "serve processors": ProcessorsSettings,
    "serve query-api": QueryApiSettings,
}
"""The settings of every service, under the command that starts it."""

DEVELOPMENT_PREFIXES: Final = (
    "RUNTIDE_BENCH_",
    "RUNTIDE_FAULT_",
    "RUNTIDE_REQUIRE_",
    "RUNTIDE_TEST_",
)
"""How the names begin that our own tests and benchmarks read. A service ignores them."""

Settings = TypeVar("Settings", bound=BaseSettings)


def environment_name(name: str, field: FieldInfo) -> str:
    """Return the environment variable that sets the field `name`."""
    alias = field.validation_alias
    return alias if isinstance(alias, str) else f"{PREFIX}{name.upper()}"


def known_names() -> frozenset[str]:
    """Return every `RUNTIDE_` name that some role or the client reads."""
    return options.NAMES | {
        environment_name(name, field)
        for role in (*SHARED.values(), *ROLES.values())
        for name, field in role.model_fields.items()
    }


def reject_unknown(environ: Mapping[str, str]) -> None:
    """Refuse to start with a misspelt setting.

    pydantic-settings reads the names it knows and ignores the rest, so a typo would otherwise
    mean the default, silently.

    Raises:
        UnknownSettings: `environ` has a `RUNTIDE_` name that no role declares.
    """
    ours = {
        name
        for name in environ
        if name.startswith(PREFIX) and not name.startswith(DEVELOPMENT_PREFIXES)
    }
    if unknown := sorted(ours - known_names()):
        raise UnknownSettings(names=unknown)


def load_settings(
    role: type[Settings],
    **given: Any,  # noqa: ANN401  # pydantic checks the values
) -> Settings:
    """Return the settings of `role`: what was `given`, then the environment, then the defaults.

    A given None counts as not given.

    Raises:
        UnknownSettings: The environment has a `RUNTIDE_` name that no role declares.
        UsageError: A value is not what its setting takes.
    """
    reject_unknown(os.environ)
    try:
        return role(**{name: value for name, value in given.items() if value is not None})
    except ValidationError as exc:
        raise UsageError("; ".join(map(_explained, exc.errors()))) from exc


def _explained(error: Mapping[str, Any]) -> str:
    name = ".".join(map(str, error["loc"])) or "settings"
    wanted = error["msg"][:1].lower() + error["msg"][1:]
    return f"`{name}` is {error['input']!r}: {wanted}"

"""The settings that several services build on: where Kafka and ClickHouse are, and how to be let in."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings

from runtide.log import kafka_settings
from runtide.log.kafka_settings import KafkaSettings
from runtide.secret_file import secret_of
from runtide.settings_config import SETTINGS_CONFIG
from runtide.store import server_settings
from runtide.store.server_settings import ClickHouseSettings


class KafkaEnvironment(BaseSettings):
    """Where Kafka is, how to be let in, and what its topics should be like.

    The services of a cluster build on it; a script that logs to Kafka reads the same names.
    """

    model_config = SETTINGS_CONFIG

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

    kafka_password_file: Path | None = None
    """A file that holds the user's password, in place of it."""

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
            password=secret_of(
                self.kafka_password.get_secret_value() if self.kafka_password else None,
                self.kafka_password_file,
                name="RUNTIDE_KAFKA_PASSWORD",
            ),
            ca_file=self.kafka_ca_file,
            cert_file=self.kafka_cert_file,
            key_file=self.kafka_key_file,
        )


class ClickHouseEnvironment(BaseSettings):
    """Where the ClickHouse server is, who asks, and how its tables are laid out.

    The services of a cluster build on it, and `runtide migrate` uses it.
    """

    model_config = SETTINGS_CONFIG

    clickhouse_url: str | None = None
    """`http://host:port` or `https://host:port` of the HTTP interface; the ports default to 8123 and
    8443. Unset, there is no server, and the tables are in the data folder."""

    clickhouse_database: str = server_settings.DEFAULT_DATABASE
    """The database that holds the tables. Made if it is not there and the user may."""

    clickhouse_user: str = server_settings.DEFAULT_USER
    """The user; docs/how-to/use-a-clickhouse-server.md says what it must be allowed to do."""

    clickhouse_password: SecretStr | None = None
    """The user's password. No message ever shows it."""

    clickhouse_password_file: Path | None = None
    """A file that holds the user's password, in place of it."""

    clickhouse_sql_user: str | None = None
    """The user that statements of analysts run as, which may read their views and nothing else.
    Unset, none is run."""

    clickhouse_sql_password: SecretStr | None = None
    """That user's password. No message ever shows it."""

    clickhouse_sql_password_file: Path | None = None
    """A file that holds that user's password, in place of it."""

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
            password=secret_of(
                self.clickhouse_password.get_secret_value() if self.clickhouse_password else None,
                self.clickhouse_password_file,
                name="RUNTIDE_CLICKHOUSE_PASSWORD",
            )
            or "",
            sql_user=self.clickhouse_sql_user,
            sql_password=secret_of(
                self.clickhouse_sql_password.get_secret_value()
                if self.clickhouse_sql_password
                else None,
                self.clickhouse_sql_password_file,
                name="RUNTIDE_CLICKHOUSE_SQL_PASSWORD",
            )
            or "",
            cluster=self.clickhouse_cluster,
            layout=self.clickhouse_layout,
            retention_days=self.clickhouse_retention_days,
            ca_file=self.clickhouse_ca_file.expanduser() if self.clickhouse_ca_file else None,
            connect_timeout_s=self.clickhouse_connect_timeout_s,
            timeout_s=self.clickhouse_timeout_s,
        )

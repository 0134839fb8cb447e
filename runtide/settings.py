"""Every `RUNTIDE_` variable of the services, by role. Nothing set means a laptop works.

Settings are read here, once, when a service starts; everything below gets them as arguments. A
training script has options of its own, in `runtide.client.options`, because `import runtide` must
not load pydantic.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Annotated, Any, Final, TypeVar

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings

from runtide.agent_settings import AgentSettings
from runtide.client import variables
from runtide.embedded_settings import EmbeddedSettings
from runtide.errors import UnknownSettings, UsageError
from runtide.life_settings import LifeEnvironment
from runtide.oidc_settings import OidcEnvironment
from runtide.quota_settings import IngestQuotas
from runtide.settings_config import PREFIX
from runtide.shared_settings import ClickHouseEnvironment, KafkaEnvironment
from runtide.sql_settings import SqlEnvironment

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pydantic.fields import FieldInfo


class ProcessorsSettings(KafkaEnvironment, ClickHouseEnvironment, LifeEnvironment):
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

    artifacts_url: str | None = None
    """Where the files are, as for ingest. Unset, files of purged runs stay where they are."""

    archive: Annotated[bool, Field(validation_alias="RUNTIDE_PROCESSORS_ARCHIVE")] = False
    """`true` keeps a copy of every record in the store, for a replay of what Kafka has removed. Set
    it before records expire: what was folded without it is not archived."""


class QueryApiSettings(KafkaEnvironment, ClickHouseEnvironment, SqlEnvironment, OidcEnvironment):
    """`runtide serve query-api`: answers, live streams and the dashboard, in any number."""

    host: Annotated[str, Field(validation_alias="RUNTIDE_QUERY_API_HOST", min_length=1)] = (
        "127.0.0.1"
    )
    """Address to listen on. At any but a loopback address nobody is let in without a token."""

    port: Annotated[int, Field(validation_alias="RUNTIDE_QUERY_API_PORT", ge=0, le=65_535)] = 8300
    """TCP port to listen on; 0 takes any that is free."""

    trust_network: Annotated[bool, Field(validation_alias="RUNTIDE_QUERY_API_TRUST_NETWORK")] = (
        False
    )
    """`true` lets in whoever reaches the port, without a token, to read and change every run: for
    where a proxy before it asks who they are."""

    require_tokens: Annotated[bool, Field(validation_alias="RUNTIDE_QUERY_API_REQUIRE_TOKENS")] = (
        False
    )
    """`true` lets in nobody without a token at a loopback address either."""

    allowed_hosts: Annotated[
        str, Field(validation_alias="RUNTIDE_QUERY_API_ALLOWED_HOSTS", min_length=1)
    ] = "127.0.0.1,localhost,::1"
    """Names, with commas, under which browsers and clients may reach it; any other is refused."""

    artifacts_url: Annotated[str | None, Field(validation_alias="RUNTIDE_ARTIFACTS_URL")] = None
    """Where files are: `file:///folder` or `s3://bucket/prefix`, the same as for ingest."""


class IngestSettings(KafkaEnvironment, ClickHouseEnvironment, IngestQuotas):
    """`runtide serve ingest`: envelopes and files over HTTP, for scripts that cannot reach Kafka."""

    host: Annotated[str, Field(validation_alias="RUNTIDE_INGEST_HOST", min_length=1)] = "127.0.0.1"
    """Address to listen on. At any but a loopback address nobody is let in without a token, and the
    ClickHouse server must be named, which has the tokens."""

    port: Annotated[int, Field(validation_alias="RUNTIDE_INGEST_PORT", ge=0, le=65_535)] = 8301
    """TCP port to listen on; 0 takes any that is free."""

    trust_network: Annotated[bool, Field(validation_alias="RUNTIDE_INGEST_TRUST_NETWORK")] = False
    """`true` lets in whoever reaches the port, without a token, to write to every run: for where a
    proxy before it asks who they are."""

    require_tokens: Annotated[bool, Field(validation_alias="RUNTIDE_INGEST_REQUIRE_TOKENS")] = False
    """`true` lets in nobody without a token at a loopback address either."""

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
    "How long runs are kept": LifeEnvironment,
    "SQL": SqlEnvironment,
    "Sign-in": OidcEnvironment,
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
    return variables.NAMES | {
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

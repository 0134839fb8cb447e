"""The settings of `runtide up`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, Field

from runtide.client import options
from runtide.life_settings import LifeEnvironment
from runtide.oidc_settings import OidcEnvironment
from runtide.sql_settings import SqlEnvironment


def _absolute(path: Path) -> Path:
    return path.expanduser().absolute()


class EmbeddedSettings(LifeEnvironment, SqlEnvironment, OidcEnvironment):
    """`runtide up`: the whole system in one process over one data folder."""

    home: Annotated[Path, AfterValidator(_absolute)] = Path(options.DEFAULT_HOME)
    """The data folder: event log, artifacts, read model and spool. Made if it is not there."""

    host: Annotated[str, Field(validation_alias="RUNTIDE_UP_HOST", min_length=1)] = "127.0.0.1"
    """Address to listen on. At any but a loopback address nobody is let in without a token."""

    port: Annotated[int, Field(validation_alias="RUNTIDE_UP_PORT", ge=0, le=65_535)] = 8300
    """TCP port to listen on; 0 takes any that is free."""

    allowed_hosts: Annotated[
        str, Field(validation_alias="RUNTIDE_UP_ALLOWED_HOSTS", min_length=1)
    ] = "127.0.0.1,localhost,::1"
    """Names, with commas, under which browsers and clients may reach it, besides the address that
    it listens on; any other is refused."""

    require_tokens: Annotated[bool, Field(validation_alias="RUNTIDE_UP_REQUIRE_TOKENS")] = False
    """`true` lets in nobody without a token at a loopback address either."""

    idle_exit_s: Annotated[float | None, Field(validation_alias="RUNTIDE_UP_IDLE_EXIT_S", gt=0)] = (
        None
    )
    """Seconds without a request and without a new record after which the server ends by itself.
    Unset, it never does. A run that waits or is executed keeps it from ending."""

    slots: Annotated[int, Field(validation_alias="RUNTIDE_UP_SLOTS", ge=0, le=10_000)] = 4
    """Submitted runs that are executed at once on this machine; the others wait. With 0 none is
    taken. A run that waits for runs which it submitted itself holds its slot meanwhile."""

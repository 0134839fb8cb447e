"""What one must know to use a ClickHouse server. Plain data: the engine is not loaded."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Literal, NoReturn, get_args
from urllib.parse import urlsplit

from runtide.core.shown import shown
from runtide.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

LayoutName = Literal["plain", "replicated", "sharded"]

DEFAULT_DATABASE: Final = "runtide"
DEFAULT_USER: Final = "default"
CONNECT_TIMEOUT_S: Final = 5
"""Longest wait for a connection, if nothing else is said."""

ANSWER_TIMEOUT_S: Final = 60
"""Longest silence of the server while it works, if nothing else is said. A server that lives sends
signs of progress meanwhile."""

_PORT_BY_SCHEME: Final = {"http": 8123, "https": 8443}
# Both end up in statements, between backticks; ClickHouse would take more than this.
_DATABASE: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,63}")
_CLUSTER: Final = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}")


@dataclass(frozen=True, slots=True, kw_only=True)
class ClickHouseSettings:
    """Where the ClickHouse server is, who asks, and how its tables are laid out."""

    url: str
    """`http://host:port` or `https://host:port`; the ports default to 8123 and 8443."""

    database: str = DEFAULT_DATABASE
    user: str = DEFAULT_USER
    password: str = field(default="", repr=False)

    sql_user: str | None = None
    """Who statements of analysts run as; None runs none."""

    sql_password: str = field(default="", repr=False)

    cluster: str | None = None
    """The servers that share the tables, by the name that ClickHouse's configuration gives them."""

    layout: LayoutName = "plain"
    """One server; copies of each table; or copies of parts of each table."""

    retention_days: int | None = None
    """How long points and logs are kept; None is for ever."""

    ca_file: Path | None = None
    """Who signed the server's certificate; None trusts whom this machine trusts."""

    connect_timeout_s: int = CONNECT_TIMEOUT_S
    timeout_s: int = ANSWER_TIMEOUT_S

    def __post_init__(self) -> None:
        """Refuse what cannot work.

        Raises:
            UsageError: A value is not what its setting takes, or settings contradict each other.
        """
        self._check_url()
        if not _DATABASE.fullmatch(self.database):
            _refuse("DATABASE", self.database, "want letters, digits and `_`, at most 64")
        if not self.user:
            _refuse("USER", self.user, "name one, or unset it")
        if self.sql_user == self.user:
            _refuse("SQL_USER", self.sql_user, "name one that can read the views alone")
        if self.layout not in get_args(LayoutName):
            _refuse("LAYOUT", self.layout, "want `plain`, `replicated` or `sharded`")
        if self.cluster is not None and not _CLUSTER.fullmatch(self.cluster):
            _refuse("CLUSTER", self.cluster, "want letters, digits, `_`, `-` and `.`, at most 64")
        if self.layout != "plain" and self.cluster is None:
            _refuse("LAYOUT", self.layout, "name the cluster in RUNTIDE_CLICKHOUSE_CLUSTER too")
        if self.layout == "plain" and self.cluster is not None:
            remedy = "it is used by layout `replicated` or `sharded`; set RUNTIDE_CLICKHOUSE_LAYOUT"
            _refuse("CLUSTER", self.cluster, f"{remedy}, or unset this")
        for name, value in (
            ("RETENTION_DAYS", self.retention_days),
            ("CONNECT_TIMEOUT_S", self.connect_timeout_s),
            ("TIMEOUT_S", self.timeout_s),
        ):
            if value is not None and value < 1:
                _refuse(name, value, "want a whole number of 1 or more")
        self._check_ca_file()

    @property
    def scheme(self) -> str:
        """How the server is spoken to: `http` or `https`."""
        return urlsplit(self.url).scheme

    @property
    def host(self) -> str:
        """The server's name or address."""
        return urlsplit(self.url).hostname or ""

    @property
    def port(self) -> int:
        """The port of its HTTP interface."""
        return urlsplit(self.url).port or _PORT_BY_SCHEME[self.scheme]

    def _check_url(self) -> None:
        wanted = "want `http://host:port` or `https://host:port`"
        if "@" in self.url:
            # What stands before it may be a password, so the value is not shown.
            message = (
                "RUNTIDE_CLICKHOUSE_URL names a user: leave it out, and set RUNTIDE_CLICKHOUSE_USER "
                "and RUNTIDE_CLICKHOUSE_PASSWORD"
            )
            raise UsageError(message)
        try:
            parts = urlsplit(self.url)
            is_port = parts.port is None or parts.port > 0
        except ValueError:
            _refuse("URL", self.url, wanted)
        if parts.scheme in {"clickhouse", "clickhouses", "tcp", "native"}:
            _refuse("URL", self.url, f"{wanted}: Runtide speaks ClickHouse's HTTP interface")
        if parts.scheme not in _PORT_BY_SCHEME or not parts.hostname or not is_port:
            _refuse("URL", self.url, wanted)
        if parts.path.strip("/") or parts.query or parts.fragment:
            remedy = "and nothing after it; the database is set by RUNTIDE_CLICKHOUSE_DATABASE"
            _refuse("URL", self.url, f"{wanted}, {remedy}")

    def _check_ca_file(self) -> None:
        if self.ca_file is None:
            return
        if self.scheme != "https":
            remedy = "RUNTIDE_CLICKHOUSE_URL encrypts nothing; want https, or unset this"
            _refuse("CA_FILE", str(self.ca_file), remedy)
        if not self.ca_file.is_file():
            _refuse("CA_FILE", str(self.ca_file), "there is no such file; name a PEM file")


def _refuse(name: str, value: object, remedy: str) -> NoReturn:
    message = f"RUNTIDE_CLICKHOUSE_{name} is {shown(value)}: {remedy}"
    raise UsageError(message)

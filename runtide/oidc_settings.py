"""Sign-in through an OpenID provider: one setting, which names a file."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Final, NamedTuple
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    StringConstraints,
    ValidationError,
)
from pydantic_settings import BaseSettings

from runtide.core.access import Role, granted_workspace
from runtide.core.person import Grant
from runtide.errors import UsageError
from runtide.secret_file import secret_of
from runtide.settings_config import SETTINGS_CONFIG

_SETTING: Final = "RUNTIDE_OIDC_FILE"

_LOOPBACK: Final = frozenset({"127.0.0.1", "::1", "localhost"})

_S_PER_HOUR: Final = 3600


class OidcSettings(NamedTuple):
    """A provider, and what whoever comes through it may do.

    Attributes:
        issuer: The provider's address, as it calls itself.
        client_id: What it calls us.
        client_secret: What it knows us by; None where it knows us by PKCE alone.
        public_url: How browsers reach this server, without a slash at the end.
        session_s: Seconds for which a sign-in lets in.
        scopes: What the provider is asked for.
        grants: Who gets what; the first that fits counts.
    """

    issuer: str
    client_id: str
    client_secret: str | None
    public_url: str
    session_s: int
    scopes: tuple[str, ...]
    grants: tuple[Grant, ...]

    def __repr__(self) -> str:
        return f"OidcSettings({self.issuer!r}, {self.client_id!r}, …)"

    @property
    def issuer_host(self) -> str:
        """The provider's name, for people."""
        return urlsplit(self.issuer).netloc

    @property
    def public_host(self) -> str:
        """The name under which browsers reach this server."""
        return urlsplit(self.public_url).hostname or ""

    @property
    def is_secure(self) -> bool:
        """Whether browsers reach this server by HTTPS."""
        return self.public_url.startswith("https:")


class OidcEnvironment(BaseSettings):
    """Sign-in to the dashboard through an OpenID Connect provider."""

    model_config = SETTINGS_CONFIG

    oidc_file: Path | None = None
    """A TOML file that names the provider, and what whoever it knows may do; see
    docs/how-to/give-access.md. With it nobody is let in without a token or a sign-in."""

    def oidc(self) -> OidcSettings | None:
        """Return what the file says, or None when none is named.

        Raises:
            UsageError: The file cannot be read, or something in it is not what it takes.
        """
        return None if self.oidc_file is None else load_oidc(self.oidc_file.expanduser())


def load_oidc(path: Path) -> OidcSettings:
    """Return what the file at `path` says.

    Raises:
        UsageError: It cannot be read, or something in it is not what it takes; the message shows
            no secret.
    """
    named = f"{_SETTING} is {str(path)!r}"
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as exc:
        raise UsageError(f"{named}, which is no TOML ({exc}): correct it") from exc
    except UnicodeDecodeError as exc:
        raise UsageError(f"{named}, which is not UTF-8: save it as UTF-8") from exc
    except OSError as exc:
        problem = exc.strerror or type(exc).__name__
        raise UsageError(f"{named}, which cannot be read ({problem}): correct it") from exc
    try:
        return _File.model_validate(document).settings(path.parent)
    except ValidationError as exc:
        # The error holds what stands in the file, which may be a secret.
        problems = "; ".join(map(_explained, exc.errors()))
        raise UsageError(f"{named}: {problems}") from None
    except UsageError as exc:
        raise UsageError(f"{named}: {exc}") from exc


def _https_url(url: str) -> str:
    if not _is_safe(url):
        message = "want `https://host[:port]`, or `http://` at a loopback address"
        raise ValueError(message)
    return url


def _is_safe(url: str) -> bool:
    if not url.isascii() or not url.isprintable() or {" ", "\\"} & set(url):
        return False
    try:
        parts = urlsplit(url)
        has_port = parts.port is None or parts.port > 0
    except ValueError:
        return False
    if parts.query or parts.fragment or "@" in parts.netloc or not has_port:
        return False
    host = parts.hostname or ""
    return host != "" and parts.scheme in ({"http", "https"} if host in _LOOPBACK else {"https"})


def _origin(url: str) -> str:
    url = url.removesuffix("/")
    if urlsplit(url).path:
        message = "want an address without a path, which is where the dashboard is"
        raise ValueError(message)
    return url


def _scopes(scopes: list[str]) -> list[str]:
    if "openid" not in scopes:
        message = "`openid` must be among them"
        raise ValueError(message)
    return scopes


_Text = Annotated[str, StringConstraints(min_length=1, max_length=1000)]
_Url = Annotated[_Text, AfterValidator(_https_url)]
_Scope = Annotated[str, StringConstraints(pattern=r"^[!#-\[\]-~]{1,200}$")]


class _GrantTable(BaseModel):
    """One `[[grants]]` of the file."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    claim: _Text
    value: _Text
    workspace: _Text
    role: Role


class _File(BaseModel):
    """The file, as it is written."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    issuer: _Url
    client_id: _Text
    client_secret: Annotated[SecretStr, Field(min_length=1)] | None = None
    client_secret_file: _Text | None = None
    public_url: Annotated[_Url, AfterValidator(_origin)]
    session_hours: Annotated[float, Field(ge=0.1, le=720)] = 12
    scopes: Annotated[list[_Scope], Field(max_length=50), AfterValidator(_scopes)] = [
        "openid",
        "email",
        "profile",
    ]
    grants: Annotated[list[_GrantTable], Field(min_length=1, max_length=1000)]

    def settings(self, folder: Path) -> OidcSettings:
        """Return it with its secret; files that it names are looked for in `folder`.

        Raises:
            UsageError: Values contradict each other, or the secret's file cannot be read.
        """
        secret = secret_of(
            self.client_secret.get_secret_value() if self.client_secret else None,
            folder / Path(named).expanduser() if (named := self.client_secret_file) else None,
            name="client_secret",
            file_name="client_secret_file",
        )
        if secret == "":
            message = f"client_secret_file is {self.client_secret_file!r}, which is empty: fill it"
            raise UsageError(message)
        return OidcSettings(
            issuer=self.issuer,
            client_id=self.client_id,
            client_secret=secret,
            public_url=self.public_url,
            session_s=round(self.session_hours * _S_PER_HOUR),
            scopes=tuple(self.scopes),
            grants=tuple(
                Grant(g.claim, g.value, granted_workspace(g.workspace, g.role), g.role)
                for g in self.grants
            ),
        )


def _explained(error: Mapping[str, Any]) -> str:
    name = ".".join(map(str, error["loc"]))
    if error["type"] == "missing":
        return f"`{name}` is missing: add it"
    if error["type"] == "extra_forbidden":
        return f"`{name}` is not known: correct its name or remove it"
    wanted = error["msg"].removeprefix("Value error, ")
    wanted = wanted[:1].lower() + wanted[1:]
    if "secret" in name:
        return f"`{name}` is not what it takes: {wanted}"
    return f"`{name}` is {repr(error['input'])[:200]}: {wanted}"

"""Every `RUNTIDE_` variable of the services, by role. Nothing set means a laptop works.

Settings are read here, once, when a service starts; everything below gets them as arguments. A
training script has options of its own, in `runtide.client.options`, because `import runtide` must
not load pydantic.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final, TypeVar

from pydantic import AfterValidator, Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from runtide.client import options
from runtide.errors import UnknownSettings, UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pydantic.fields import FieldInfo

PREFIX: Final = "RUNTIDE_"


def _absolute(path: Path) -> Path:
    return path.expanduser().absolute()


class EmbeddedSettings(BaseSettings):
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
    Unset, it never does."""


ROLES: Final[dict[str, type[BaseSettings]]] = {"up": EmbeddedSettings}
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
        for role in ROLES.values()
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

"""Every `RUNTIDE_` variable that a training script obeys, and how they are read.

Plain dataclasses and no pydantic: `import runtide` must stay cheap.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import unquote, urlsplit

from runtide.core import names
from runtide.errors import UnknownSettings, UsageError

DEFAULT_HOME: Final = "~/.runtide"
DEFAULT_FLUSH_INTERVAL_MS: Final = 100
FLUSH_INTERVAL_MS_MAX: Final = 60_000

NAMES: Final = frozenset(
    {
        "RUNTIDE_EXPERIMENT",
        "RUNTIDE_FLUSH_INTERVAL_MS",
        "RUNTIDE_HOME",
        "RUNTIDE_RUN_ID",
        "RUNTIDE_URL",
        "RUNTIDE_WORKSPACE",
    }
)
"""The names that the SDK reads."""

SERVICE_PREFIXES: Final = (
    "RUNTIDE_BENCH_",
    "RUNTIDE_FAULT_",
    "RUNTIDE_INGEST_",
    "RUNTIDE_PROCESSORS_",
    "RUNTIDE_QUERY_API_",
    "RUNTIDE_REQUIRE_",
    "RUNTIDE_TEST_",
    "RUNTIDE_UP_",
)
"""How the names begin that services and the test suite read. A service checks its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What the environment says about where and how a script records."""

    home: Path
    """`RUNTIDE_HOME`: the data folder. Made when something is logged."""

    url: str | None = None
    """`RUNTIDE_URL`: `file:///folder` or `http(s)://host:port`. Unset, the data folder is used."""

    flush_interval_ms: int = DEFAULT_FLUSH_INTERVAL_MS
    """`RUNTIDE_FLUSH_INTERVAL_MS`: longest that a point waits in memory. A killed process loses
    at most this much."""

    run_id: str | None = None
    """`RUNTIDE_RUN_ID`: the run that this process was submitted as."""

    experiment: str = "default"
    """`RUNTIDE_EXPERIMENT`: the experiment of runs that name none."""

    workspace: str = "default"
    """`RUNTIDE_WORKSPACE`: the workspace of runs that name none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Destination:
    """Where a process's envelopes and files go.

    Exactly one of `folder` and `url` says where; `home` holds what cannot be delivered yet.
    """

    home: Path
    url: str | None = None

    @property
    def label(self) -> str:
        """The destination as a person reads it."""
        return self.url or str(self.home)


def load_options(environ: Mapping[str, str] | None = None) -> Options:
    """Return the options of this process, or of `environ`.

    Raises:
        UnknownSettings: There is a `RUNTIDE_` name that nothing declares.
        UsageError: A value is not what its setting takes.
    """
    given = os.environ if environ is None else environ
    _reject_unknown(given)
    values = {name: value for name in NAMES if (value := given.get(name))}
    return Options(
        home=Path(values.get("RUNTIDE_HOME", DEFAULT_HOME)).expanduser().absolute(),
        url=values.get("RUNTIDE_URL"),
        flush_interval_ms=_interval_ms(values.get("RUNTIDE_FLUSH_INTERVAL_MS")),
        run_id=names.run_id(values["RUNTIDE_RUN_ID"]) if "RUNTIDE_RUN_ID" in values else None,
        experiment=names.experiment_name(values.get("RUNTIDE_EXPERIMENT", "default")),
        workspace=values.get("RUNTIDE_WORKSPACE", "default"),
    )


def destination(*, home: Path, url: str | None) -> Destination:
    """Return where `url` leads; None is the data folder `home`.

    Raises:
        UsageError: The URL has no scheme of ours, or lacks its folder or host.
    """
    if url is None:
        return Destination(home=home)
    try:
        place = urlsplit(url)
        port_is_valid = place.port is None or place.port > 0
    except ValueError:
        port_is_valid = False
        place = urlsplit("")
    if port_is_valid and place.scheme == "file" and place.netloc in {"", "localhost"}:
        folder = Path(unquote(place.path))
        if place.path and folder.is_absolute():
            return Destination(home=folder)
    if port_is_valid and place.scheme in {"http", "https"} and place.hostname:
        return Destination(home=home, url=url.rstrip("/"))
    message = f"RUNTIDE_URL is {url!r}: want `file:///folder` or `http(s)://host:port`"
    raise UsageError(message)


def server_environment() -> dict[str, str]:
    """Return the environment for a server that a script starts: not the script's own settings."""
    kept = {name: value for name, value in os.environ.items() if name not in NAMES}
    return kept | {"PYTHONSAFEPATH": "1"}


def _interval_ms(text: str | None) -> int:
    if text is None:
        return DEFAULT_FLUSH_INTERVAL_MS
    if text.isascii() and text.isdecimal() and 1 <= int(text) <= FLUSH_INTERVAL_MS_MAX:
        return int(text)
    message = (
        f"RUNTIDE_FLUSH_INTERVAL_MS is {text!r}: "
        f"want whole milliseconds from 1 to {FLUSH_INTERVAL_MS_MAX:,}"
    )
    raise UsageError(message)


def _reject_unknown(environ: Mapping[str, str]) -> None:
    ours = {name for name in environ if name.startswith("RUNTIDE_")}
    unknown = sorted(n for n in ours - NAMES if not n.startswith(SERVICE_PREFIXES))
    if unknown:
        raise UnknownSettings(names=unknown)

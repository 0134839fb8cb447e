"""Every `RUNTIDE_` variable that a training script obeys, and how they are read.

Plain dataclasses and no pydantic: `import runtide` must stay cheap.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from urllib.parse import SplitResult, unquote, urlsplit

import orjson

from runtide.client.variables import (
    AZUREML_VARIABLE,
    NAMES,
    SERVICE_PREFIXES,
    TOKEN_VARIABLE,
)
from runtide.core import names
from runtide.core.parents import STEP_RUNS_VARIABLE
from runtide.core.shown import shown
from runtide.errors import UnknownSettings, UsageError
from runtide.log import kafka_settings
from runtide.log.kafka_settings import KafkaSettings

DEFAULT_HOME: Final = "~/.runtide"
DEFAULT_FLUSH_INTERVAL_MS: Final = 100
FLUSH_INTERVAL_MS_MAX: Final = 60_000
DEFAULT_SYSTEM_INTERVAL_S: Final = 5.0
SYSTEM_INTERVAL_S_MIN: Final = 0.1
SYSTEM_INTERVAL_S_MAX: Final = 3_600.0

_KAFKA_SCHEME: Final = "kafka://"
_WANTED_URL: Final = (
    "`file:///folder`, `http(s)://host:port` or `kafka://host:port[,host:port][/topic]`"
)

_AZUREML_VALUES: Final = frozenset({"1", "force"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What the environment says about where and how a script records."""

    home: Path
    """`RUNTIDE_HOME`: the data folder. Made when something is logged."""

    url: str | None = None
    """`RUNTIDE_URL`: `file:///folder`, `http(s)://host:port` or
    `kafka://host:port[,host:port][/topic]`. Unset, the data folder is used."""

    query_url: str | None = None
    """`RUNTIDE_QUERY_URL`: `http(s)://host:port` of the query API to read from, where it is not at
    `RUNTIDE_URL`."""

    artifacts_url: str | None = None
    """`RUNTIDE_ARTIFACTS_URL`: where files and images go when `RUNTIDE_URL` is not a folder:
    `s3://bucket/prefix`, `http(s)://host:port` of an ingest service, or `file:///folder` that all
    machines share. Unset, an HTTP server at `RUNTIDE_URL` takes them, and Kafka takes none."""

    token: str | None = field(default=None, repr=False)
    """`RUNTIDE_TOKEN`: the token to come with, `rt_…`, where an HTTP server demands one. No message
    ever shows it."""

    flush_interval_ms: int = DEFAULT_FLUSH_INTERVAL_MS
    """`RUNTIDE_FLUSH_INTERVAL_MS`: longest that a point waits in memory. A killed process loses
    at most this much."""

    run_id: str | None = None
    """`RUNTIDE_RUN_ID`: the run that this process was submitted as."""

    step_runs: Mapping[str, str] = field(default_factory=dict)
    """`RUNTIDE_STEP_RUNS`: of a pipeline's step, the runs of the steps that it comes after, by their
    names, as a JSON object. `run.get_step_run(name)` reads it."""

    experiment: str = "default"
    """`RUNTIDE_EXPERIMENT`: the experiment of runs that name none."""

    workspace: str = "default"
    """`RUNTIDE_WORKSPACE`: the workspace of runs that name none."""

    capture_git: bool = True
    """`RUNTIDE_CAPTURE_GIT`: 1 or 0, whether a run records the repository, branch and commit that
    it was started in, and what differed from the commit."""

    capture_packages: bool = True
    """`RUNTIDE_CAPTURE_PACKAGES`: 1 or 0, whether a run records which packages it could import."""

    capture_host: bool = True
    """`RUNTIDE_CAPTURE_HOST`: 1 or 0, whether a run records its command, its interpreter and what
    machine it is on."""

    capture_console: bool = True
    """`RUNTIDE_CAPTURE_CONSOLE`: 1 or 0, whether a run keeps what is printed. What a submitted
    script prints is kept whatever this says, by what executes it."""

    system_interval_s: float = DEFAULT_SYSTEM_INTERVAL_S
    """`RUNTIDE_SYSTEM_INTERVAL_S`: how many seconds lie between two measurements of the machine,
    0.1 to 3,600. 0 is none."""

    azureml: str | None = None
    """`RUNTIDE_AZUREML`: `1` where a script was started so that its `import azureml` is Runtide,
    `force` to have that although the retired SDK is installed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Destination:
    """Where a process's envelopes and files go.

    Without `url` it is the folder `home`; with it, `home` holds what cannot be delivered yet.
    """

    home: Path
    url: str | None = None

    kafka: KafkaSettings | None = None
    """How to reach Kafka, if that is where `url` leads."""

    query_url: str | None = None
    """Where to read, if not at `url`."""

    artifacts_url: str | None = None
    """Where files go, if not to `url`."""

    token: str | None = field(default=None, repr=False)
    """What to come with, where a server demands it."""

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
        query_url=_server_url("RUNTIDE_QUERY_URL", values.get("RUNTIDE_QUERY_URL")),
        artifacts_url=_artifacts_url(values.get("RUNTIDE_ARTIFACTS_URL")),
        token=_token(values.get(TOKEN_VARIABLE)),
        flush_interval_ms=_interval_ms(values.get("RUNTIDE_FLUSH_INTERVAL_MS")),
        run_id=names.run_id(values["RUNTIDE_RUN_ID"]) if "RUNTIDE_RUN_ID" in values else None,
        step_runs=_step_runs(values.get(STEP_RUNS_VARIABLE)),
        experiment=names.experiment_name(values.get("RUNTIDE_EXPERIMENT", "default")),
        workspace=values.get("RUNTIDE_WORKSPACE", "default"),
        capture_git=_is_on("RUNTIDE_CAPTURE_GIT", values),
        capture_packages=_is_on("RUNTIDE_CAPTURE_PACKAGES", values),
        capture_host=_is_on("RUNTIDE_CAPTURE_HOST", values),
        capture_console=_is_on("RUNTIDE_CAPTURE_CONSOLE", values),
        system_interval_s=_system_interval_s(values.get("RUNTIDE_SYSTEM_INTERVAL_S")),
        azureml=_azureml(values.get(AZUREML_VARIABLE)),
    )


def destination(
    *,
    home: Path,
    url: str | None,
    query_url: str | None = None,
    artifacts_url: str | None = None,
    token: str | None = None,
    environ: Mapping[str, str] | None = None,
) -> Destination:
    """Return where `url` leads; None is the data folder `home`.

    How a cluster of Kafka lets one in is not in a URL: `environ` says it, or the process's own.

    Raises:
        UsageError: The URL has no scheme of ours, or lacks its folder or host, or settings of
            Kafka are not what they should be.
    """
    if url is None:
        return Destination(home=home, query_url=query_url, token=token)
    if url.startswith(_KAFKA_SCHEME):
        kafka = _kafka_settings(url, os.environ if environ is None else environ)
        return Destination(
            home=home,
            url=f"{_KAFKA_SCHEME}{','.join(kafka.bootstrap)}/{kafka.topic}",
            kafka=kafka,
            query_url=query_url,
            artifacts_url=artifacts_url,
            token=token,
        )
    folder = file_folder(url)
    if folder is not None:
        return Destination(home=folder, query_url=query_url, token=token)
    place = _split(url)
    if place is not None and place.scheme in {"http", "https"} and place.hostname:
        return Destination(
            home=home,
            url=url.rstrip("/"),
            query_url=query_url,
            artifacts_url=artifacts_url,
            token=token,
        )
    message = f"RUNTIDE_URL is {url!r}: want {_WANTED_URL}"
    raise UsageError(message)


def service_log_url() -> str | None:
    """Return the URL of the log of the cluster whose service is set up here; None elsewhere."""
    bootstrap = os.environ.get("RUNTIDE_KAFKA_BOOTSTRAP")
    return f"{_KAFKA_SCHEME}{bootstrap}" if bootstrap else None


def file_folder(url: str) -> Path | None:
    """Return the folder that a `file` URL names, or None if it is no such URL."""
    place = _split(url)
    if place is None or place.scheme != "file" or place.netloc not in {"", "localhost"}:
        return None
    folder = Path(unquote(place.path))
    return folder if place.path and folder.is_absolute() else None


def is_first_process(*, of_host: bool) -> bool:
    """Return whether this process is the one of several of a training that speaks for all.

    Launchers number processes of data-parallel training: `RANK` over all hosts, `LOCAL_RANK` on
    each of them.

    Args:
        of_host: Whether one process of each host is wanted, instead of one of all.
    """
    return os.environ.get("LOCAL_RANK" if of_host else "RANK", "0") == "0"


def git_facts() -> dict[str, str]:
    """Return what the environment says about the repository, under the retired SDK's names."""
    prefix = "AZUREML_GIT_"
    return {
        name.removeprefix(prefix).lower(): text
        for name, text in os.environ.items()
        if name.startswith(prefix)
    }


def _kafka_settings(url: str, environ: Mapping[str, str]) -> KafkaSettings:
    servers, _, topic = url.removeprefix(_KAFKA_SCHEME).partition("/")
    bootstrap = kafka_settings.parse_bootstrap(servers, name="RUNTIDE_URL")
    return kafka_settings.parse_settings(environ, bootstrap=bootstrap, topic=topic or None)


def _token(text: str | None) -> str | None:
    if text is None or (text.isascii() and text.isprintable() and " " not in text):
        return text
    message = f"{TOKEN_VARIABLE} holds what no token does: want `rt_<id>_<secret>`"
    raise UsageError(message)


def _azureml(text: str | None) -> str | None:
    if text is None or text in _AZUREML_VALUES:
        return text
    message = f"{AZUREML_VARIABLE} is {text!r}: want `1` or `force`"
    raise UsageError(message)


def _server_url(name: str, url: str | None) -> str | None:
    if url is None:
        return None
    place = _split(url)
    if place is None or place.scheme not in {"http", "https"} or not place.hostname:
        message = f"{name} is {url!r}: want `http(s)://host:port`"
        raise UsageError(message)
    return url.rstrip("/")


def _artifacts_url(url: str | None) -> str | None:
    if url is None:
        return None
    place = _split(url)
    leads_there = place is not None and place.scheme in {"http", "https", "s3"} and place.netloc
    if not leads_there and file_folder(url) is None:
        message = (
            f"RUNTIDE_ARTIFACTS_URL is {url!r}: want `s3://bucket/prefix`, `http(s)://host:port` "
            f"or `file:///folder`"
        )
        raise UsageError(message)
    return url.rstrip("/")


def _split(url: str) -> SplitResult | None:
    """Return the parts of `url`, or None if it is none."""
    try:
        place = urlsplit(url)
        is_valid = place.port is None or place.port > 0
    except ValueError:
        return None
    return place if is_valid else None


def _step_runs(text: str | None) -> dict[str, str]:
    if text is None:
        return {}
    try:
        document = orjson.loads(text)
        return {name: names.run_id(run_id) for name, run_id in document.items()}
    except (orjson.JSONDecodeError, AttributeError, UsageError) as exc:
        message = (
            f"{STEP_RUNS_VARIABLE} is {shown(text)}: want a JSON object of run ids by the names of "
            f"steps"
        )
        raise UsageError(message) from exc


def _is_on(name: str, values: Mapping[str, str]) -> bool:
    text = values.get(name, "1")
    if text not in {"0", "1"}:
        message = f"{name} is {text!r}: want 1 or 0"
        raise UsageError(message)
    return text == "1"


def _system_interval_s(text: str | None) -> float:
    if text is None:
        return DEFAULT_SYSTEM_INTERVAL_S
    try:
        interval_s = float(text)
    except ValueError:
        interval_s = -1.0
    if interval_s == 0 or SYSTEM_INTERVAL_S_MIN <= interval_s <= SYSTEM_INTERVAL_S_MAX:
        return interval_s
    message = (
        f"RUNTIDE_SYSTEM_INTERVAL_S is {text!r}: want seconds from {SYSTEM_INTERVAL_S_MIN} to "
        f"{SYSTEM_INTERVAL_S_MAX:,.0f}, or 0 for none"
    )
    raise UsageError(message)


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

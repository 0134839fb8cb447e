"""What `runtide doctor` checks of the services that a script's settings name, and where files go."""

from __future__ import annotations

import http.client
import json
from typing import TYPE_CHECKING, Any, Final, NamedTuple
from urllib.parse import urlsplit

from runtide.artifacts.opening import open_artifacts
from runtide.cli.checks import Finding
from runtide.client.options import destination, load_options
from runtide.errors import RuntideError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runtide.client.options import Destination

_HTTP: Final = ("http://", "https://")
_TIMEOUT_S: Final = 10.0
"""Longer than a service waits for each of the parts that it asks whether they are there."""


class Service(NamedTuple):
    """A kind of service.

    Attributes:
        check: What its findings are called.
        command: What starts one.
        hosts_setting: What names the hosts under which it may be reached.
        does: What it does when it is well.
    """

    check: str
    command: str
    hosts_setting: str
    does: str


INGEST: Final = Service(
    "ingest",
    "runtide serve ingest",
    "RUNTIDE_INGEST_ALLOWED_HOSTS",
    "takes what is sent",
)
QUERY_API: Final = Service(
    "query API",
    "runtide serve query-api",
    "RUNTIDE_QUERY_API_ALLOWED_HOSTS",
    "answers questions",
)


class Answer(NamedTuple):
    """What a service says of itself: 0 and why, if it does not answer; None, if it is another's."""

    status: int | None
    reason: str


def service_findings() -> Iterator[Finding]:
    """Look at ingest, the artifact store and the query API; nothing of what no setting names."""
    try:
        options = load_options()
        place = destination(
            home=options.home,
            url=options.url,
            query_url=options.query_url,
            token=options.token,
        )
    except RuntideError as exc:
        yield Finding("settings", "failed", str(exc))
        return
    if place.url is not None and place.url.startswith(_HTTP):
        yield _finding(INGEST, place.url, "RUNTIDE_URL", _ingest_answer(place.url))
    yield from _artifacts_findings(place, options.artifacts_url)
    yield from _query_findings(place)


def _artifacts_findings(place: Destination, url: str | None) -> Iterator[Finding]:
    if url is None:
        if place.kafka is not None:
            yield Finding(
                "artifacts",
                "warning",
                f"{place.label} takes no files, and no setting says where they go",
                "set RUNTIDE_ARTIFACTS_URL before a script uploads a file or logs an image",
            )
        return
    if url.startswith(_HTTP):
        if url != place.url:
            yield _finding(INGEST, url, "RUNTIDE_ARTIFACTS_URL", _ingest_answer(url))
        return
    try:
        open_artifacts(url).check()
    except RuntideError as exc:
        yield Finding("artifacts", "failed", str(exc))
    else:
        yield Finding("artifacts", "ok", f"{url} takes files")


def _query_findings(place: Destination) -> Iterator[Finding]:
    if place.query_url is not None:
        url = place.query_url
        yield _finding(QUERY_API, url, "RUNTIDE_QUERY_URL", _query_answer(url))
    elif place.kafka is not None or (place.url and _is_ingest_alone(place.url)):
        yield Finding(
            "query API",
            "warning",
            f"{place.label} can be logged to and answers no questions",
            "set RUNTIDE_QUERY_URL to `http(s)://host:port` of a `runtide serve query-api`",
        )


def _is_ingest_alone(url: str) -> bool:
    return bool(_asked(url, "/ready").status) and not _query_answer(url).status


def _ingest_answer(url: str) -> Answer:
    answer = _asked(url, "/ready")
    if answer.status is None and _said(url, "/api/v1/health")[1].get("home"):
        # A data folder's server takes envelopes beside everything else.
        return _query_answer(url)
    return answer


def _query_answer(url: str) -> Answer:
    return _asked(url, "/api/v1/ready")


def _finding(service: Service, url: str, setting: str, answer: Answer) -> Finding:
    match answer:
        case Answer(status=None):
            what = f"{url} answers, and is no {service.check} of Runtide"
            return Finding(service.check, "failed", what, f"correct {setting}")
        case Answer(status=http.HTTPStatus.OK):
            return Finding(service.check, "ok", f"{url} {service.does}")
        case Answer(status=0):
            what = f"{url} does not answer ({answer.reason})"
            remedy = f"start it with `{service.command}`, or correct {setting}"
        case Answer(status=http.HTTPStatus.MISDIRECTED_REQUEST):
            what = f"{url} does not go by that name ({answer.reason})"
            remedy = f"add it to {service.hosts_setting} where the service runs"
        case _:
            what = f"{url} is not ready: {answer.reason}"
            remedy = "start or mend what it waits for"
    return Finding(service.check, "failed", what, remedy)


def _asked(url: str, path: str) -> Answer:
    """Ask a service how it is."""
    status, said = _said(url, path)
    if status == http.HTTPStatus.MISDIRECTED_REQUEST:
        return Answer(status, str(said.get("detail")))
    is_ours = not status or said.get("status") in {"ready", "unavailable"}
    return Answer(status if is_ours else None, str(said.get("reason")))


def _said(url: str, path: str) -> tuple[int, dict[str, Any]]:
    """Return the status of an answer and its document; 0 and the reason if there is no answer."""
    place = urlsplit(url)
    kind = http.client.HTTPSConnection if place.scheme == "https" else http.client.HTTPConnection
    connection = kind(place.hostname or "", place.port, timeout=_TIMEOUT_S)
    try:
        connection.request("GET", place.path.rstrip("/") + path)
        response = connection.getresponse()
        content = response.read()
    except (OSError, http.client.HTTPException) as exc:
        return 0, {"reason": str(exc) or type(exc).__name__}
    finally:
        connection.close()
    try:
        said = json.loads(content)
    except ValueError:
        said = None
    return response.status, said if isinstance(said, dict) else {}

"""Is it alive, does it take what is sent, and how is it doing."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from anyio import CapacityLimiter, move_on_after, to_thread
from fastapi import APIRouter
from pydantic import BaseModel
from starlette.responses import JSONResponse, PlainTextResponse, Response

from ingest.gate import Gate
from runtide.artifacts.port import ArtifactStore
from runtide.errors import RuntideError
from runtide.http.access import OPEN_TO_ALL, OPERATES
from runtide.http.document import installed_version
from runtide.log.port import EventLog

READY_TIMEOUT_S: Final = 3.0
"""How long the log and the artifact store may take to answer whether they are there."""

_PROBES_MAX: Final = 4
"""Questions to a part that hang at once; further ones wait for their time to be over."""

_PROMETHEUS: Final = "text/plain; version=0.0.4; charset=utf-8"

_TOTALS: Final = (
    ("envelopes", "envelopes", "Envelopes that are in the log."),
    ("bytes", "bytes", "Bytes of those envelopes, not compressed."),
    ("files", "files", "Files that were received."),
    ("file_bytes", "file_bytes", "Bytes of those files."),
    ("blobs_known", "files_known", "Files that need not be sent, because they were there."),
)


class Health(BaseModel):
    """The process answers."""

    status: str
    version: str


class Readiness(BaseModel):
    """Whether envelopes and files are taken, and why not."""

    status: str
    reason: str | None


def router(
    log: EventLog,
    artifacts: ArtifactStore,
    gate: Gate,
    request_count_by_status: Mapping[int, int],
) -> APIRouter:
    """Return the routes that look after the service."""
    routes = APIRouter(tags=["health"])
    limiter = CapacityLimiter(_PROBES_MAX)

    @routes.get("/health", response_model=Health, dependencies=[OPEN_TO_ALL])
    async def health() -> Response:
        """Say that the process is alive; nothing else is asked."""
        return JSONResponse({"status": "ok", "version": installed_version()})

    @routes.get(
        "/ready",
        response_model=Readiness,
        responses={503: {"model": Readiness, "description": "Nothing is taken; why."}},
        dependencies=[OPEN_TO_ALL],
    )
    async def ready() -> Response:
        """Say whether the log and the artifact store are there."""
        reasons = [
            *await _failures(lambda: _ask_log(log), "the event log", limiter),
            *await _failures(artifacts.check, "the artifact store", limiter),
        ]
        body = {
            "status": "unavailable" if reasons else "ready",
            "reason": "; ".join(reasons) or None,
        }
        return JSONResponse(body, status_code=503 if reasons else 200)

    @routes.get(
        "/metrics",
        response_class=PlainTextResponse,
        responses={200: {"content": {"text/plain": {}}}},
        dependencies=[OPERATES],
    )
    async def prometheus() -> Response:
        """Answer with what Prometheus collects."""
        lines = [*_gate_lines(gate), *_labelled("status", request_count_by_status)]
        return PlainTextResponse("\n".join(lines) + "\n", media_type=_PROMETHEUS)

    return routes


def _ask_log(log: EventLog) -> None:
    for partition in range(log.partition_count):
        log.end(partition)


async def _failures(ask: Callable[[], object], what: str, limiter: CapacityLimiter) -> list[str]:
    with move_on_after(READY_TIMEOUT_S) as scope:
        try:
            # Left behind when its time is over: a thread cannot be stopped.
            await to_thread.run_sync(ask, abandon_on_cancel=True, limiter=limiter)
        except RuntideError as exc:
            return [f"{what}: {exc}"]
    if scope.cancelled_caught:
        return [f"{what} has not answered for {READY_TIMEOUT_S:.0f} s"]
    return []


def _gate_lines(gate: Gate) -> Iterator[str]:
    for key, name, meaning in _TOTALS:
        yield from _sample(f"runtide_ingest_{name}_total", "counter", meaning)
        yield f"runtide_ingest_{name}_total {gate.total_by_name[key]}"
    refusals = "runtide_ingest_refusals_total"
    yield from _sample(refusals, "counter", "Requests that were refused, by the error's code.")
    for code, count in sorted(gate.refusal_count_by_code.items()):
        yield f'{refusals}{{code="{code}"}} {count}'
    gauges: tuple[tuple[str, int, str], ...] = (
        ("in_flight_bytes", gate.in_flight_bytes, "Envelopes in memory."),
        ("waiting_requests", gate.waiting_count, "Requests whose envelopes wait for the log."),
        ("uploads", gate.upload_count, "Files that are received now."),
    )
    for name, value, meaning in gauges:
        yield from _sample(f"runtide_ingest_{name}", "gauge", meaning)
        yield f"runtide_ingest_{name} {value}"
    seconds = "runtide_ingest_append_seconds"
    yield from _sample(seconds, "histogram", "How long the log took to take a request's envelopes.")
    yield from gate.append_seconds.lines(seconds)


def _labelled(label: str, count_by_value: Mapping[Any, int]) -> Iterator[str]:
    name = "runtide_http_requests_total"
    yield from _sample(name, "counter", f"Answered requests by {label}.")
    for value, count in sorted(count_by_value.items()):
        yield f'{name}{{{label}="{value}"}} {count}'


def _sample(name: str, kind: str, meaning: str) -> Iterator[str]:
    yield f"# HELP {name} {meaning}"
    yield f"# TYPE {name} {kind}"

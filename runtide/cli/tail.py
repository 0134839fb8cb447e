"""`runtide tail`: a run as it goes on."""

from __future__ import annotations

import http.client
import json
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated, Any, Final
from urllib.parse import quote, urlencode, urlsplit

import typer

from runtide.cli.formats import STYLE_BY_STATUS, number_text
from runtide.cli.output import FAILED, HomeOption, stdout
from runtide.cli.record import RunArgument, get_run_id, open_reader
from runtide.core.events import TERMINAL
from runtide.errors import ServerUnavailable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runtide.client.reading import Reader

_SILENCE_TIMEOUT_S: Final = 30.0
"""How long a stream may be silent; the server says something every five seconds."""

_ATTEMPTS_MAX: Final = 5
_RETRY_S: Final = 1.0


@dataclass(slots=True)
class _Screen:
    """The newest value of each metric, printed as one line at most every `interval_s`."""

    interval_s: float
    newest: dict[str, Any] = field(default_factory=dict)
    step: int | None = None
    printed_s: float = 0.0

    def add(self, series: list[dict[str, Any]]) -> None:
        for piece in series:
            self.newest[piece["metric"]] = piece["value"][-1]
            self.step = piece["step"][-1]
        if time.monotonic() - self.printed_s >= self.interval_s:
            self.print()

    def print(self) -> None:
        if not self.newest:
            return
        shown = "   ".join(f"{name} {_text(value)}" for name, value in self.newest.items())
        stdout.print(f"step {self.step:>8,}   {shown}", markup=False)
        self.newest.clear()
        self.printed_s = time.monotonic()


def tail(
    run: RunArgument,
    *,
    home: HomeOption = None,
    every_s: Annotated[float, typer.Option(min=0.0, help="Least seconds between two lines.")] = 1.0,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print every event as a line of JSON.")
    ] = False,
) -> None:
    """Follow a run until it ends. Exits with 1 when it ended as Failed or Canceled.

    Example: runtide tail 3f2a
    """
    reader = open_reader(home)
    run_id = get_run_id(reader, run)
    record = reader.get(f"/runs/{quote(run_id, safe='')}")
    status = record["status"]
    if not as_json:
        stdout.print(f"{record['name']} is {status}", markup=False)
    screen = _Screen(every_s)
    if status not in TERMINAL:
        for event, data in _events(reader, run_id, since=record["position"]):
            if as_json:
                stdout.out(json.dumps({"event": event, "data": data}))
            elif event == "points":
                screen.add(data["series"])
            if event == "run" and "status" in data:
                status = data["status"]
                if not as_json:
                    screen.print()
                    stdout.print(status, style=STYLE_BY_STATUS.get(status))
                if status in TERMINAL:
                    break
    screen.print()
    if status in TERMINAL and status != "Completed":
        raise typer.Exit(FAILED)


def _events(reader: Reader, run_id: str, *, since: str) -> Iterator[tuple[str, Any]]:
    """Yield the live events of a run, and resume where a broken stream ended.

    Raises:
        ServerUnavailable: The server did not come back.
    """
    position = since
    failures = 0
    while True:
        try:
            for event, data, event_id in _stream(reader, run_id, since=position):
                failures = 0
                position = event_id or position
                yield event, data
        except (OSError, http.client.HTTPException) as exc:
            failures += 1
            if failures >= _ATTEMPTS_MAX:
                message = f"the live stream broke off ({exc}): run `runtide up` and tail again"
                raise ServerUnavailable(message) from exc
        time.sleep(_RETRY_S)


def _stream(reader: Reader, run_id: str, *, since: str) -> Iterator[tuple[str, Any, str | None]]:
    url = reader.url()
    place = urlsplit(url)
    connection = http.client.HTTPConnection(
        place.hostname or "", place.port, timeout=_SILENCE_TIMEOUT_S
    )
    try:
        question = urlencode({"runs": run_id, "since": since})
        target = f"{place.path}/api/v1/live?{question}"
        connection.request("GET", target, headers=reader.authorization(url))
        response = connection.getresponse()
        if response.status != http.HTTPStatus.OK:
            message = f"{url} answered {response.status}"
            raise http.client.HTTPException(message)
        fields: dict[str, str] = {}
        while line := response.readline():
            name, _, text = line.decode().rstrip("\r\n").partition(": ")
            if name:
                fields[name] = text
            elif "data" in fields:
                yield fields.get("event", "message"), json.loads(fields["data"]), fields.get("id")
                fields = {}
    finally:
        connection.close()


def _text(value: object) -> str:
    return number_text(float(value)) if isinstance(value, str) else number_text(value)

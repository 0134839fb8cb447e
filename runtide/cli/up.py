"""`runtide up`: the embedded system, in the foreground or behind."""

from __future__ import annotations

import logging
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, NamedTuple

import typer

from runtide.address import find_address, is_answering
from runtide.cli import UNAVAILABLE
from runtide.cli.output import HomeOption, stdout
from runtide.embedded_settings import EmbeddedSettings
from runtide.errors import ServerUnavailable
from runtide.settings import load_settings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runtide.address import ServerAddress

LOG_NAME: Final = "server.log"

_READY_TIMEOUT_S: Final = 60.0
_READY_POLL_S: Final = 0.05
_STOP_TIMEOUT_S: Final = 15.0
_LOG_TAIL_CHARS: Final = 2_000


def up(
    *,
    home: HomeOption = None,
    host: Annotated[
        str | None, typer.Option(help="Address to listen on. Default: 127.0.0.1.")
    ] = None,
    port: Annotated[
        int | None, typer.Option(help="Port; 0 takes any that is free. Default: 8300.")
    ] = None,
    idle_exit_s: Annotated[
        float | None,
        typer.Option("--idle-exit-s", help="End after so many seconds without use."),
    ] = None,
    background: Annotated[
        bool, typer.Option("--background", help="Return when ready; log to server.log.")
    ] = False,
) -> None:
    """Serve a data folder: the page, the API and the fold of its event log.

    Example: runtide up --home ./runs --port 8300
    """
    settings = load_settings(
        EmbeddedSettings, home=home, host=host, port=port, idle_exit_s=idle_exit_s
    )
    if background:
        stdout.print(start_in_background(settings).url)
        return
    logging.basicConfig(
        level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s: %(message)s"
    )
    # Here and not above: the engines take a second to load, and `--background` needs none.
    from runtide.embedded import serve  # noqa: PLC0415  # see above

    serve(settings, on_ready=lambda address: _announce(settings.home, address))


def start_in_background(settings: EmbeddedSettings) -> ServerAddress:
    """Start a server of the folder in a process of its own, and return when it answers.

    A server that has the folder already is as good: its address comes back.

    Raises:
        ServerUnavailable: It ended before it answered, or did not answer in time.
    """
    address = find_address(settings.home)
    if address is not None and is_answering(address):
        return address
    return _ready_address(settings.home, _spawned(settings))


@contextmanager
def child_server(settings: EmbeddedSettings) -> Iterator[ServerAddress]:
    """Start a server of the folder, yield its address when it answers, and stop it at the end.

    Ctrl-C in the terminal does not reach it: it serves until the block has ended.

    Raises:
        ServerUnavailable: It ended before it answered, or did not answer in time.
    """
    child = _spawned(settings)
    try:
        yield _ready_address(settings.home, child)
    finally:
        child.process.terminate()
        try:
            child.process.wait(timeout=_STOP_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            child.process.kill()
            child.process.wait()


class _Child(NamedTuple):
    process: subprocess.Popen[bytes]
    log_path: Path
    log_start: int


def _spawned(settings: EmbeddedSettings) -> _Child:
    log_path = settings.home / LOG_NAME
    try:
        settings.home.mkdir(parents=True, exist_ok=True)
        with log_path.open("ab") as log:
            log_start = log.tell()
            process = subprocess.Popen(  # noqa: S603  # our own interpreter and module
                # With -P, a `processors` folder where the command was typed is not ours.
                [sys.executable, "-P", "-m", "runtide.cli", "up", *_arguments(settings)],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
    except OSError as exc:
        message = f"could not write {log_path} ({exc}): choose another folder with `--home`"
        raise ServerUnavailable(message) from exc
    return _Child(process, log_path, log_start)


def _arguments(settings: EmbeddedSettings) -> list[str]:
    arguments = [
        *("--home", str(settings.home)),
        *("--host", settings.host),
        *("--port", str(settings.port)),
    ]
    if settings.idle_exit_s is not None:
        arguments += ["--idle-exit-s", str(settings.idle_exit_s)]
    return arguments


def _ready_address(home: Path, child: _Child) -> ServerAddress:
    deadline_s = time.monotonic() + _READY_TIMEOUT_S
    while time.monotonic() < deadline_s:
        # Asked before the address is read: a server that won the folder while ours gave up has
        # then had its chance to write its own. Until ours has given up, it may still win.
        ended = child.process.poll() is not None
        address = find_address(home)
        if (
            address is not None
            and (ended or address.pid == child.process.pid)
            and is_answering(address)
        ):
            return address
        if ended and child.process.returncode != UNAVAILABLE:
            break
        time.sleep(_READY_POLL_S)
    with child.log_path.open("rb") as log:
        log.seek(child.log_start)
        said = log.read().decode(errors="replace").strip()[-_LOG_TAIL_CHARS:]
    message = (
        f"the server did not start; it said {said!r}: see {child.log_path} and `runtide doctor`"
    )
    raise ServerUnavailable(message)


def _announce(home: Path, address: ServerAddress) -> None:
    stdout.print(f"Runtide {address.version} serves {home} at {address.url}", markup=False)
    stdout.print("Stop it with Ctrl-C.")
    sys.stdout.flush()

"""`runtide demo`: a real training run, live on the page, and compared with what came back."""

from __future__ import annotations

import socket
import time
import webbrowser
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Final

import typer

from runtide.address import find_address, is_answering
from runtide.cli.output import FAILED, HomeOption, stdout
from runtide.cli.up import child_server
from runtide.embedded_settings import EmbeddedSettings
from runtide.errors import ServerUnavailable
from runtide.settings import load_settings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runtide.address import ServerAddress

_DURATION_S: Final = 60.0
_LOOK_INTERVAL_S: Final = 5.0
"""How often the finished demonstration looks whether its server still answers. Each look also
tells the server that it is wanted."""

_ORPHAN_IDLE_EXIT_S: Final = 600.0
"""A server whose demonstration was killed ends after this."""


def demo(
    *,
    home: HomeOption = None,
    port: Annotated[int | None, typer.Option(help="Port of the page. Default: 8300.")] = None,
    seconds: Annotated[
        float, typer.Option(min=1.0, help="How long the network trains.")
    ] = _DURATION_S,
    leave: Annotated[
        bool, typer.Option("--exit", help="Read everything back, compare, and end.")
    ] = False,
    no_browser: Annotated[
        bool, typer.Option("--no-browser", help="Open no browser window.")
    ] = False,
) -> None:
    """Train two real models and watch them on the page.

    A sweep of ridge regressions and a small neural network log all that a run can hold. Then
    everything is read back and compared, value by value; a difference makes the exit code 1.

    Example: runtide demo --seconds 20 --exit
    """
    # Here and not above: scikit-learn takes a second to load, and is in an extra of its own.
    from runtide.cli.demo_run import run_demo  # noqa: PLC0415  # see above

    settings = load_settings(EmbeddedSettings, home=home, port=port)
    with _server(settings) as address:
        stdout.print(f"The page: {address.url}", markup=False)
        if not (no_browser or leave):
            webbrowser.open(address.url)
        is_equal = run_demo(settings.home, address.url, seconds)
        if leave:
            if not is_equal:
                raise typer.Exit(FAILED)
            return
        stdout.print(f"\nThe page stays at {address.url} until Ctrl-C.", markup=False)
        _stay(address)


@contextmanager
def _server(settings: EmbeddedSettings) -> Iterator[ServerAddress]:
    """Yield the server of the folder: the one that runs, or one that ends with the block."""
    address = find_address(settings.home)
    if address is not None and is_answering(address):
        yield address
        return
    changes = {"idle_exit_s": _ORPHAN_IDLE_EXIT_S}
    if not _is_free(settings.host, settings.port):
        changes["port"] = 0
    with child_server(settings.model_copy(update=changes)) as started:
        yield started


def _is_free(host: str, port: int) -> bool:
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def _stay(address: ServerAddress) -> None:
    """Return at Ctrl-C.

    Raises:
        ServerUnavailable: The server has ended.
    """
    try:
        while is_answering(address):
            time.sleep(_LOOK_INTERVAL_S)
    except KeyboardInterrupt:
        return
    message = f"the server at {address.url} has ended: see server.log in the data folder"
    raise ServerUnavailable(message)

"""`azureml.tensorboard`: runs in TensorBoard."""

from __future__ import annotations

import importlib.util
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
import webbrowser
from collections.abc import Iterable
from pathlib import Path
from typing import Final

import runtide
from runtide.client.tensorboard import TensorboardExport
from runtide.core.events import TERMINAL
from runtide.errors import RuntideError, UsageError

_HOST: Final = "127.0.0.1"
_UPDATE_INTERVAL_S: Final = 5.0
_START_TIMEOUT_S: Final = 60.0
_STOP_TIMEOUT_S: Final = 10.0
_LOOK_INTERVAL_S: Final = 0.1
_EVENT_FILE_WORD: Final = "tfevents"


def export_to_tensorboard(
    run_data: runtide.Run | Iterable[runtide.Run],
    logdir: str | Path,
    logger: object = None,  # noqa: ARG001  # kept for older scripts
    recursive: bool = True,
) -> None:
    """Write what runs logged as event files below `logdir`, a folder with its id for each run.

    Args:
        run_data: A run, or several.
        logdir: The folder to show TensorBoard.
        logger: Accepted for the sake of older scripts.
        recursive: The runs below them too.

    Raises:
        ServerUnavailable: No query API answers.
    """
    for run in [run_data] if isinstance(run_data, runtide.Run) else run_data:
        run.export_tensorboard(logdir, recursive)


class Tensorboard:
    """TensorBoard on what runs log, while they log it, and on the event files that they wrote.

    Args:
        runs: The runs; none shows what is in `local_root` already.
        local_root: The folder for event files. Default: a temporary one.
        port: The port to answer on; 0 is any.
    """

    def __init__(
        self,
        runs: runtide.Run | Iterable[runtide.Run],
        local_root: str | Path | None = None,
        port: int = 6006,
    ) -> None:
        self._runs = [runs] if isinstance(runs, runtide.Run) else list(runs)
        self._local_root = local_root
        self._port = port
        self._process: subprocess.Popen[bytes] | None = None
        self._thread: threading.Thread | None = None
        self._stopped = threading.Event()

    def start(self, start_browser: bool = False) -> str:
        """Start TensorBoard, and return where it answers.

        Args:
            start_browser: Whether to open the address.

        Raises:
            UsageError: TensorBoard is not installed, is started already, or did not start.
            ServerUnavailable: No query API answers.
        """
        if self._process is not None:
            message = "this TensorBoard is started already: stop it first"
            raise UsageError(message)
        if importlib.util.find_spec("tensorboard") is None:
            message = "TensorBoard is not installed: `pip install tensorboard`"
            raise UsageError(message)
        logdir = Path(self._local_root or tempfile.mkdtemp(prefix="runtide-tensorboard-"))
        logdir.mkdir(parents=True, exist_ok=True)
        followed = [_Followed(run, logdir) for run in self._runs]
        url = self._started(logdir)
        self._stopped.clear()
        self._thread = threading.Thread(
            target=self._follow, args=(followed,), name="runtide-tensorboard", daemon=True
        )
        self._thread.start()
        if start_browser:
            webbrowser.open(url)
        return url

    def stop(self) -> None:
        """Stop TensorBoard. The event files stay."""
        self._stopped.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None
        if self._process is not None:
            self._process.terminate()
            self._process.wait(_STOP_TIMEOUT_S)
            self._process = None

    def _started(self, logdir: Path) -> str:
        port = self._port or _free_port()
        command = [sys.executable, "-m", "tensorboard.main", "--logdir", str(logdir)]
        command += ["--host", _HOST, "--port", str(port)]
        process = subprocess.Popen(  # noqa: S603  # our own interpreter and module
            command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
        )
        url = f"http://{_HOST}:{port}/"
        deadline_s = time.monotonic() + _START_TIMEOUT_S
        while not _answers(url):
            if process.poll() is not None or time.monotonic() > deadline_s:
                process.kill()
                said = process.communicate()[1].decode(errors="replace").strip()[-500:]
                message = f"TensorBoard did not start at {url} ({said}): choose another port"
                raise UsageError(message)
            time.sleep(_LOOK_INTERVAL_S)
        self._process = process
        return url

    def _follow(self, followed: list[_Followed]) -> None:
        """Append what runs log, until they have ended or somebody stops it."""
        going = followed
        while going and not self._stopped.wait(_UPDATE_INTERVAL_S):
            going = [run for run in going if run.goes_on()]
        for run in followed:
            run.close()


class _Followed:
    """One run, what of it was exported so far, and the event files that it wrote itself."""

    def __init__(self, run: runtide.Run, logdir: Path) -> None:
        self._run = run
        self._folder = logdir / run.id
        self._export = TensorboardExport(run.experiment.workspace.reader, run.id, logdir)
        self._update()

    def goes_on(self) -> bool:
        """Export what is new, and return whether there may be more."""
        try:
            # Asked before: what is logged until it has ended is exported once more.
            is_ended = self._run.get_status() in TERMINAL
            self._update()
        except RuntideError:
            # A server that does not answer now may answer at the next look.
            return True
        return not is_ended

    def close(self) -> None:
        """End the event file."""
        self._export.close()

    def _update(self) -> None:
        self._export.update()
        for name in self._run.get_file_names():
            path = self._folder / name
            if _EVENT_FILE_WORD in path.name and not path.exists():
                self._run.download_file(name, path)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((_HOST, 0))
        port: int = probe.getsockname()[1]
    return port


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=1):  # noqa: S310  # our own loopback address
            return True
    except OSError:
        return False

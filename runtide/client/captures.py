"""`./outputs` and `./logs` of a run: files that a script writes and never mentions.

Text files below the log folder are sent as they grow; what is no text, and everything below the
output folder, is uploaded when the run ends.
"""

from __future__ import annotations

import codecs
import logging
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from runtide.errors import RuntideError

POLL_INTERVAL_S: Final = 0.5
"""How often log files are looked at."""

_PIECE_BYTES: Final = 64 * 1024
_PASS_BYTES_MAX: Final = 4 * 1024 * 1024
"""What one look sends of one file, so that a fast one does not starve the others."""

_log = logging.getLogger("runtide")


class Captures:
    """Watches a run's folders from its start to its end.

    Args:
        upload: Uploads a file under a name.
        send_text: Sends a piece of a log file's text.
        outputs: The folder to upload at the end.
        logs: The folder whose text files are sent as they grow.
    """

    def __init__(
        self,
        *,
        upload: Callable[[str, Path], None],
        send_text: Callable[[str, str], None],
        outputs: Path | None,
        logs: Path | None,
    ) -> None:
        self._upload = upload
        self._send_text = send_text
        self._outputs = outputs
        self._logs = logs
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        # A file that was there before and stays as it is belongs to an earlier run.
        paths = () if logs is None else _files(logs)
        self._tail_by_path = {path: _Tail(path, untouched=_stamp(path)) for path in paths}

    def start(self) -> None:
        """Begin to watch the log folder."""
        if self._logs is not None:
            self._thread = threading.Thread(
                target=self._watch, name="runtide-captures", daemon=True
            )
            self._thread.start()

    def finish(self) -> None:
        """Send and upload what is left. What cannot be read is named in a warning."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None
            while self._look():
                pass
        if self._logs is not None:
            binary = [path for path, tail in self._tail_by_path.items() if tail.is_binary]
            self._upload_all(self._logs, binary)
        if self._outputs is not None:
            self._upload_all(self._outputs, _files(self._outputs))

    def _watch(self) -> None:
        while not self._stop.wait(POLL_INTERVAL_S):
            self._look()

    def _look(self) -> bool:
        """Send what is new in each log file, and return whether there was anything."""
        has_news = False
        if self._logs is None:
            return False
        for path in _files(self._logs):
            tail = self._tail_by_path.setdefault(path, _Tail(path))
            for text in tail.news():
                has_news = True
                self._send_text(_name(self._logs, path), text)
        return has_news

    def _upload_all(self, folder: Path, paths: Iterator[Path] | list[Path]) -> None:
        for path in paths:
            try:
                self._upload(_name(folder, path), path)
            except RuntideError as exc:
                _log.warning("runtide could not upload %s: %s", path, exc)


class _Tail:
    """The growing end of one text file, which is sent whole once it was touched.

    Args:
        path: The file.
        untouched: The size and time of a file that nobody has touched yet.
    """

    def __init__(self, path: Path, untouched: tuple[int, int] | None = None) -> None:
        self.is_binary = False
        self._path = path
        self._untouched = untouched
        self._offset = 0
        self._decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")

    def news(self) -> Iterator[str]:
        """Yield what was written since the last look."""
        stamp = _stamp(self._path)
        size = stamp[0]
        if self.is_binary or stamp == self._untouched or size == self._offset:
            return
        if size < self._offset:
            # Truncated or rotated: what is there now is all new.
            self._offset = 0
            self._decoder.reset()
        end = min(size, self._offset + _PASS_BYTES_MAX)
        try:
            with self._path.open("rb") as source:
                source.seek(self._offset)
                while self._offset < end and (piece := source.read(_PIECE_BYTES)):
                    if b"\x00" in piece:
                        self.is_binary = True
                        return
                    self._offset += len(piece)
                    if text := self._decoder.decode(piece):
                        yield text
        except OSError as exc:
            _log.warning("runtide could not read %s: %s", self._path, exc)
            self._offset = size


def _files(folder: Path) -> Iterator[Path]:
    """Yield the files below `folder` in order; hidden ones are left out."""
    try:
        for path in sorted(folder.rglob("*")):
            if path.is_file() and not path.name.startswith("."):
                yield path
    except OSError as exc:
        _log.warning("runtide could not look into %s: %s", folder, exc)


def _stamp(path: Path) -> tuple[int, int]:
    """Return a file's size and the time of its last change; zeros if it is not there."""
    try:
        stat = path.stat()
    except OSError:
        return 0, 0
    return stat.st_size, stat.st_mtime_ns


def _name(folder: Path, path: Path) -> str:
    return f"{folder.name}/{path.relative_to(folder).as_posix()}"

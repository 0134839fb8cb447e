"""Waiting for a run that is executed elsewhere, and its output meanwhile."""

from __future__ import annotations

import re
import time
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from runtide.client.run_reading import ReadingMethods
from runtide.core.events import TERMINAL
from runtide.errors import RunFailed

_POLL_INTERVAL_S: Final = 0.5
_CHARS_PER_READ: Final = 1_000_000

_OUTPUT_OF_A_SCRIPT: Final = re.compile(r"user_logs/std_log.*\.txt")
"""What a script that was submitted prints: of its files of text, the ones to show."""


class WaitingMethods(ReadingMethods):
    """Following a run to its end."""

    def wait_for_completion(
        self,
        show_output: bool = False,
        wait_post_processing: bool = False,  # noqa: ARG002  # kept for older scripts
        raise_on_error: bool = True,
    ) -> dict[str, Any]:
        """Wait until the run has ended, and return its details.

        Args:
            show_output: Print what the run prints, a second behind it at most.
            wait_post_processing: Accepted for the sake of older scripts; a run ends once.
            raise_on_error: Whether a failed run raises.

        Raises:
            RunFailed: The run failed; the message has its reason and last lines.
            KeyboardInterrupt: Waiting was interrupted; the run goes on.
        """
        try:
            if show_output:
                self._show_until_ended()
            while self.get_status() not in TERMINAL:
                time.sleep(_POLL_INTERVAL_S)
        except KeyboardInterrupt as exc:
            message = f"run {self._id} goes on, only the wait was interrupted: `cancel()` ends it"
            raise KeyboardInterrupt(message) from exc
        details = self.get_details()
        if show_output and details["status"] == "Failed":
            _say("", "Error:", str((details["error"] or {}).get("message", "")))
        if details["status"] == "Failed" and raise_on_error:
            raise RunFailed(run_id=self._id, error=details["error"])
        return details

    def get_detailed_status(self) -> dict[str, Any]:
        """Return the run's status now, as `status`, and as `details` why it is in it, or None."""
        run = self.refreshed()
        return {"status": run["status"], "details": run["status_reason"] or None}

    def get_details_with_logs(self) -> dict[str, Any]:
        """Return the details, with the text of each log file instead of its address."""
        details = self.get_details()
        texts = {file: self._log_text(file) for file in details["logFiles"]}
        return details | {"logFiles": texts}

    def get_all_logs(self, destination: str | Path | None = None) -> list[str]:
        """Download every log file, and return the paths.

        Args:
            destination: The folder in which they are put under their own names; default: the
                current one.
        """
        self._deliver_first()
        folder = Path("." if destination is None else destination).absolute()
        paths = []
        for log in self._reader.items(f"/runs/{self._quoted_id}/logs"):
            path = folder / log["file"]
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("wb") as target:
                self._reader.download(self._whole_path(log["file"]), target)
            paths.append(str(path))
        return paths

    def _show_until_ended(self) -> None:
        _say(f"RunId: {self._id}", f"Web View: {self.get_portal_url()}")
        shown: dict[str, int] = {}
        while True:
            # Asked before the logs: what is printed after it has ended is printed for the last time.
            status = self.get_status()
            self._print_logs(shown)
            if status in TERMINAL:
                break
            time.sleep(_POLL_INTERVAL_S)
        heading = "Execution Summary"
        _say("", heading, "=" * len(heading), f"RunId: {self._id}", f"Status: {status}")

    def _print_logs(self, shown: dict[str, int]) -> None:
        """Print what the log files have gained since they were `shown` so far."""
        files = [log["file"] for log in self._reader.items(f"/runs/{self._quoted_id}/logs")]
        printed = [file for file in files if _OUTPUT_OF_A_SCRIPT.fullmatch(file)]
        for file in printed or ([] if self.type == "script" else files):
            if file not in shown:
                _say("", f"Streaming {file}", "=" * (len(file) + 10), "")
            while True:
                question = {"offset": shown.setdefault(file, 0), "limit": _CHARS_PER_READ}
                piece = self._reader.get(self._log_path(file), question)
                print(piece["text"], end="", flush=True)  # noqa: T201  # what was asked for
                shown[file] = piece["next_offset"]
                if not piece["text"]:
                    break

    def _log_text(self, file: str) -> str:
        return self._reader.content(self._whole_path(file)).decode()

    def _whole_path(self, file: str) -> str:
        return f"/runs/{self._quoted_id}/log-text/{quote(file)}"


def _say(*lines: str) -> None:
    print(*lines, sep="\n", flush=True)  # noqa: T201  # what was asked for

"""What a run was started with: gathered once, and recorded with the run."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import orjson

from runtide.client.surroundings.git import git_state
from runtide.client.surroundings.gpus import find_gpus
from runtide.client.surroundings.host import host_facts
from runtide.client.surroundings.packages import package_list
from runtide.client.writer import now_us
from runtide.core.events import Event, PropertiesAdded

DIFF_FILE: Final = "system/git.diff"
"""What the code differed by from its commit."""

PACKAGES_FILE: Final = "system/packages.txt"
"""The packages that could be imported, as a requirements file."""

HOST_FILE: Final = "system/host.json"
"""The command, the interpreter and the machine."""

_log = logging.getLogger("runtide")


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Which facts are gathered, and what is known before.

    Attributes:
        environment: What git is started with.
        git_given: Facts about the repository that are known better than git knows them.
    """

    git: bool
    packages: bool
    host: bool
    environment: Mapping[str, str] = field(default_factory=dict)
    git_given: Mapping[str, str] = field(default_factory=dict)

    def anything(self) -> bool:
        """Whether there is something to gather."""
        return self.git or self.packages or self.host


class Origin:
    """Gathers the facts of one run.

    Args:
        wanted: Which ones.
        folder: Where the script was when the run began.
        record: Logs a fact.
        upload: Stores a file of the run: name, bytes, media type.
    """

    def __init__(
        self,
        wanted: Wanted,
        *,
        folder: Path,
        record: Callable[[Event], None],
        upload: Callable[[str, bytes, str], None],
    ) -> None:
        self._wanted = wanted
        self._folder = folder
        self._record = record
        self._upload = upload
        self._done = threading.Event()

    def gather(self) -> None:
        """Gather and record everything. What cannot be had is left out."""
        try:
            for is_wanted, one in (
                (self._wanted.git, self._gather_git),
                (self._wanted.packages, self._gather_packages),
                (self._wanted.host, self._gather_host),
            ):
                if is_wanted:
                    one()
        except Exception as exc:  # noqa: BLE001  # explained below
            # Nothing that a machine is like may end the thread that looks at it.
            _log.warning("runtide could not record what the run was started with: %s", exc)
        finally:
            self._done.set()

    def wait(self, timeout_s: float) -> None:
        """Wait until everything is recorded, or the time is over."""
        self._done.wait(timeout_s)

    def _gather_git(self) -> None:
        state = git_state(
            self._folder,
            environment=self._wanted.environment,
            given=self._wanted.git_given,
        )
        if state.properties:
            self._record(PropertiesAdded(ts_us=now_us(), set=state.properties))
        if state.diff:
            self._upload(DIFF_FILE, state.diff, "text/x-diff")

    def _gather_packages(self) -> None:
        self._upload(PACKAGES_FILE, package_list().encode(), "text/plain")

    def _gather_host(self) -> None:
        document = orjson.dumps(host_facts(find_gpus()), option=orjson.OPT_INDENT_2)
        self._upload(HOST_FILE, document, "application/json")

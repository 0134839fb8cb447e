"""The state of the repository that a script runs in: where it is from, its commit, what differs."""

from __future__ import annotations

import os
import selectors
import signal
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Final, NamedTuple
from urllib.parse import urlsplit

DIFF_BYTES_MAX: Final = 1024 * 1024
"""As much of a diff as is kept; a last line says where it was cut."""

GIT_TIMEOUT_S: Final = 5.0
"""Longest that all questions to git take together; what it has not answered then is left out."""

_ANSWER_BYTES_MAX: Final = 256 * 1024
_UNTRACKED_MAX: Final = 1_000
_PIECE_BYTES: Final = 64 * 1024

_GIT: Final = ("git", "--no-optional-locks", "-c", "core.fsmonitor=false", "-c", "color.ui=false")
# Without locks, daemons, pagers and helpers of the user's: nothing changes and nothing asks back.

_PROPERTIES_BY_FACT: Final = {
    "repository_uri": ("azureml.git.repository_uri", "mlflow.source.git.repoURL"),
    "branch": ("azureml.git.branch", "mlflow.source.git.branch"),
    "commit": ("azureml.git.commit", "mlflow.source.git.commit"),
    "dirty": ("azureml.git.dirty",),
    "build_id": ("azureml.git.build_id",),
    "build_uri": ("azureml.git.build_uri",),
}
"""The properties under which scripts and tools of others look for each fact."""


class GitState(NamedTuple):
    """What git said.

    Attributes:
        properties: The facts by the names of a run's properties; empty outside of a repository.
        diff: What differs from the commit, for `git apply`, with the names of files that git does
            not know as comments before it; empty if nothing does.
    """

    properties: dict[str, str]
    diff: bytes


def git_state(
    folder: Path,
    *,
    environment: Mapping[str, str],
    given: Mapping[str, str],
    timeout_s: float = GIT_TIMEOUT_S,
) -> GitState:
    """Return the state of the repository that `folder` is in.

    Args:
        folder: Any folder of the work tree.
        environment: What git is started with.
        given: Facts that are known better, such as on a build server: `repository_uri`, `branch`,
            `commit`, `dirty`, `build_id`, `build_uri`.
        timeout_s: Longest that all of it takes.
    """
    git = _Git(folder, environment, deadline_s=time.monotonic() + timeout_s)
    facts, diff = git.facts_and_diff()
    known = facts | {fact: text for fact, text in given.items() if text}
    properties = {
        name: known[fact]
        for fact, names in _PROPERTIES_BY_FACT.items()
        if fact in known
        for name in names
    }
    return GitState(properties, diff)


class _Git:
    """Asks git about one folder, until a deadline."""

    def __init__(self, folder: Path, environment: Mapping[str, str], *, deadline_s: float) -> None:
        self._folder = folder
        self._environment = dict(environment) | {
            "GIT_TERMINAL_PROMPT": "0",
            "GIT_NO_LAZY_FETCH": "1",
            "LC_ALL": "C",
        }
        self._deadline_s = deadline_s

    def facts_and_diff(self) -> tuple[dict[str, str], bytes]:
        commit = self._line("rev-parse", "--verify", "--quiet", "HEAD")
        if commit is None:
            return {}, b""
        facts = {"commit": commit}
        if branch := self._line("symbolic-ref", "--quiet", "--short", "HEAD"):
            facts["branch"] = branch
        if remotes := self._ask("config", "--null", "--get-regexp", r"^remote\..*\.url$"):
            facts["repository_uri"] = _without_secrets(_remote(remotes))
        status = self._ask("status", "--porcelain", "-z")
        if status is None:
            return facts, b""
        facts["dirty"] = str(bool(status))
        return facts, self._diff(status) if status else b""

    def _diff(self, status: bytes) -> bytes:
        entries = status.split(b"\0")
        unknown = [entry[3:] for entry in entries if entry.startswith(b"?? ")][:_UNTRACKED_MAX]
        notes = b"".join(b"# untracked: %s\n" % name for name in unknown)
        diff = self._ask("diff", "--no-ext-diff", "--no-textconv", "HEAD", bytes_max=DIFF_BYTES_MAX)
        cut = b""
        if diff is not None and len(diff) > DIFF_BYTES_MAX:
            diff = diff[:DIFF_BYTES_MAX]
            cut = b"\n# cut after %d bytes\n" % DIFF_BYTES_MAX
        return notes + (diff or b"") + cut

    def _line(self, *arguments: str) -> str | None:
        answer = self._ask(*arguments)
        return answer.decode(errors="replace").strip() if answer else None

    def _ask(self, *arguments: str, bytes_max: int = _ANSWER_BYTES_MAX) -> bytes | None:
        """Return the first bytes that git says, a few beyond `bytes_max` at most; None if it fails."""
        try:
            process = subprocess.Popen(  # noqa: S603  # our own words
                [*_GIT, "-C", str(self._folder), *arguments],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=self._environment,
                start_new_session=True,
            )
        except OSError:
            # There is no git here.
            return None
        said = bytearray()
        try:
            is_whole = self._read(process, said, bytes_max)
            if is_whole and process.wait(max(0.0, self._deadline_s - time.monotonic())) == 0:
                return bytes(said)
        except subprocess.TimeoutExpired:
            return None
        finally:
            _end(process)
        return bytes(said) if len(said) > bytes_max else None

    def _read(self, process: subprocess.Popen[bytes], said: bytearray, bytes_max: int) -> bool:
        """Collect what git says; whether that was all of it."""
        assert process.stdout is not None, process
        with selectors.DefaultSelector() as selector:
            selector.register(process.stdout, selectors.EVENT_READ)
            while len(said) <= bytes_max:
                left_s = self._deadline_s - time.monotonic()
                if left_s <= 0 or not selector.select(left_s):
                    return False
                piece = os.read(process.stdout.fileno(), _PIECE_BYTES)
                if not piece:
                    return True
                said += piece
        return False


def _end(process: subprocess.Popen[bytes]) -> None:
    """End git and whatever it has started."""
    if process.poll() is None:
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except OSError:
            process.kill()
        process.wait()
    if process.stdout is not None:
        process.stdout.close()


def _remote(answer: bytes) -> str:
    """Return the address of `origin`, or of the first remote."""
    entries = [entry.partition("\n") for entry in answer.decode(errors="replace").split("\0")]
    url_by_name = {name: url for name, _, url in entries if url}
    return url_by_name.get("remote.origin.url") or next(iter(url_by_name.values()), "")


def _without_secrets(url: str) -> str:
    """Return an address without the passwords and tokens that it may hold."""
    parts = urlsplit(url) if "://" in url else None
    if parts is None or "@" not in parts.netloc:
        return url
    user, host = parts.netloc.rpartition("@")[::2]
    # A name alone is a token for HTTP, and who one logs in as for SSH.
    kept = f"{user.partition(':')[0]}@{host}" if parts.scheme.endswith("ssh") else host
    return parts._replace(netloc=kept).geturl()

"""Which of a run's surroundings are looked at: what the environment says, and who else does."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from runtide.client.environments import child_environment
from runtide.client.options import (
    git_facts,
    is_first_process,
    load_options,
)
from runtide.client.surroundings.observer import Observed
from runtide.client.surroundings.origin import Origin, Wanted
from runtide.core.events import Event


def record_repository(
    folder: Path,
    *,
    record: Callable[[Event], None],
    upload: Callable[[str, bytes, str], None],
) -> None:
    """Record the repository that the code of a run comes from which is submitted; see `Origin`."""
    if load_options().capture_git:
        wanted = Wanted(
            git=True,
            packages=False,
            host=False,
            environment=child_environment(),
            git_given=git_facts(),
        )
        Origin(wanted, folder=folder, record=record, upload=upload).gather()


def observed(
    *,
    record: Callable[[Event], None],
    upload: Callable[[str, bytes, str], None],
    text_rows: Callable[[str], list[Any]],
    has_origin: bool,
) -> Observed:
    """Return what is to be looked at of a run that this process executes.

    Of several processes of one training, the first of all gathers the origin, and the first of
    each host measures it. What executes a submitted script keeps what that prints, and the
    repository is known where it was submitted.

    Args:
        record: Logs a fact of the run.
        upload: Stores a file of the run: name, bytes, media type.
        text_rows: Returns the list in which the run's buffer takes the text of a file.
        has_origin: Whether what the run was started with is wanted.
    """
    options = load_options()
    is_submitted = options.run_id is not None
    origin = None
    if has_origin and is_first_process(of_host=False):
        wanted = Wanted(
            git=options.capture_git and not is_submitted,
            packages=options.capture_packages,
            host=options.capture_host,
            environment=child_environment(),
            git_given=git_facts(),
        )
        if wanted.anything():
            origin = Origin(wanted, folder=Path.cwd(), record=record, upload=upload)
    return Observed(
        record=record,
        text_rows=text_rows if options.capture_console and not is_submitted else None,
        origin=origin,
        interval_s=options.system_interval_s if is_first_process(of_host=True) else 0.0,
    )

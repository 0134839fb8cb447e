"""How versions of models get into the event log: from files of this machine, or of a run."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from runtide.client import lifecycle
from runtide.client.pairs import property_texts, tag_texts
from runtide.client.people import user_name
from runtide.client.storing import store_file
from runtide.client.values import require_fits
from runtide.client.writer import Writer, now_us
from runtide.core import limits, names
from runtide.core.envelope import event_document
from runtide.core.model_events import ModelEdited, ModelRegistered
from runtide.errors import ModelPathNotFound, UsageError

if TYPE_CHECKING:
    from runtide.artifacts.port import Blob
    from runtide.client.options import Destination
    from runtide.client.workspace import Workspace

_REGISTRATION_BYTES: Final = 16
_LISTED_MAX: Final = 30


def record_model(place: Destination, name: str, event: ModelRegistered | ModelEdited) -> None:
    """Log one fact of the model `name`."""
    _enlisted_writer(place, name).add(event)


def register_version(
    workspace: Workspace,
    name: str,
    blob_by_path: Mapping[str, Blob],
    *,
    run_id: str | None = None,
    run_path: str | None = None,
    tags: Mapping[str, object] | None,
    properties: Mapping[str, object] | None,
    description: str | None,
    framework: str | None,
    framework_version: str | None,
) -> str:
    """Log that stored files are a further version, and return what identifies it in edits.

    Raises:
        UsageError: A text is too long, or there are more files than a version can have.
    """
    if len(blob_by_path) > limits.MODEL_FILES_MAX:
        message = (
            f"model {name!r} has {len(blob_by_path):,} files here, limit is "
            f"{limits.MODEL_FILES_MAX:,}: pack them into an archive"
        )
        raise UsageError(message)
    event = ModelRegistered(
        registration=secrets.token_hex(_REGISTRATION_BYTES),
        files=[
            {"path": path, "sha256": blob.sha256, "size_bytes": blob.size_bytes}
            for path, blob in sorted(blob_by_path.items())
        ],
        ts_us=now_us(),
        workspace=workspace.name,
        run=run_id,
        path=run_path,
        description=_optional_text(description, "description"),
        framework=_optional_text(framework, "model_framework"),
        framework_version=_optional_text(framework_version, "model_framework_version"),
        tags=tag_texts(tags or {}),
        properties=property_texts(properties or {}),
        by=user_name(),
    )
    document = event_document(event)
    require_fits(len(str(document)), lambda: document, what=f"model {name!r}")
    record_model(workspace.place, name, event)
    return event.registration


def local_files(workspace: Workspace, name: str, path: Path) -> dict[str, Blob]:
    """Store a file, or every file below a folder, and return them by their path in a version.

    Raises:
        ModelPathNotFound: There is no such file, and no file in such a folder.
        UsageError: A file cannot be read, or nothing stores files.
    """
    whole = path.absolute()
    files = [whole] if whole.is_file() else sorted(f for f in whole.rglob("*") if f.is_file())
    if not files:
        siblings = sorted(f.name for f in whole.parent.iterdir()) if whole.parent.is_dir() else []
        raise path_not_found(str(path), of=f"folder {whole.parent}", available=siblings)
    _enlisted_writer(workspace.place, name)
    sender = lifecycle.sender_for(workspace.place)
    blob_by_path = {}
    for file in files:
        place = names.file_path(file.relative_to(whole.parent).as_posix())
        try:
            with file.open("rb") as source:
                blob_by_path[place] = store_file(sender, names.model_key(name), place, source)
        except OSError as exc:
            message = f"could not read {file} ({exc}): give the path of readable files"
            raise UsageError(message) from exc
    return blob_by_path


def path_not_found(path: str, *, of: str, available: Sequence[str]) -> ModelPathNotFound:
    """Return the error that `of` has nothing at `path`."""
    more_count = len(available) - _LISTED_MAX
    listed = ", ".join(available[:_LISTED_MAX]) or "none"
    more = f" and {more_count:,} more" if more_count > 0 else ""
    message = (
        f"{of} has no file or folder {path!r}: upload it first, or name one of those it has, "
        f"{listed}{more}"
    )
    return ModelPathNotFound(message, available=available)


def _enlisted_writer(place: Destination, name: str) -> Writer:
    writer = lifecycle.writer_for(place, names.model_key(name))
    if writer.sender is None:
        lifecycle.enlist(writer, place)
    return writer


def _optional_text(value: Any, what: str) -> str | None:  # noqa: ANN401  # a version may be a number
    return None if value is None else names.valid_text(str(value), what=what)

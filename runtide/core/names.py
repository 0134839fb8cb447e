"""Rules for the names that callers choose. Each returns the name to use, or raises."""

from __future__ import annotations

import re
from typing import Final, Literal, TypeAlias

from runtide.core import limits
from runtide.errors import UsageError

_EXPERIMENT: Final = re.compile(r"[a-zA-Z0-9][\w\-]{0,254}", re.ASCII)
RUN_ID_PATTERN: Final = r"[a-zA-Z0-9][a-zA-Z0-9_.\-]{0,255}"
"""A regular expression of every run's id; an id stands in addresses as it is."""

MODEL_NAME_PATTERN: Final = r"[a-zA-Z0-9][a-zA-Z0-9_.\-]{0,254}"
"""A regular expression of every model's name."""

EXPERIMENT_KEY_PREFIX: Final = "@experiment/"
"""What an envelope has in place of a run's id where it is of an experiment: this and its name."""

MODEL_KEY_PREFIX: Final = "@model/"
"""What an envelope has in place of a run's id where it is of a model: this and its name."""

DEFAULT_WORKSPACE: Final = "default"
"""Where a run is whose script names no workspace."""

ACCESS_KEY_PREFIX: Final = "@access/"
"""What an envelope has in place of a run's id where it is of access: this and a token's id."""

AUDIT_KEY: Final = f"{ACCESS_KEY_PREFIX}audit"
"""What an envelope that says who did what has in place of a run's id."""

WORKSPACE_KEY_PREFIX: Final = "@workspace/"
"""How the key of an experiment begins that is in another workspace than the default one."""

Subject: TypeAlias = Literal["run", "experiment", "model", "access"]
"""What an envelope can be of."""

_RUN_ID: Final = re.compile(RUN_ID_PATTERN)
_MODEL_NAME: Final = re.compile(MODEL_NAME_PATTERN)
_ACCESS_KEY: Final = re.compile(rf"{ACCESS_KEY_PREFIX}[a-z0-9]{{1,64}}")
_EXPERIMENT_KEY: Final = re.compile(
    rf"{EXPERIMENT_KEY_PREFIX}([\s\S]*)|{WORKSPACE_KEY_PREFIX}([\w.\-]{{1,255}})/experiment/([\s\S]*)",
    re.ASCII,
)


def metric_name(name: object) -> str:
    """Return `name` if it can name a metric, column, tag or property.

    Any text of 1 to 1,024 characters will do, blanks, quotes and line ends included; it comes
    back as it was given.

    Raises:
        UsageError: It is not text, is empty, is too long, or holds half a surrogate pair.
    """
    text = valid_text(name, what="name", chars_max=limits.METRIC_NAME_CHARS_MAX)
    if not text:
        message = "name is empty: give the metric a name"
        raise UsageError(message)
    return text


def experiment_name(name: object) -> str:
    """Return `name` if it can name an experiment.

    Raises:
        UsageError: It breaks the rule that the message states.
    """
    if not isinstance(name, str) or not _EXPERIMENT.fullmatch(name):
        message = (
            f"experiment name is {name!r}: want 1 to 255 letters, digits, hyphens and "
            f"underscores, the first a letter or digit"
        )
        raise UsageError(message)
    return name


def is_run_id(text: object) -> bool:
    """Whether `text` can identify a run."""
    return isinstance(text, str) and _RUN_ID.fullmatch(text) is not None


def run_id(text: object) -> str:
    """Return `text` if it can identify a run.

    Raises:
        UsageError: It breaks the rule that the message states.
    """
    if not isinstance(text, str) or not is_run_id(text):
        message = (
            f"run id is {text!r}: want 1 to 256 letters, digits, hyphens, underscores and dots, "
            f"the first a letter or digit"
        )
        raise UsageError(message)
    return text


def experiment_key(experiment: str, workspace: str = DEFAULT_WORKSPACE) -> str:
    """Return what identifies an experiment where an envelope otherwise has a run's id."""
    if workspace == DEFAULT_WORKSPACE:
        return f"{EXPERIMENT_KEY_PREFIX}{experiment}"
    return f"{WORKSPACE_KEY_PREFIX}{workspace}/experiment/{experiment}"


def find_experiment(key: str) -> str | None:
    """Return the name of the experiment that `key` identifies, or None where it is a run's."""
    match = _EXPERIMENT_KEY.fullmatch(key)
    return None if match is None else match[1] if match[2] is None else match[3]


def find_workspace(key: str) -> str | None:
    """Return the workspace of the experiment that `key` identifies, or None where it is none's."""
    match = _EXPERIMENT_KEY.fullmatch(key)
    return None if match is None else match[2] or DEFAULT_WORKSPACE


def access_key(token_id: str) -> str:
    """Return what identifies a token where an envelope otherwise has a run's id."""
    return f"{ACCESS_KEY_PREFIX}{token_id}"


def model_name(name: object) -> str:
    """Return `name` if it can name a model.

    Raises:
        UsageError: It breaks the rule that the message states.
    """
    if not isinstance(name, str) or not _MODEL_NAME.fullmatch(name):
        message = (
            f"model name is {name!r}: want 1 to 255 letters, digits, hyphens, underscores and "
            f"dots, the first a letter or digit"
        )
        raise UsageError(message)
    return name


def model_key(name: str) -> str:
    """Return what identifies a model where an envelope otherwise has a run's id."""
    return f"{MODEL_KEY_PREFIX}{name}"


def find_model(key: str) -> str | None:
    """Return the name of the model that `key` identifies, or None where it is something else's."""
    return key[len(MODEL_KEY_PREFIX) :] if key.startswith(MODEL_KEY_PREFIX) else None


def subject_of(key: str) -> Subject:
    """Return what a key of the log identifies."""
    if find_experiment(key) is not None:
        return "experiment"
    if key.startswith(ACCESS_KEY_PREFIX):
        return "access"
    return "run" if find_model(key) is None else "model"


def is_key(text: object) -> bool:
    """Whether `text` can identify what an envelope is of."""
    if not isinstance(text, str):
        return False
    if (experiment := find_experiment(text)) is not None:
        return 0 < len(experiment) <= limits.EXPERIMENT_NAME_CHARS_MAX
    if text.startswith(ACCESS_KEY_PREFIX):
        return _ACCESS_KEY.fullmatch(text) is not None
    if (model := find_model(text)) is not None:
        return _MODEL_NAME.fullmatch(model) is not None
    return is_run_id(text)


def view_name(name: object) -> str:
    """Return `name` if it can name a saved view.

    Raises:
        UsageError: It is no metric's name either, or it is `.` or `..`, which no address holds.
    """
    text = metric_name(name)
    if text in {".", ".."}:
        message = f"view name is {text!r}: an address cannot hold it, choose another"
        raise UsageError(message)
    return text


def file_path(path: object) -> str:
    """Return the normal form of a file's path within its run: relative, with `/`.

    `./outputs/model.pkl` and `outputs//model.pkl` are `outputs/model.pkl`.

    Raises:
        UsageError: The path is empty, too long, or leads out of the run's folder.
    """
    text = valid_text(path, what="file path", chars_max=limits.FILE_PATH_CHARS_MAX)
    parts = [part for part in text.replace("\\", "/").split("/") if part not in {"", "."}]
    if not parts or ".." in parts or "\x00" in text:
        message = f"file path is {text!r}: want a relative path such as `outputs/model.pkl`"
        raise UsageError(message)
    return "/".join(parts)


def valid_text(value: object, *, what: str, chars_max: int = limits.TEXT_CHARS_MAX) -> str:
    """Return `value` if it is text that the event log can hold.

    Raises:
        UsageError: It is not text, is too long, or holds half a surrogate pair.
    """
    if not isinstance(value, str):
        message = f"{what} is {value!r} of type {type(value).__name__}: want a string"
        raise UsageError(message)
    if len(value) > chars_max:
        message = (
            f"{what} has {len(value):,} characters, limit is {chars_max:,}: "
            f"shorten it, or upload it as a file"
        )
        raise UsageError(message)
    if not value.isascii():
        try:
            value.encode()
        except UnicodeEncodeError as exc:
            message = (
                f"{what} is {value!r}, which is not valid Unicode: remove {exc.object[exc.start]!r}"
            )
            raise UsageError(message) from exc
    return str(value)

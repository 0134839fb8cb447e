"""How long runs are kept: what `runtide up` and the processors obey."""

from __future__ import annotations

from typing import Annotated, Final

from pydantic import AfterValidator, Field
from pydantic_settings import BaseSettings

from runtide.settings_config import SETTINGS_CONFIG


def parsed_days(text: str) -> dict[str, float]:
    """Return the days by workspace that `text` names.

    Raises:
        ValueError: It is not of the form `workspace=days,…`.
    """
    days: dict[str, float] = {}
    for part in filter(None, text.replace(" ", "").split(",")):
        workspace, equals, number = part.rpartition("=")
        try:
            days[workspace] = float(number)
        except ValueError:
            equals = ""
        if not equals or not workspace or not 0 < days[workspace] <= _DAYS_MAX:
            message = f"is {part!r}: want `workspace=days`, as in `default=365,lab=90`"
            raise ValueError(message)
    return days


def _checked_days(text: str) -> str:
    parsed_days(text)
    return text


_DAYS_MAX: Final = 36_500


class LifeEnvironment(BaseSettings):
    """How long deleted runs can be restored, and how long others are kept.

    `runtide up` and `runtide serve processors` read it.
    """

    model_config = SETTINGS_CONFIG

    keep_bin_days: Annotated[float, Field(ge=0, le=_DAYS_MAX)] = 30.0
    """Days that a deleted run can be restored; then it is purged."""

    keep_run_days: Annotated[str, AfterValidator(_checked_days)] = ""
    """Days after its end that a run is kept, by workspace, as in `default=365,lab=90`; then it is
    purged, deleted or not. Of a workspace that is not named runs are kept for ever."""

"""How every service reads its settings from the environment."""

from __future__ import annotations

from typing import Final

from pydantic_settings import SettingsConfigDict

PREFIX: Final = "RUNTIDE_"
"""How the names of all settings begin."""

SETTINGS_CONFIG: Final = SettingsConfigDict(
    env_prefix=PREFIX,
    # `NAME=` is how a composition of containers passes on what nobody has set.
    env_ignore_empty=True,
    frozen=True,
    populate_by_name=True,
    use_attribute_docstrings=True,
)
"""The configuration of a class of settings. Where classes are combined, all must have it: the last of
several bases decides."""

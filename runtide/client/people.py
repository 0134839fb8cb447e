"""Who does what this process does."""

from __future__ import annotations

import os
import pwd


def user_name() -> str | None:
    """Return the name of the user that the process belongs to, if that one has a name."""
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        # A container may run under a number that no user has.
        return None

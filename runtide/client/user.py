"""Who runs this process."""

from __future__ import annotations

import os
import pwd


def user_name() -> str | None:
    """Return who runs this process, as the machine calls them; None where it has no name."""
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        # A container may run under a number that no user has.
        return None

"""The notebook widget.

from runtide.widget import RunDetails

RunDetails(run).show()

Importing it needs nothing beside the SDK; showing it in a notebook needs `runtide[notebook]`.
"""

from __future__ import annotations

from runtide.widget.details import RunDetails

__all__ = ["RunDetails"]

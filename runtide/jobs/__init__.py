"""Executing submitted runs: the queue of a compute target, and the launcher of one run.

    log ──> queue ── takes a run as a slot comes free ──> engine ── starts ──> launcher ──> script
                                                                                  │
    log <────────────────── states, output, files ────────────────────────────────┘

The queue decides and may end at any time; what executes a run is its launcher, a process that
depends on nobody.
"""

"""Driving runs that consist of other runs: sweeps and pipelines.

    record ──> look ──> decide (core) ──> submit, ask to end, end ──> record
       ▲                                                                │
       └────────────────────────────────────────────────────────────────┘

A *controller* is the script of the parent run: a process that its launcher starts and watches like
any other. All it knows is in the record, so that it may be killed at any moment and started again.
"""

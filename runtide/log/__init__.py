"""The event log: the port, and one file an engine."""

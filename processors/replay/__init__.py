"""Replay: every table folded again from the log, beside the live ones, compared and swapped."""

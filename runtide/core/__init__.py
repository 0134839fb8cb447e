"""The vocabulary every part shares: pure functions and values, no I/O, no clock."""

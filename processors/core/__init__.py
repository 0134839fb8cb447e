"""The fold itself: pure functions from records to rows. No clock, no I/O, no threads."""

"""Log in, tables out: the fold, and the drivers that run it."""

"""The end of runs' lives: removing what is purged, and saying what is to be."""

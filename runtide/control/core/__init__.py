"""What a controller decides. Pure: no clock, no I/O."""

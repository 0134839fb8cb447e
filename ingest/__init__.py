"""HTTP in, log out: envelopes and files."""

"""What ingest decides without doing."""

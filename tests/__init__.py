"""Claims about Runtide, each of them a test."""

"""Files and images by the digest of their bytes: the port, and one file an engine."""

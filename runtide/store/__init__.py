"""The read model: the port, its migrations, and the ClickHouse engines behind it."""

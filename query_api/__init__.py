"""Tables in, HTTP out: REST, server-sent events, and the built dashboard."""

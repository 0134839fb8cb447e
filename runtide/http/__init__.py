"""What the services have in common as HTTP servers: the socket, the guard, the problems."""

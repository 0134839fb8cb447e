"""An application of ours behind a real socket, in the test's process."""

from __future__ import annotations

import socket
import threading

import uvicorn
from starlette.types import ASGIApp


class ServerThread:
    """uvicorn in a thread, on a port of its own."""

    def __init__(self, app: ASGIApp) -> None:
        # asyncio turns off the delay of small packets only for sockets that say they are TCP.
        listener = socket.socket(proto=socket.IPPROTO_TCP)
        listener.bind(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        config = uvicorn.Config(app, http="h11", ws="none", log_config=None, access_log=False)
        self._server = uvicorn.Server(config)
        # The socket takes connections from here on; uvicorn answers them once it is up.
        listener.listen()
        self._thread = threading.Thread(
            target=self._server.run, kwargs={"sockets": [listener]}, name="test-server"
        )
        self._thread.start()

    def close(self) -> None:
        """End the server; whatever streams for ever must have been ended before."""
        self._server.should_exit = True
        self._thread.join(timeout=30)
        assert not self._thread.is_alive()

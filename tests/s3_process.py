"""An S3 server over HTTP; run as a script, it says its port and ends when its input is closed.

python -m tests.s3_process
"""

from __future__ import annotations

import logging
import sys

from moto.server import ThreadedMotoServer

if __name__ == "__main__":
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    print(server.get_host_and_port()[1], flush=True)
    # The starting process holds the other end, so that however it dies, this one goes with it.
    sys.stdin.read()
    server.stop()

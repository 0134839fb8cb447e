"""An S3 of the tests: moto's server as a process of its own, spoken to over HTTP."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import httpx
import obstore
from obstore.store import S3Store

CREDENTIALS: Final = {
    "AWS_ACCESS_KEY_ID": "tests",
    "AWS_SECRET_ACCESS_KEY": "tests",
    "AWS_REGION": "us-east-1",
}
"""What obstore looks for in the environment; moto takes any."""


class S3:
    """A running server, seen from outside: buckets and the keys in them."""

    def __init__(self, endpoint: str) -> None:
        self.endpoint = endpoint

    def make_bucket(self, bucket: str) -> str:
        """Return the URL of a new, empty bucket."""
        httpx.put(f"{self.endpoint}/{bucket}", timeout=30).raise_for_status()
        return f"s3://{bucket}/some/prefix?endpoint={self.endpoint}"

    def keys(self, bucket: str) -> list[str]:
        """Return the key of every object."""
        return [found["path"] for page in obstore.list(self._open(bucket)) for found in page]

    def delete(self, bucket: str, key: str) -> None:
        """Delete one object."""
        obstore.delete(self._open(bucket), key)

    def _open(self, bucket: str) -> S3Store:
        return S3Store(
            bucket,
            endpoint=self.endpoint,
            region=CREDENTIALS["AWS_REGION"],
            access_key_id=CREDENTIALS["AWS_ACCESS_KEY_ID"],
            secret_access_key=CREDENTIALS["AWS_SECRET_ACCESS_KEY"],
            client_options={"allow_http": True},
        )


@contextmanager
def running_s3() -> Iterator[S3]:
    """Yield an S3 server without buckets, and end it."""
    with subprocess.Popen(
        [sys.executable, "-m", "tests.s3_process"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=os.environ | CREDENTIALS,
        text=True,
    ) as process:
        try:
            assert process.stdout is not None
            yield S3(f"http://127.0.0.1:{process.stdout.readline().strip()}")
        finally:
            process.kill()

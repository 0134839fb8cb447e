"""How much ingest takes, of whom."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator
from pydantic_settings import BaseSettings

from runtide.settings_config import SETTINGS_CONFIG


class IngestQuotas(BaseSettings):
    """What keeps one sender from taking everybody's place.

    A training machine that logs a million points a second sends some 25 MiB of envelopes in that
    time, in about a hundred of them: nobody meets the defaults who does not try to.
    """

    model_config = SETTINGS_CONFIG

    body_bytes_max: Annotated[
        int, Field(validation_alias="RUNTIDE_INGEST_BODY_BYTES_MAX", ge=2**20)
    ] = 32 * 2**20
    """Largest body of envelopes, after decompression; a larger one is refused with 413."""

    file_bytes_max: Annotated[
        int, Field(validation_alias="RUNTIDE_INGEST_FILE_BYTES_MAX", gt=0)
    ] = 2**40
    """Largest file; a larger one is refused with 413."""

    run_bytes_per_s: Annotated[
        int, Field(validation_alias="RUNTIDE_INGEST_RUN_BYTES_PER_S", gt=0)
    ] = 128 * 2**20
    """Bytes of envelopes, not compressed, that one run may send every second; beyond it, 429."""

    run_bytes_burst: Annotated[
        int, Field(validation_alias="RUNTIDE_INGEST_RUN_BYTES_BURST", gt=0)
    ] = 512 * 2**20
    """Bytes that one run may send at once after it was quiet."""

    run_envelopes_per_s: Annotated[
        int, Field(validation_alias="RUNTIDE_INGEST_RUN_ENVELOPES_PER_S", gt=0)
    ] = 5_000
    """Envelopes that one run may send every second; beyond it, 429."""

    run_envelopes_burst: Annotated[
        int, Field(validation_alias="RUNTIDE_INGEST_RUN_ENVELOPES_BURST", gt=0)
    ] = 50_000
    """Envelopes that one run may send at once after it was quiet."""

    client_bytes_per_s: Annotated[
        int, Field(validation_alias="RUNTIDE_INGEST_CLIENT_BYTES_PER_S", gt=0)
    ] = 512 * 2**20
    """Bytes of envelopes, not compressed, that one client address may send every second; beyond it,
    429. Clients behind a proxy share its address, and want this raised."""

    client_bytes_burst: Annotated[
        int, Field(validation_alias="RUNTIDE_INGEST_CLIENT_BYTES_BURST", gt=0)
    ] = 2_048 * 2**20
    """Bytes that one client address may send at once after it was quiet."""

    client_envelopes_per_s: Annotated[
        int, Field(validation_alias="RUNTIDE_INGEST_CLIENT_ENVELOPES_PER_S", gt=0)
    ] = 20_000
    """Envelopes that one client address may send every second; beyond it, 429."""

    client_envelopes_burst: Annotated[
        int, Field(validation_alias="RUNTIDE_INGEST_CLIENT_ENVELOPES_BURST", gt=0)
    ] = 200_000
    """Envelopes that one client address may send at once after it was quiet."""

    in_flight_bytes_max: Annotated[
        int, Field(validation_alias="RUNTIDE_INGEST_IN_FLIGHT_BYTES_MAX", ge=2**20)
    ] = 128 * 2**20
    """Bytes of envelopes in memory, of all clients together; beyond it, 503. The process takes up to
    four times as much while it reads them."""

    appends_max: Annotated[int, Field(validation_alias="RUNTIDE_INGEST_APPENDS_MAX", gt=0)] = 1_024
    """Requests whose envelopes wait for the log; beyond it, 503."""

    uploads_max: Annotated[int, Field(validation_alias="RUNTIDE_INGEST_UPLOADS_MAX", gt=0)] = 12
    """Files that are received at once; beyond it, 503. Each takes 24 MiB if it goes to S3."""

    @model_validator(mode="after")
    def _fit(self) -> IngestQuotas:
        if self.in_flight_bytes_max < self.body_bytes_max:
            message = (
                f"RUNTIDE_INGEST_IN_FLIGHT_BYTES_MAX is {self.in_flight_bytes_max}, which holds no "
                f"body of {self.body_bytes_max} bytes: raise it, or lower "
                f"RUNTIDE_INGEST_BODY_BYTES_MAX"
            )
            raise ValueError(message)
        return self

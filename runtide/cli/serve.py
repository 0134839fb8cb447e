"""`runtide serve`: the services of a cluster, one a process."""

from __future__ import annotations

import logging
import sys
from typing import Annotated

import typer

from runtide.cli.output import stdout
from runtide.settings import IngestSettings, ProcessorsSettings, QueryApiSettings, load_settings

serve = typer.Typer(
    help="Run one service of a cluster in the foreground, until Ctrl-C or SIGTERM.",
    no_args_is_help=True,
)


@serve.command()
def ingest(
    *,
    host: Annotated[
        str | None, typer.Option(help="Address to listen on. Default: 127.0.0.1.")
    ] = None,
    port: Annotated[
        int | None, typer.Option(help="Port; 0 takes any that is free. Default: 8301.")
    ] = None,
) -> None:
    """Take envelopes and files over HTTP, and put them into the log and the artifact store.

    Any number may run. RUNTIDE_KAFKA_BOOTSTRAP or RUNTIDE_INGEST_LOG_URL names the log, and
    RUNTIDE_ARTIFACTS_URL says where files go.

    Example: RUNTIDE_KAFKA_BOOTSTRAP=kafka:9092 RUNTIDE_ARTIFACTS_URL=s3://bucket runtide serve ingest
    """
    from runtide.cluster.ingest import serve_ingest  # noqa: PLC0415  # slow, see below

    _log_to_stderr()
    settings = load_settings(IngestSettings, host=host, port=port)
    serve_ingest(settings, on_ready=lambda url: stdout.print(f"ready at {url}"))


@serve.command()
def processors(
    *,
    host: Annotated[str | None, typer.Option(help="Address of its pages.")] = None,
    port: Annotated[int | None, typer.Option(help="Their port. Default: 8302.")] = None,
) -> None:
    """Fold the log into the tables, sharing its partitions with all other workers.

    Kafka and ClickHouse are named by RUNTIDE_KAFKA_* and RUNTIDE_CLICKHOUSE_* settings.

    Example: RUNTIDE_KAFKA_BOOTSTRAP=kafka:9092 RUNTIDE_CLICKHOUSE_URL=http://clickhouse:8123
    runtide serve processors
    """
    # Here and not above: Faust, and what else a service loads, takes a second; no other command
    # needs it.
    from runtide.cluster.processors import serve_processors  # noqa: PLC0415  # slow, see above

    _log_to_stderr()
    serve_processors(load_settings(ProcessorsSettings, host=host, port=port))


@serve.command(name="query-api")
def query_api(
    *,
    host: Annotated[
        str | None, typer.Option(help="Address to listen on. Default: 127.0.0.1.")
    ] = None,
    port: Annotated[
        int | None, typer.Option(help="Port; 0 takes any that is free. Default: 8300.")
    ] = None,
) -> None:
    """Answer questions, stream what is logged, and serve the dashboard.

    Any number may run; RUNTIDE_ARTIFACTS_URL says where files are.

    Example: runtide serve query-api --port 8300
    """
    from runtide.cluster.query_api import serve_query_api  # noqa: PLC0415  # slow, see above

    _log_to_stderr()
    settings = load_settings(QueryApiSettings, host=host, port=port)
    serve_query_api(settings, on_ready=lambda url: stdout.print(f"ready at {url}"))


def _log_to_stderr() -> None:
    logging.basicConfig(
        stream=sys.stderr,
        level=logging.INFO,
        format="%(asctime)s %(levelname)s %(name)s: %(message)s",
    )
    # They tell every request to a broker, and every connection that is tried again.
    logging.getLogger("aiokafka").setLevel(logging.WARNING)

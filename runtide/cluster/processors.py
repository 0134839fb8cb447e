"""The composition root of `runtide serve processors`: a worker of the cluster."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from processors.drivers.faust_app import run_worker
from processors.life.expiry import Expiry, Rules
from processors.life.purge import Purger
from runtide.artifacts.opening import open_artifacts
from runtide.cluster.opening import open_log, open_store
from runtide.cluster.patience import patiently
from runtide.life_settings import parsed_days
from runtide.log.kafka_topic import open_topic
from runtide.store.arrow_alone import leave_pandas_out
from runtide.store.layouts import PLAIN, layout_of

if TYPE_CHECKING:
    from runtide.settings import ProcessorsSettings

_TOPIC_TIMEOUT_S: Final = 10.0


def serve_processors(settings: ProcessorsSettings) -> None:
    """Fold the log into the tables until SIGINT or SIGTERM. Must be called in the main thread.

    Raises:
        UsageError: A setting does not fit, or the brokers do not let us in.
        StoreRefused: The store does not take what the settings say.
    """
    leave_pandas_out()
    store = open_store(settings, sets_retention=True)
    log = open_log(settings)
    kafka = settings.kafka()
    letters = replace(kafka, topic=kafka.dead_letter_topic, partitions=1)
    patiently(lambda: open_topic(letters, timeout_s=_TOPIC_TIMEOUT_S))
    artifacts = open_artifacts(settings.artifacts_url) if settings.artifacts_url else None
    server = settings.clickhouse()
    layout = PLAIN if server is None else layout_of(server)
    rules = Rules(settings.keep_bin_days, parsed_days(settings.keep_run_days))
    run_worker(
        settings=kafka,
        group=settings.group,
        log=log,
        store=store,
        host=settings.host,
        port=settings.port,
        purger=Purger(store, artifacts, layout=layout),
        expiry=Expiry(log, store, rules),
        archives=settings.archive,
    )

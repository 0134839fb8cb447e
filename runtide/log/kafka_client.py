"""How a client of Kafka is set up, and what to tell when it does not get through."""

from __future__ import annotations

import asyncio
import logging
import socket
import ssl
import threading
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from aiokafka import errors
from aiokafka.conn import create_conn
from aiokafka.errors import KafkaError
from aiokafka.protocol.metadata import MetadataRequest

from runtide.errors import LogUnavailable, UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from runtide.errors import RuntideError
    from runtide.log.kafka_settings import KafkaSettings

THREAD_NAME: Final = "runtide-kafka"
"""How the names of our threads begin."""

CLIENT_ERRORS: Final = (KafkaError, OSError, TimeoutError, AssertionError)
"""What the engine raises when a call does not succeed. It asserts what brokers answer."""

_PROBE_TIMEOUT_S: Final = 2.0

_log = logging.getLogger(__name__)


def client_arguments(settings: KafkaSettings, *, timeout_s: float) -> dict[str, Any]:
    """Return what every client of the engine is made with.

    Raises:
        UsageError: A certificate's file cannot be read.
    """
    return {
        "bootstrap_servers": list(settings.bootstrap),
        "client_id": "runtide",
        "request_timeout_ms": round(timeout_s * 1_000),
        **_access_arguments(settings),
    }


def _access_arguments(settings: KafkaSettings) -> dict[str, Any]:
    return {
        "security_protocol": settings.security.upper(),
        "ssl_context": _ssl_context(settings) if settings.uses_tls else None,
        "sasl_mechanism": settings.sasl_mechanism,
        "sasl_plain_username": settings.username,
        "sasl_plain_password": settings.password,
    }


def _ssl_context(settings: KafkaSettings) -> ssl.SSLContext:
    name, path = "RUNTIDE_KAFKA_CA_FILE", settings.ca_file
    try:
        context = ssl.create_default_context(cafile=path)
        if settings.cert_file is not None:
            name, path = "RUNTIDE_KAFKA_CERT_FILE", settings.cert_file
            context.load_cert_chain(settings.cert_file, settings.key_file)
    except OSError as exc:
        message = f"{name} is {str(path)!r} and cannot be used ({exc}): want a readable PEM file"
        raise UsageError(message) from exc
    return context


class Cause(NamedTuple):
    """Why something did not work, and what to do.

    Attributes:
        is_definite: Whether it will not work either when tried again: something must be changed.
    """

    what: str
    remedy: str
    is_definite: bool = False


async def explained(
    settings: KafkaSettings, exc: BaseException, *, verb: str, may_be_usage: bool = False
) -> RuntideError:
    """Return the error to raise for an error of the engine's, after a look at what is wrong.

    Args:
        settings: What the client was made with.
        exc: One of `CLIENT_ERRORS`.
        verb: What could not be done to the topic: "append to", "read".
        may_be_usage: Whether a definite cause is a `UsageError`; else, as while a service runs,
            it is a `LogUnavailable` too, because whoever has to mend it is elsewhere.
    """
    cause = _answered(settings, exc) or await _diagnosis(settings)
    if cause is None:
        reason = str(exc) or type(exc).__name__
        cause = Cause(f"{reason}, though every broker answers", "see the brokers' own logs")
    message = f"could not {verb} topic {settings.topic!r} of Kafka: {cause.what}: {cause.remedy}"
    if may_be_usage and cause.is_definite:
        return UsageError(message)
    return LogUnavailable(message)


def _answered(settings: KafkaSettings, exc: BaseException) -> Cause | None:
    """Return what an error says in itself, because a broker gave it as an answer."""
    server = settings.bootstrap[0]
    match exc:
        case errors.TopicAuthorizationFailedError() | errors.ClusterAuthorizationFailedError():
            who = repr(settings.username) if settings.uses_sasl else "anonymous clients"
            return Cause(
                f"the brokers do not allow it to {who}",
                f"give the right, for example with `kafka-acls.sh --bootstrap-server {server} "
                f"--add --allow-principal User:<name> --operation All --topic {settings.topic}`",
                is_definite=True,
            )
        case errors.MessageSizeTooLargeError() | errors.RecordListTooLargeError():
            return Cause(
                "the broker refuses record batches of this size",
                config_remedy(settings, "max.message.bytes", 1_048_588),
                is_definite=True,
            )
        case errors.NotEnoughReplicasError() | errors.NotEnoughReplicasAfterAppendError():
            return Cause(
                "too few copies of the partition are in step for its min.insync.replicas",
                "start the brokers that are missing",
            )
    return None


def config_remedy(settings: KafkaSettings, name: str, value: object) -> str:
    """Return the command that sets one of the topic's configurations."""
    return (
        f"run `kafka-configs.sh --bootstrap-server {settings.bootstrap[0]} --alter --entity-type "
        f"topics --entity-name {settings.topic} --add-config {name}={value}`"
    )


async def _diagnosis(settings: KafkaSettings) -> Cause | None:
    """Return why brokers cannot be reached; None when all of them answer."""
    found = await asyncio.gather(*(_probe(settings, server) for server in settings.bootstrap))
    causes = [cause for cause in found if isinstance(cause, Cause)]
    if len(causes) == len(found):
        # What must be mended is told before what may mend itself.
        return min(causes, key=lambda cause: not cause.is_definite)
    advertised = {server for servers in found if isinstance(servers, set) for server in servers}
    for server in sorted(advertised - set(settings.bootstrap)):
        cause = await _probe(settings, server)
        if isinstance(cause, Cause):
            return Cause(
                f"a broker sends its clients on to {server}, and there {cause.what}",
                f"correct its advertised.listeners, or {cause.remedy}",
            )
    return causes[0] if causes else None


async def _probe(settings: KafkaSettings, server: str) -> Cause | set[str]:
    """Return what is wrong with a server, or else the brokers that it names."""
    host, _, port = server.rpartition(":")
    conn = None
    try:
        async with asyncio.timeout(_PROBE_TIMEOUT_S):
            conn = await create_conn(
                host.strip("[]"),
                int(port),
                request_timeout_ms=round(_PROBE_TIMEOUT_S * 1_000),
                **_access_arguments(settings),
            )
            answer = await conn.send(MetadataRequest([]))
    except CLIENT_ERRORS as exc:
        return _cause(settings, server, exc)
    except UsageError as exc:
        return Cause(f"{server} cannot be asked", str(exc), is_definite=True)
    finally:
        if conn is not None:
            conn.close()
    return {f"{_bracketed(b['host'])}:{b['port']}" for b in answer.to_object()["brokers"]}


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _cause(settings: KafkaSettings, server: str, exc: BaseException) -> Cause:
    where = f"RUNTIDE_KAFKA_BOOTSTRAP (or RUNTIDE_URL) names {server!r}"
    how = f"RUNTIDE_KAFKA_SECURITY is {settings.security!r}"
    match exc:
        case socket.gaierror():
            return Cause(
                f"host {server.rpartition(':')[0]!r} is not known", f"{where}; correct it or DNS"
            )
        case ssl.SSLCertVerificationError():
            return Cause(
                f"the certificate of {server} is not trusted ({exc.verify_message})",
                "set RUNTIDE_KAFKA_CA_FILE to who signed it, and name brokers as it names them",
                is_definite=True,
            )
        case ssl.SSLError():
            return Cause(
                f"{server} does not speak TLS ({exc.reason or exc})",
                f"{how}; want `plaintext` or `sasl_plaintext`, or another port",
                is_definite=True,
            )
        case errors.SaslAuthenticationFailed() | errors.AuthenticationFailedError():
            return Cause(
                f"{server} does not let user {settings.username!r} in",
                "correct RUNTIDE_KAFKA_USERNAME, RUNTIDE_KAFKA_PASSWORD or "
                "RUNTIDE_KAFKA_SASL_MECHANISM",
                is_definite=True,
            )
        case errors.UnsupportedSaslMechanismError():
            return Cause(
                f"{server} does not know {settings.sasl_mechanism}",
                "set RUNTIDE_KAFKA_SASL_MECHANISM to one that it knows",
                is_definite=True,
            )
        case errors.IllegalSaslStateError():
            return Cause(
                f"{server} asks for no user",
                f"{how}; want `plaintext` or `ssl`, or another port",
                is_definite=True,
            )
        case ConnectionRefusedError():
            return Cause(f"nothing listens at {server}", f"start the broker; {where}")
        case TimeoutError():
            return Cause(
                f"{server} does not answer within {_PROBE_TIMEOUT_S:.0f} s",
                f"see whether the broker is well and no firewall is between; {where}; {how}",
            )
    return _hung_up(settings, server, exc)


def _hung_up(settings: KafkaSettings, server: str, exc: BaseException) -> Cause:
    others = {
        "plaintext": "a port that wants TLS or a user hangs up like this",
        "sasl_plaintext": "a port that wants TLS hangs up like this",
        "ssl": "a port without TLS, or one that wants a certificate or a user, hangs up like this",
        "sasl_ssl": "a port without TLS, or one that wants a certificate, hangs up like this",
    }
    return Cause(
        f"{server} hung up ({str(exc) or type(exc).__name__})",
        f"RUNTIDE_KAFKA_SECURITY is {settings.security!r}, and {others[settings.security]}; "
        f"set it to what the port speaks",
    )


def _is_for_others(_record: logging.LogRecord) -> bool:
    """Keep what the engine says of our clients out of a training script's output.

    It warns of every connection that is refused, again and again. We raise what matters.
    """
    is_ours = threading.current_thread().name.startswith(THREAD_NAME)
    return not is_ours or _log.isEnabledFor(logging.DEBUG)


def _quiet(names: Sequence[str]) -> None:
    for name in names:
        logging.getLogger(name).addFilter(_is_for_others)


# The engine's modules have made their loggers by now; a filter does not reach those below.
_quiet([name for name in logging.root.manager.loggerDict if name.split(".")[0] == "aiokafka"])

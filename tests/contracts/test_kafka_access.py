"""Brokers that want TLS or a user, and what is told when the settings do not fit."""

import contextlib
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from runtide.errors import LogUnavailable, RuntideError, UsageError
from runtide.log.kafka import KafkaLog
from runtide.log.kafka_group import Group, find_group
from runtide.log.kafka_settings import KafkaSettings, Security
from runtide.log.port import Item
from tests.broker import Broker
from tests.topics import fresh_settings

pytestmark = pytest.mark.kafka

MANY = 1 << 30
PASSWORD = "open-sesame"

_PLAIN = "org.apache.kafka.common.security.plain.PlainLoginModule required"
_SCRAM = "org.apache.kafka.common.security.scram.ScramLoginModule required;"
_USERS = f'user_olive="{PASSWORD}" user_guest="{PASSWORD}"'

_PROPERTIES = f"""\
sasl.enabled.mechanisms=PLAIN,SCRAM-SHA-256
listener.name.sasl_plaintext.plain.sasl.jaas.config={_PLAIN} {_USERS};
listener.name.sasl_ssl.plain.sasl.jaas.config={_PLAIN} {_USERS};
listener.name.sasl_plaintext.scram-sha-256.sasl.jaas.config={_SCRAM}
listener.name.sasl_ssl.scram-sha-256.sasl.jaas.config={_SCRAM}
ssl.keystore.type=PKCS12
ssl.keystore.password=changeit
ssl.key.password=changeit
authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer
super.users=User:ANONYMOUS;User:olive
"""


class Guarded(NamedTuple):
    """A broker that listens with and without TLS and users, and who signed its certificate."""

    broker: Broker
    ca_file: Path

    def settings(self, security: Security, **changes: Any) -> KafkaSettings:
        """Return settings of a topic of its own that are right, but for the changes."""
        port = self.broker.port_by_protocol.get(security.upper(), self.broker.port)
        return fresh_settings(f"127.0.0.1:{port}", **{"security": security} | changes)

    def user(self, name: str = "olive") -> dict[str, str]:
        return {"username": name, "password": PASSWORD}


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Guarded]:
    folder = tmp_path_factory.mktemp("guarded")
    store, ca_file = folder / "broker.p12", folder / "ca.pem"
    _keytool(
        store,
        *("-genkeypair", "-alias", "broker", "-keyalg", "EC", "-dname", "CN=broker"),
        *("-ext", "san=ip:127.0.0.1", "-ext", "bc:c", "-ext", "ku:c=digitalSignature,keyCertSign"),
    )
    _keytool(store, "-exportcert", "-rfc", "-alias", "broker", "-file", str(ca_file))
    broker = Broker(
        folder / "broker",
        listeners=["SSL", "SASL_PLAINTEXT", "SASL_SSL"],
        properties=f"{_PROPERTIES}ssl.keystore.location={store}\n",
    )
    try:
        broker.start()
        broker.java(
            *("kafka.admin.ConfigCommand", "--bootstrap-server", broker.bootstrap, "--alter"),
            *("--add-config", f"SCRAM-SHA-256=[password={PASSWORD}]"),
            *("--entity-type", "users", "--entity-name", "olive"),
        )
        made = Guarded(broker, ca_file)
        _wait_for_user(made)
        yield made
    finally:
        broker.kill()


def _wait_for_user(guarded: Guarded) -> None:
    """Return when the broker has learnt of the user: the tool does not wait for that."""
    settings = guarded.settings("sasl_plaintext", sasl_mechanism="SCRAM-SHA-256", **guarded.user())
    deadline_s = time.monotonic() + 60
    while True:
        try:
            KafkaLog(settings).close()
        except UsageError:
            assert time.monotonic() < deadline_s, "the user is not known"
        else:
            return


def _keytool(store: Path, *arguments: str) -> None:
    keytool = shutil.which("keytool")
    assert keytool is not None, "keytool comes with Java"
    options = ["-keystore", str(store), "-storetype", "PKCS12", "-storepass", "changeit"]
    subprocess.run([keytool, *arguments, *options], check=True, capture_output=True)


def refusal(settings: KafkaSettings) -> RuntideError:
    """Return what opening a log says."""
    with pytest.raises((UsageError, LogUnavailable)) as raised:
        KafkaLog(settings, read_timeout_s=5)
    assert PASSWORD not in str(raised.value)
    return raised.value


@pytest.mark.parametrize("security", ["plaintext", "ssl", "sasl_plaintext", "sasl_ssl"])
@pytest.mark.parametrize("mechanism", ["PLAIN", "SCRAM-SHA-256"])
def test_log_is_written_and_read_behind_every_guard(
    guarded: Guarded, security: Security, mechanism: str
) -> None:
    changes: dict[str, Any] = {"sasl_mechanism": mechanism}
    if security.startswith("sasl"):
        changes |= guarded.user()
    if security.endswith("ssl"):
        changes["ca_file"] = guarded.ca_file

    log = KafkaLog(guarded.settings(security, **changes))

    assert log.append([Item("a", b"0")]) == {0: 1}
    assert [r.value for r in log.read(0, 0, bytes_max=MANY)] == [b"0"]
    log.close()


def test_wrong_password_is_told_with_the_user_alone(guarded: Guarded) -> None:
    settings = guarded.settings("sasl_plaintext", username="olive", password="wrong-one")

    refused = refusal(settings)

    assert isinstance(refused, UsageError)
    assert "does not let user 'olive' in: correct RUNTIDE_KAFKA_USERNAME" in str(refused)
    assert "wrong-one" not in str(refused) + repr(settings)


def test_unknown_mechanism_is_told_with_the_setting(guarded: Guarded) -> None:
    refused = refusal(
        guarded.settings("sasl_plaintext", sasl_mechanism="SCRAM-SHA-512", **guarded.user())
    )

    assert isinstance(refused, UsageError)
    assert "does not know SCRAM-SHA-512: set RUNTIDE_KAFKA_SASL_MECHANISM" in str(refused)


def test_user_without_rights_is_told_with_a_command_that_gives_them(guarded: Guarded) -> None:
    refused = refusal(guarded.settings("sasl_plaintext", **guarded.user("guest")))

    assert isinstance(refused, UsageError)
    assert "do not allow it to 'guest': give the right, for example" in str(refused)
    assert "kafka-acls.sh" in str(refused)


@pytest.mark.parametrize(("user", "want"), [("olive", Group(0, ())), ("guest", None)])
def test_group_is_looked_at_by_who_may(guarded: Guarded, user: str, want: Group | None) -> None:
    """To say that nobody folds, where one may not know, would be a lie."""
    settings = guarded.settings("sasl_ssl", ca_file=guarded.ca_file, **guarded.user(user))

    assert find_group(settings, "nobody", timeout_s=30) == want


@pytest.mark.parametrize(
    ("speaks", "port", "told"),
    [
        ("plaintext", "SSL", "a port that wants TLS or a user hangs up like this"),
        ("plaintext", "SASL_PLAINTEXT", "a port that wants TLS or a user hangs up like this"),
        ("plaintext", "SASL_SSL", "a port that wants TLS or a user hangs up like this"),
        ("ssl", "PLAINTEXT", "does not speak TLS|a port without TLS"),
        ("ssl", "SASL_SSL", "or one that wants a certificate or a user"),
        ("sasl_plaintext", "PLAINTEXT", "asks for no user: RUNTIDE_KAFKA_SECURITY is"),
        ("sasl_plaintext", "SASL_SSL", "a port that wants TLS hangs up like this"),
        ("sasl_ssl", "SSL", "asks for no user: RUNTIDE_KAFKA_SECURITY is"),
    ],
)
def test_wrong_port_or_protocol_is_told_with_the_setting(
    guarded: Guarded, speaks: Security, port: str, told: str
) -> None:
    """Brokers just hang up; what they want can only be guessed from that."""
    changes: dict[str, Any] = guarded.user() if speaks.startswith("sasl") else {}
    if speaks.endswith("ssl"):
        changes["ca_file"] = guarded.ca_file
    number = guarded.broker.port_by_protocol.get(port, guarded.broker.port)

    refused = refusal(guarded.settings(speaks, **changes, bootstrap=(f"127.0.0.1:{number}",)))

    assert f"RUNTIDE_KAFKA_SECURITY is '{speaks}'" in str(refused)
    assert any(part in str(refused) for part in told.split("|"))


def test_certificate_that_nobody_trusts_is_told_with_the_setting(guarded: Guarded) -> None:
    refused = refusal(guarded.settings("ssl"))

    assert isinstance(refused, UsageError)
    assert "is not trusted" in str(refused)
    assert "set RUNTIDE_KAFKA_CA_FILE" in str(refused)


def test_certificate_file_that_is_missing_is_named(guarded: Guarded, tmp_path: Path) -> None:
    refused = refusal(guarded.settings("ssl", ca_file=tmp_path / "ca.pem"))

    assert isinstance(refused, UsageError)
    assert str(refused).startswith(f"RUNTIDE_KAFKA_CA_FILE is '{tmp_path}/ca.pem' and cannot")


def test_certificate_file_that_vanishes_while_the_log_is_open_refuses_nothing(
    guarded: Guarded, tmp_path: Path
) -> None:
    """What is refused is dropped by whoever sent it; this can be mended, and sent again."""
    copy = Path(shutil.copy(guarded.ca_file, tmp_path / "ca.pem"))
    log = KafkaLog(guarded.settings("ssl", ca_file=copy))
    copy.unlink()

    with pytest.raises(LogUnavailable, match=r"ca\.pem' and cannot be used"):
        log.append([Item("a", b"0")])

    shutil.copy(guarded.ca_file, copy)
    assert log.append([Item("a", b"0")]) == {0: 1}
    log.close()


def test_host_that_nobody_knows_is_named(guarded: Guarded) -> None:
    refused = refusal(guarded.settings("plaintext", bootstrap=("no-such-host.invalid:9092",)))

    assert isinstance(refused, LogUnavailable)
    assert "host 'no-such-host.invalid' is not known" in str(refused)


def test_broker_that_sends_its_clients_elsewhere_is_found_out(tmp_path: Path) -> None:
    """The commonest mistake with brokers in containers: the name is good only among themselves."""
    elsewhere = socket.create_server(("127.0.0.1", 0))
    port = elsewhere.getsockname()[1]
    broker = Broker(tmp_path, advertised_port=port)
    threading.Thread(target=_forward, args=(elsewhere, broker.port), daemon=True).start()
    try:
        broker.start()
        elsewhere.shutdown(socket.SHUT_RDWR)
        elsewhere.close()
        refused = refusal(fresh_settings(broker.bootstrap))
    finally:
        broker.kill()

    assert isinstance(refused, LogUnavailable)
    assert f"sends its clients on to 127.0.0.1:{port}, and there nothing listens" in str(refused)
    assert "correct its advertised.listeners" in str(refused)


def _forward(listener: socket.socket, port: int) -> None:
    """Pass connections on to `port` until the listener is closed."""
    with contextlib.suppress(OSError):
        while True:
            client, _ = listener.accept()
            server = socket.create_connection(("127.0.0.1", port))
            for source, target in ((client, server), (server, client)):
                threading.Thread(target=_pump, args=(source, target), daemon=True).start()


def _pump(source: socket.socket, target: socket.socket) -> None:
    with source, target, contextlib.suppress(OSError):
        while data := source.recv(1 << 16):
            target.sendall(data)
        target.shutdown(socket.SHUT_RDWR)

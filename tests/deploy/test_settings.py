"""What deployments tell the services is what the services read."""

from collections.abc import Mapping

import pytest

from runtide.settings import ROLES, known_names, load_settings
from runtide.settings_config import PREFIX
from tests.deploy import manifests
from tests.deploy.composition import services

COMPOSED = {
    name: {key: str(value) for key, value in service["environment"].items()}
    for name, service in services().items()
    if "build" in service
}
DEPLOYED = {name: manifests.environment(pod) for name, pod in manifests.pods().items()}
TOLD = {f"compose-{name}": environment for name, environment in COMPOSED.items()} | {
    f"kubernetes-{name}": environment for name, environment in DEPLOYED.items()
}
SERVED = [name for name in TOLD if not name.endswith("migrate")]


def role_of(name: str) -> str:
    return f"serve {name.partition('-')[2]}"


@pytest.fixture
def environ(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Mapping[str, str]:
    """Return what one service is told, which is all that this process is told."""
    told = TOLD[request.param]
    for name in known_names():
        monkeypatch.delenv(name, raising=False)
    for name, value in told.items():
        monkeypatch.setenv(name, value)
    return told


@pytest.mark.parametrize("name", sorted(TOLD))
def test_every_setting_is_one_that_is_declared(name: str) -> None:
    """A service refuses to start with a name that it does not know."""
    ours = {key for key in TOLD[name] if key.startswith(PREFIX)}

    assert ours <= known_names()


@pytest.mark.parametrize(
    ("name", "environ"), [(n, n) for n in sorted(SERVED)], indirect=["environ"]
)
def test_settings_are_what_the_service_takes(name: str, environ: Mapping[str, str]) -> None:
    settings = load_settings(ROLES[role_of(name)])

    prefix = f"{PREFIX}{role_of(name).removeprefix('serve ').replace('-', '_').upper()}"
    assert settings.kafka().partitions == int(environ["RUNTIDE_KAFKA_PARTITIONS"])  # type: ignore[attr-defined]  # every role builds on it
    assert settings.host == environ.get(f"{prefix}_HOST", "127.0.0.1")  # type: ignore[attr-defined]  # so has every role
    if "RUNTIDE_CLICKHOUSE_URL" in environ and hasattr(settings, "clickhouse"):
        assert settings.clickhouse().url == environ["RUNTIDE_CLICKHOUSE_URL"]

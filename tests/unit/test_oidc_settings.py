"""The file of a provider: what it takes, and that a mistake is named and no secret shown."""

import ast
from pathlib import Path

import pytest

from runtide.embedded_settings import EmbeddedSettings
from runtide.errors import UsageError
from runtide.oidc_settings import OidcSettings, load_oidc
from runtide.settings import load_settings

LEAST = """
issuer = "https://login.example.org/realms/lab"
client_id = "runtide"
public_url = "https://runtide.example.org/"

[[grants]]
claim = "groups"
value = "lab"
workspace = "lab"
role = "writer"
"""
GRANT = '[[grants]]\nclaim = "groups"\nvalue = "lab"\nworkspace = "lab"\nrole = "writer"\n'
S3CRET = "hunter2-xyzzy"


def loaded(folder: Path, text: str) -> OidcSettings:
    path = folder / "oidc.toml"
    path.write_text(text, encoding="utf-8")
    return load_oidc(path)


def test_least_file_means_a_public_client_and_half_a_day(tmp_path: Path) -> None:
    found = loaded(tmp_path, LEAST)

    assert found.client_secret is None
    assert found.public_url == "https://runtide.example.org"
    assert (found.issuer_host, found.public_host) == ("login.example.org", "runtide.example.org")
    assert found.session_s == 12 * 3600
    assert found.scopes == ("openid", "email", "profile")
    assert found.is_secure
    assert [grant.workspace for grant in found.grants] == ["lab"]


def test_setting_names_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "oidc.toml").write_text(LEAST)
    monkeypatch.setenv("RUNTIDE_OIDC_FILE", str(tmp_path / "oidc.toml"))

    assert load_settings(EmbeddedSettings).oidc() == loaded(tmp_path, LEAST)


def test_nothing_set_means_no_provider() -> None:
    assert EmbeddedSettings().oidc() is None


@pytest.mark.parametrize("name", ["secret", "{folder}/secret"])
def test_secret_stands_in_a_file_beside_it_or_elsewhere(tmp_path: Path, name: str) -> None:
    (tmp_path / "secret").write_text(f"{S3CRET}\n")

    found = loaded(tmp_path, f'client_secret_file = "{name.format(folder=tmp_path)}"\n{LEAST}')

    assert found.client_secret == S3CRET
    assert S3CRET not in repr(found)


@pytest.mark.parametrize("address", ["http://localhost:8080", "http://127.0.0.1", "http://[::1]:1"])
def test_loopback_needs_no_https(tmp_path: Path, address: str) -> None:
    text = LEAST.replace("https://login.example.org/realms/lab", address)

    assert loaded(tmp_path, text).issuer == address


MISTAKES = {
    "no-toml": ("issuer = ", "which is no TOML"),
    "missing": (LEAST.replace("client_id", "# client_id"), "`client_id` is missing: add it"),
    "unknown": (f'client_secert = "{S3CRET}"\n{LEAST}', "`client_secert` is not known"),
    "unknown-of-a-grant": (f'{LEAST}\nrole_ = "{S3CRET}"', "`grants.0.role_` is not known"),
    "plain-http": (LEAST.replace("https://login", "http://login"), "`issuer` is 'http://login"),
    "no-host": (LEAST.replace("https://login.example.org", "https://"), "`issuer` is"),
    "port": (LEAST.replace("example.org/realms", "example.org:x/realms"), "`issuer` is"),
    "with-a-user": (LEAST.replace("https://login", "https://a:b@login"), "`issuer` is"),
    "with-a-query": (LEAST.replace("realms/lab", "realms?lab"), "`issuer` is"),
    "with-a-space": (LEAST.replace("realms/lab", "realms lab"), "`issuer` is"),
    "public-http": (LEAST.replace("https://runtide", "http://runtide"), "`public_url` is"),
    "public-path": (LEAST.replace('example.org/"', 'example.org/x"'), "without a path"),
    "role": (LEAST.replace('"writer"', '"boss"'), "`grants.0.role` is 'boss'"),
    "every-workspace": (LEAST.replace('"lab"\nrole', '"*"\nrole'), "workspace is '*', role is"),
    "workspace": (LEAST.replace('"lab"\nrole', '"a b"\nrole'), "workspace is 'a b'"),
    "no-grants": (LEAST.replace(GRANT, ""), "`grants` is missing"),
    "hours": (f"session_hours = 1000\n{LEAST}", "`session_hours` is 1000"),
    "hours-as-text": (f'session_hours = "9"\n{LEAST}', "`session_hours` is '9'"),
    "scopes": (f'scopes = ["email"]\n{LEAST}', "`openid` must be among them"),
    "scope": (f'scopes = ["openid", "a b"]\n{LEAST}', "`scopes.1` is 'a b'"),
    "secret-of-another-type": (f'client_secret = ["{S3CRET}"]\n{LEAST}', "`client_secret` is not"),
    "empty-secret": (f'client_secret = ""\n{LEAST}', "`client_secret` is not"),
    "two-secrets": (
        f'client_secret = "{S3CRET}"\nclient_secret_file = "s"\n{LEAST}',
        "client_secret and client_secret_file are both set",
    ),
    "no-secret-file": (f'client_secret_file = "s"\n{LEAST}', "which cannot be read"),
    "empty-secret-file": (f'client_secret_file = "empty"\n{LEAST}', "which is empty"),
}


@pytest.mark.parametrize(("text", "want"), MISTAKES.values(), ids=MISTAKES)
def test_mistake_is_named_with_its_place_and_no_secret(
    tmp_path: Path, text: str, want: str
) -> None:
    (tmp_path / "empty").write_text("\n")

    with pytest.raises(UsageError) as raised:
        loaded(tmp_path, text)

    said = str(raised.value)
    assert said.startswith("RUNTIDE_OIDC_FILE is '")
    assert want in said
    assert S3CRET not in said
    assert raised.value.__cause__ is None or S3CRET not in str(raised.value.__cause__)


def test_file_that_is_not_there_or_no_text_is_named(tmp_path: Path) -> None:
    (tmp_path / "bytes").write_bytes(b"\xff")

    with pytest.raises(UsageError, match="which cannot be read"):
        load_oidc(tmp_path / "nowhere.toml")
    with pytest.raises(UsageError, match="which is not UTF-8"):
        load_oidc(tmp_path / "bytes")


def test_server_without_a_provider_loads_none_of_its_cryptography() -> None:
    """Most servers have none, and every start would wait for it. Who may import it from
    `query_api.oidc` at all, the import-linter says."""
    root = Path(__file__).parents[2]
    outside = [path for path in root.glob("query_api/**/*.py") if path.parent.name != "oidc"]
    at_start = {
        f"{path.name}: {statement.module}"
        for path in outside
        for statement in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(statement, ast.ImportFrom)
    }

    assert {found for found in at_start if "query_api.oidc." in found} == set()
    assert "app.py: query_api.context" in at_start

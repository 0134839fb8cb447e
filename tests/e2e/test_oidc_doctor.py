"""What `runtide doctor` says of the provider at which people sign in."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.responses import JSONResponse

from tests.forked import run_module
from tests.providers import LyingProvider
from tests.scripts import script_environment


@pytest.fixture(scope="module")
def provider() -> Iterator[LyingProvider]:
    liar = LyingProvider()
    yield liar
    liar.close()


def finding(folder: Path, issuer: str) -> dict[str, Any]:
    """Return what the doctor finds of signing in where a file names `issuer`."""
    file = folder / "oidc.toml"
    file.write_text(
        f'issuer = "{issuer}"\nclient_id = "runtide"\npublic_url = "http://127.0.0.1:8300"\n'
        '[[grants]]\nclaim = "email"\nvalue = "ada@example.org"\nworkspace = "lab"\nrole = "writer"\n'
    )
    done = run_module(
        *("runtide.cli", "doctor", "--json"),
        environment=script_environment(folder / "home", RUNTIDE_OIDC_FILE=str(file)),
    )
    (found,) = (check for check in json.loads(done.stdout)["checks"] if check["check"] == "sign-in")
    assert (done.returncode == 0) == (found["verdict"] == "ok"), done.stdout
    return dict(found)


def test_provider_that_can_be_asked_is_well(tmp_path: Path, provider: LyingProvider) -> None:
    provider.be_honest()

    assert finding(tmp_path, provider.url)["verdict"] == "ok"


@pytest.mark.parametrize(
    ("path", "words"),
    [("/.well-known/openid-configuration", "RUNTIDE_OIDC_FILE"), ("/keys", "list of keys")],
)
def test_provider_that_answers_nonsense_is_told(
    tmp_path: Path, provider: LyingProvider, path: str, words: str
) -> None:
    """Otherwise the first who signs in finds it out."""
    provider.be_honest()
    provider.answers[path] = JSONResponse({"keys": 1})

    found = finding(tmp_path, provider.url)

    assert found["verdict"] == "failed"
    assert words in found["detail"]


def test_file_with_a_mistake_is_told(tmp_path: Path) -> None:
    found = finding(tmp_path, "not-an-address")

    assert found["verdict"] == "failed"
    assert "`issuer` is 'not-an-address'" in found["detail"]

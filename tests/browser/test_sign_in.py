"""A person signs in, with a token and through a provider, and signs out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.browser.looking import finished_run, serious_findings
from tests.faults.processes import server, wait_until_ready
from tests.ports import free_port
from tests.providers import real_provider

pytestmark = pytest.mark.browser

FILE = """
issuer = "{issuer}"
client_id = "runtide"
client_secret_file = "secret"
public_url = "http://127.0.0.1:{port}"

[[grants]]
claim = "teams"
value = "lab"
workspace = "default"
role = "reader"
"""


class Place(NamedTuple):
    """A server with a run, and the provider that people sign in at."""

    url: str
    issuer_host: str
    token: str


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    folder = tmp_path_factory.mktemp("sign-in")
    home = folder / "home"
    finished_run(home)
    port = free_port()
    with real_provider() as issuer:
        (folder / "secret").write_text("s3cret\n")
        (folder / "oidc.toml").write_text(FILE.format(issuer=issuer, port=port))
        settings = {"RUNTIDE_OIDC_FILE": str(folder / "oidc.toml")}
        with server(home, port=port, settings=settings) as process:
            url = wait_until_ready(home, process)
            own = (home / "server.token").read_text()
            made = httpx.post(
                f"{url}/api/v1/tokens",
                headers={"Authorization": f"Bearer {own}"},
                json={"workspace": "default", "role": "reader", "name": "box"},
            )
            yield Place(url, issuer.removeprefix("http://"), made.json()["token"])


def _runs_are_seen(page: Page) -> None:
    expect(page.get_by_role("link", name="calm-reef")).to_be_visible()


def _sign_out(page: Page) -> None:
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


def test_person_signs_in_through_a_provider_and_out_again(page: Page, place: Place) -> None:
    page.goto(f"{place.url}/experiments/exp")
    button = page.get_by_role("button", name=f"Sign in with {place.issuer_host}")
    expect(button).to_be_visible()
    assert serious_findings(page) == []
    # By keyboard alone: it is the first thing on the page.
    page.keyboard.press("Tab")
    expect(button).to_be_focused()
    page.keyboard.press("Enter")

    page.get_by_role("button", name="u-1", exact=True).click()

    _runs_are_seen(page)
    expect(page).to_have_url(re.compile(f"^{re.escape(place.url)}/experiments/exp"))
    expect(page.get_by_title("You are token")).to_have_attribute(
        "title", re.compile(r"\(ada@example\.org via 127\.0\.0\.1:")
    )
    _sign_out(page)
    page.reload()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


def test_person_without_a_grant_reads_whom_to_ask(page: Page, place: Place) -> None:
    page.goto(place.url)
    page.get_by_role("button", name="Sign in with").click()

    page.get_by_role("button", name="u-2", exact=True).click()

    expect(page.get_by_role("alert")).to_contain_text("bob@example.org, and no grant")
    assert serious_findings(page) == []


def test_person_signs_in_with_a_token_and_out_again(page: Page, place: Place) -> None:
    page.goto(f"{place.url}/experiments/exp")
    field = page.get_by_label("Token", exact=True)
    field.fill(f"{place.token[:-1]}g")
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("Nobody is let in with this token")

    field.fill(place.token)
    page.get_by_role("button", name="Sign in", exact=True).click()

    _runs_are_seen(page)
    _sign_out(page)

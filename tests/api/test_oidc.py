"""Sign-in through a provider: who gets in, who does not, and what a browser is told."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from joserfc.jwk import RSAKey
from starlette.responses import HTMLResponse, JSONResponse, Response

from query_api.app import create_app
from query_api.oidc import provider as provider_module
from query_api.oidc.sign_in import OidcSignIn
from runtide.store.tokens import TokenBook, read_tokens
from tests.api.access_system import new_token
from tests.forgeries import DESCRIPTION, FORGERIES, NONSENSE, signed_by
from tests.ports import free_port
from tests.providers import LyingProvider, real_provider, settings
from tests.serving import ServerThread
from tests.system import System, running_system

OIDC = "/api/v1/session/oidc"
CALLBACK = f"{OIDC}/callback"
PUBLIC_URL = "http://127.0.0.1:1"
"""Nobody is there: the tests bring the browser back themselves."""

Browser = httpx.Client


@pytest.fixture(scope="module")
def provider() -> Iterator[LyingProvider]:
    liar = LyingProvider()
    yield liar
    liar.close()


@pytest.fixture(scope="module")
def demanding(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    folder = tmp_path_factory.mktemp("oidc")
    with running_system(folder, demands_tokens=True) as system:
        system.fold_all()
        yield system


@pytest.fixture
def system(demanding: System, provider: LyingProvider) -> System:
    """A server with an honest provider, of which it knows nothing yet."""
    provider.be_honest()
    _use(demanding, provider.url)
    return demanding


@pytest.fixture
def browser(system: System) -> Iterator[Browser]:
    with httpx.Client(base_url=system.url, timeout=60, verify=False) as client:
        yield client


def _use(system: System, issuer: str, secret: str | None = "s3cret: & %41") -> None:
    wanted = settings(issuer, PUBLIC_URL, secret)
    system.app.state.oidc = OidcSignIn(wanted, callback_path=CALLBACK)


def _come_back(browser: Browser, **options: Any) -> str:
    """Begin a sign-in, have the provider let in, and return the address that it sends back to."""
    begun = browser.get(OIDC, **options)
    assert begun.status_code == 303, begun.text
    back = httpx.get(begun.headers["location"], verify=False)
    assert back.status_code == 302, back.text
    url = urlsplit(back.headers["location"])
    assert f"{url.scheme}://{url.netloc}{url.path}" == PUBLIC_URL + CALLBACK
    return f"{url.path}?{url.query}"


def _sign_in(browser: Browser, **options: Any) -> httpx.Response:
    return browser.get(_come_back(browser, **options))


def _refusal(browser: Browser) -> str:
    """Return what the sign-in page is told, and see that nobody was let in."""
    assert browser.get("/api/v1/session").status_code == 401
    told = browser.get("/api/v1/session/ways").json()["refusal"]
    assert browser.get("/api/v1/session/ways").json()["refusal"] is None, "it is told once"
    return str(told)


def test_person_gets_the_first_grant_that_fits_and_what_they_came_for(
    system: System, browser: Browser
) -> None:
    answer = _sign_in(browser, params={"return_to": "/runs/r?tab=logs"})

    assert (answer.status_code, answer.headers["location"]) == (303, "/runs/r?tab=logs")
    assert answer.headers["cache-control"] == "no-store"
    who = browser.get("/api/v1/session").json()
    assert who["name"].endswith(f"(ada@example.org via {urlsplit(_issuer(system)).netloc})")
    assert (who["workspace"], who["role"]) == ("lab", "writer")


def _issuer(system: System) -> str:
    return str(system.app.state.oidc.settings.issuer)


def test_token_of_a_sign_in_is_in_a_cookie_alone_and_ends_with_it(
    system: System, browser: Browser
) -> None:
    before = {token.id for token in read_tokens(system.store)}

    answer = _sign_in(browser)

    (token,) = (one for one in read_tokens(system.store) if one.id not in before)
    assert token.expires_us - token.created_us == 3600 * 1_000_000
    assert token.by == f"OpenID u-1 of {_issuer(system)}"
    session, visit = answer.headers.get_list("set-cookie")
    assert session.startswith(f"runtide_session=rt_{token.id}_")
    assert {"HttpOnly", "Max-Age=3600", "Path=/", "SameSite=strict"} <= set(session.split("; "))
    assert visit.startswith('runtide_oidc="";')
    assert "rt_" not in answer.headers["location"] + answer.text


def test_cookies_are_secure_where_browsers_come_by_https(
    system: System, browser: Browser, provider: LyingProvider
) -> None:
    wanted = settings(provider.url, "https://runtide.example.org")
    system.app.state.oidc = OidcSignIn(wanted, callback_path=CALLBACK)

    answer = browser.get(OIDC)

    assert "redirect_uri=https%3A%2F%2Fruntide.example.org%2F" in answer.headers["location"]
    flags = set(answer.headers["set-cookie"].split("; "))
    assert {"Secure", "HttpOnly", "SameSite=lax", f"Path={OIDC}", "Max-Age=600"} <= flags


def test_signing_out_revokes_the_token_and_is_audited(system: System, browser: Browser) -> None:
    """A cookie that somebody copied is worth nothing after it."""
    _sign_in(browser)
    text = browser.cookies["runtide_session"]

    assert browser.delete("/api/v1/session").status_code == 204

    assert "runtide_session" not in browser.cookies
    bearer = {"Authorization": f"Bearer {text}"}
    assert "was revoked" in browser.get("/api/v1/session", headers=bearer).text
    system.fold_all()
    done = system.store.query("SELECT action, actor FROM audit ORDER BY ts DESC LIMIT 2")
    assert done["action"].to_pylist() == ["session.end", "session.begin"]
    assert all("(ada@example.org via" in actor for actor in done["actor"].to_pylist())


def test_any_process_serves_any_step(system: System, browser: Browser) -> None:
    """The first one knows of the new token at once, although it read all of them a moment ago."""
    other = create_app(
        store=system.store,
        log=system.log,
        artifacts=system.artifacts,
        progress=system.fold,
        allowed_hosts=frozenset({"127.0.0.1"}),
        tokens=TokenBook(system.store),
        oidc=system.app.state.oidc.settings,
    )
    server = ServerThread(other)
    stranger = {"Authorization": f"Bearer {new_token()}"}
    answer = _come_back(browser)
    assert browser.get("/api/v1/session", headers=stranger).status_code == 401

    browser.get(server.url + answer)

    assert browser.get("/api/v1/session").status_code == 200
    other.state.context.hub.close()
    server.close()


def test_public_client_comes_without_a_secret(
    system: System, browser: Browser, provider: LyingProvider
) -> None:
    provider.knows_secret = False
    _use(system, provider.url, None)

    _sign_in(browser)

    assert browser.get("/api/v1/session").status_code == 200


def test_person_without_a_grant_is_told_whom_to_ask(
    system: System, browser: Browser, provider: LyingProvider
) -> None:
    provider.claims["teams"] = "nobodys"
    before = len(read_tokens(system.store))

    answer = _sign_in(browser)

    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    told = _refusal(browser)
    assert "knows you as ada@example.org, and no grant" in told
    assert "ask whoever runs it" in told
    assert len(read_tokens(system.store)) == before


@pytest.mark.parametrize("forge", FORGERIES.values(), ids=FORGERIES)
def test_id_token_that_the_provider_did_not_sign_lets_in_nobody(
    browser: Browser,
    provider: LyingProvider,
    forge: Callable[[LyingProvider, dict[str, Any]], str],
) -> None:
    provider.sign = lambda claims: forge(provider, claims)

    _sign_in(browser)

    assert "the ID token" in _refusal(browser)


@pytest.mark.parametrize(
    ("claim", "value"),
    [
        ("nonce", "another"),
        ("aud", "another"),
        ("iss", "https://another.example.org"),
        ("exp", 1_600_000_000),
    ],
)
def test_id_token_of_something_else_lets_in_nobody(
    browser: Browser, provider: LyingProvider, claim: str, value: object
) -> None:
    """What else a token may say wrongly, tests/unit/query_api/test_id_token.py tests."""
    provider.claims[claim] = value

    _sign_in(browser)

    assert claim in _refusal(browser)


def test_answer_to_a_question_of_another_browser_lets_in_nobody(
    system: System, browser: Browser
) -> None:
    """Whoever has somebody open their own answer would have them work as another person."""
    with httpx.Client(base_url=system.url, verify=False) as attacker:
        answer = _come_back(attacker)
    browser.get(OIDC)

    browser.get(answer)

    assert "not begun in this browser" in _refusal(browser)


def test_answer_is_taken_once(system: System, browser: Browser, provider: LyingProvider) -> None:
    answer = _come_back(browser)
    kept = browser.cookies["runtide_oidc"]
    browser.get(answer)
    assert browser.delete("/api/v1/session").status_code == 204

    browser.get(answer)

    assert "was used before" in _refusal(browser)
    assert "runtide_oidc" not in browser.cookies
    browser.cookies.set("runtide_oidc", kept, domain="127.0.0.1", path=OIDC)
    browser.get(answer)
    assert "did not take the code of this sign-in (invalid_grant)" in _refusal(browser)


def test_what_the_provider_says_of_an_error_is_shown_as_text(
    browser: Browser, provider: LyingProvider
) -> None:
    provider.refuses = {"error": "access_denied", "error_description": "<b>no\n</b>" + "x" * 999}

    answer = _sign_in(browser)

    told = _refusal(browser)
    assert "did not let you in (access_denied: <b>no?</b>xx" in told
    assert len(told) < 400
    assert (answer.text, answer.headers["location"]) == ("", "/")


def test_answer_of_another_provider_lets_in_nobody(browser: Browser) -> None:
    answer = _come_back(browser)

    browser.get(f"{answer}&iss=https://another.example.org")

    assert "another provider's" in _refusal(browser)


@pytest.mark.parametrize("place", ["//evil.example", "https://evil.example"])
def test_browser_comes_back_to_a_page_of_this_server_alone(browser: Browser, place: str) -> None:
    answer = _sign_in(browser, params={"return_to": place})

    assert answer.headers["location"] == "/"


@pytest.mark.parametrize("lie", NONSENSE.values(), ids=NONSENSE)
def test_provider_that_describes_itself_wrongly_sends_nobody_anywhere(
    browser: Browser, provider: LyingProvider, lie: Callable[[LyingProvider], None]
) -> None:
    lie(provider)

    answer = browser.get(OIDC, params={"return_to": "/compare"})

    assert (answer.status_code, answer.headers["location"]) == (303, "/compare")
    assert "RUNTIDE_OIDC_FILE" in _refusal(browser)


@pytest.mark.parametrize(
    ("path", "answer"),
    [
        ("/token", JSONResponse({"access_token": "a"})),
        ("/token", HTMLResponse("<p>Wait")),
        (
            "/keys",
            JSONResponse({"keys": [{"kty": "oct", "k": "YQ"}, {"kty": "RSA", "use": "enc"}]}),
        ),
        ("/keys", JSONResponse({"keys": [{"kty": "RSA", "n": "!", "e": 1}]})),
        ("/keys", JSONResponse({"keys": 1})),
    ],
)
def test_provider_that_answers_nonsense_lets_in_nobody(
    browser: Browser, provider: LyingProvider, path: str, answer: Response
) -> None:
    provider.answers[path] = answer

    _sign_in(browser)

    assert "provider" in _refusal(browser)


def test_provider_that_is_away_is_not_asked_for_every_stranger(
    system: System, browser: Browser, provider: LyingProvider
) -> None:
    provider.answers[DESCRIPTION] = JSONResponse({}, status_code=503)

    for _ in range(3):
        browser.get(OIDC)

    assert provider.asked == [DESCRIPTION]


def test_provider_whose_port_is_closed_is_said_to_be_away(system: System, browser: Browser) -> None:
    _use(system, f"http://127.0.0.1:{free_port()}")

    browser.get(OIDC)

    assert "does not answer (ConnectError): try again" in _refusal(browser)


def test_new_key_of_the_provider_is_found(
    system: System,
    browser: Browser,
    provider: LyingProvider,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Providers change their keys every few days, without a word."""
    _sign_in(browser)
    old, provider.key = provider.key, RSAKey.generate_key(2048, {"kid": "k2"})
    provider.sign = lambda claims: signed_by(claims, provider.key, {"alg": "RS256", "kid": "k2"})
    monkeypatch.setattr(provider_module, "KEYS_FRESH_S", -1.0)

    _sign_in(browser)

    provider.key = old
    assert browser.get("/api/v1/session").status_code == 200


def test_server_without_a_provider_says_so(system: System, browser: Browser) -> None:
    system.app.state.oidc = None

    assert browser.get(OIDC).status_code == browser.get(CALLBACK).status_code == 404
    assert browser.get("/api/v1/session/ways").json() == {
        "demands_tokens": True,
        "oidc_host": None,
        "refusal": None,
    }


def test_real_provider_lets_in_whom_it_knows(system: System, browser: Browser) -> None:
    with real_provider() as issuer:
        _use(system, issuer)
        assert browser.get("/api/v1/session/ways").json()["oidc_host"] == urlsplit(issuer).netloc
        begun = browser.get(OIDC, params={"return_to": "/runs"})

        chosen = httpx.post(begun.headers["location"], data={"sub": "u-1"}, verify=False)
        url = urlsplit(chosen.headers["location"])
        answer = browser.get(f"{url.path}?{url.query}")

    assert answer.headers["location"] == "/runs"
    who = browser.get("/api/v1/session").json()
    assert (who["workspace"], who["role"]) == ("lab", "writer")

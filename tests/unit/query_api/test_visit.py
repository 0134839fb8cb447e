import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from query_api.core.visit import RETURN_CHARS_MAX, Visit, find_visit, local_path, new_visit

BYTES = (bytes(32), bytes(range(32)), b"\xff" * 32)
VISIT = new_visit(BYTES, return_to="/runs/r?tab=logs#x")


def test_visit_is_read_back_from_its_cookie() -> None:
    assert find_visit(VISIT.cookie) == VISIT
    assert VISIT.return_to == "/runs/r?tab=logs#x"
    assert len(new_visit(BYTES, return_to="/" + "x" * (RETURN_CHARS_MAX - 1)).cookie) < 3000


def test_no_message_shows_what_a_visit_is_known_by() -> None:
    assert repr(VISIT) == "Visit(…, return_to='/runs/r?tab=logs#x')"


@pytest.mark.parametrize(
    "cookie",
    ["", "a.b.c.d", VISIT.cookie[1:], VISIT.cookie + "=", VISIT.cookie + "\n", "é" + VISIT.cookie],
)
def test_what_is_no_visit_is_none(cookie: str) -> None:
    assert find_visit(cookie) is None


@pytest.mark.parametrize("raw", [b"\xff\xfe", b"\xc3"])
def test_place_that_is_no_text_is_no_visit(raw: bytes) -> None:
    head = VISIT.cookie.rpartition(".")[0]

    assert find_visit(f"{head}.{base64.urlsafe_b64encode(raw).rstrip(b'=').decode()}") is None


def test_place_that_is_no_base64_is_no_visit() -> None:
    assert find_visit(VISIT.cookie.rpartition(".")[0] + ".AAAAA") is None


def test_planted_cookie_leads_to_no_other_server() -> None:
    """Whoever has a neighbouring name can have a browser keep any cookie."""
    planted = Visit(VISIT.state, VISIT.nonce, VISIT.verifier, "https://evil.example")

    found = find_visit(planted.cookie)

    assert found is not None
    assert found.return_to == "/"


def test_visit_is_known_by_its_whole_state() -> None:
    assert VISIT.is_of(VISIT.state)
    assert not VISIT.is_of(VISIT.state[:-1])
    assert not VISIT.is_of("é\ud800")


def test_challenge_is_that_of_the_standard() -> None:
    """The example of RFC 7636, appendix B."""
    visit = Visit("", "", "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk", "/")

    assert visit.challenge == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"


@pytest.mark.parametrize(
    "address",
    [
        "",
        "runs",
        "//evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "/\t/evil.example",
        "/\n/evil.example",
        "https://evil.example",
        "javascript:alert(1)",
        "/runs\r\nSet-Cookie: a=b",
        "/runs?q=\\x",
        "/é",
        "/api/v1/session/oidc",
        "/" + "x" * RETURN_CHARS_MAX,
    ],
)
def test_what_is_no_page_of_this_server_means_home(address: str) -> None:
    assert local_path(address) == "/"


@pytest.mark.parametrize(
    "address", ["/", "/runs/r?tab=logs&x=%2F%2Fe#l1", "/a//b", "/experiments/é"]
)
def test_page_of_this_server_is_left_as_it_is(address: str) -> None:
    escaped = address.replace("é", "%C3%A9")

    assert local_path(escaped) == escaped


@given(st.text())
def test_nothing_that_is_kept_leads_elsewhere(address: str) -> None:
    kept = local_path(address)

    assert kept.startswith("/")
    assert not kept.startswith(("//", "/\\"))
    assert kept.isprintable()

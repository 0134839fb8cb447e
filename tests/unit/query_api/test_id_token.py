from typing import Any

import pytest

from query_api.core.id_token import AGE_S_MAX, LEEWAY_S, checked_person
from runtide.core.person import Person
from runtide.errors import Unauthenticated

NOW_S = 1_000_000.5
GOOD: dict[str, Any] = {
    "iss": "https://login.example.org",
    "aud": "runtide",
    "exp": 1_000_300,
    "iat": 1_000_000,
    "nonce": "n",
    "sub": "u-1",
}


def checked(**changes: Any) -> Person:
    claims = {name: value for name, value in (GOOD | changes).items() if value is not None}
    return checked_person(
        claims, issuer="https://login.example.org", client_id="runtide", nonce="n", now_s=NOW_S
    )


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"aud": ["runtide"]},
        {"aud": ["runtide", "other"], "azp": "runtide"},
        {"exp": NOW_S - LEEWAY_S + 0.5},
        {"iat": NOW_S + LEEWAY_S},
        {"iat": NOW_S - AGE_S_MAX},
        {"nbf": 1_000_000, "exp": 10**400},
        {"sub": "u" * 255},
    ],
)
def test_token_for_us_and_for_now_is_taken(changes: dict[str, Any]) -> None:
    assert checked(**changes).subject == changes.get("sub", "u-1")


@pytest.mark.parametrize(
    ("claim", "value"),
    [
        ("iss", None),
        ("iss", "https://login.example.org/"),
        ("aud", None),
        ("aud", "runtide2"),
        ("aud", []),
        ("azp", "other"),
        ("exp", None),
        ("exp", NOW_S - LEEWAY_S),
        ("exp", float("nan")),
        ("exp", True),
        ("exp", "1000300"),
        ("iat", None),
        ("iat", NOW_S + LEEWAY_S + 1),
        ("iat", NOW_S - AGE_S_MAX - 1),
        ("nbf", NOW_S + LEEWAY_S + 1),
        ("nbf", "soon"),
        ("nonce", None),
        ("nonce", "m"),
        ("nonce", ["n"]),
        ("nonce", "\ud800"),
        ("sub", None),
        ("sub", ""),
        ("sub", 7),
        ("sub", "u\n1"),
        ("sub", "\ud800"),
        ("sub", "u" * 256),
    ],
)
def test_token_of_another_kind_is_refused_by_its_claim(claim: str, value: object) -> None:
    with pytest.raises(Unauthenticated, match=claim):
        checked(**{claim: value})


def test_token_for_several_says_which_of_them_it_is_for() -> None:
    with pytest.raises(Unauthenticated, match="azp"):
        checked(aud=["runtide", "other"])


def test_no_message_shows_a_nonce() -> None:
    with pytest.raises(Unauthenticated) as raised:
        checked(nonce="s3cret")

    assert "s3cret" not in str(raised.value)

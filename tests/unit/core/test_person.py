from typing import Any

import pytest

from runtide.core.person import NAME_CHARS_MAX, Grant, Person

OPS = Grant("groups", "ops", "*", "admin")
LAB = Grant("groups", "lab", "lab", "writer")
GUEST = Grant("realm_access.roles", "guest", "lab", "reader")
ADA = Grant("email", "ada@example.org", "ada", "admin")
DOTTED = Grant("https://example.org/team", "lab", "lab", "reader")
GRANTS = (OPS, LAB, GUEST, ADA, DOTTED)


@pytest.mark.parametrize(
    ("claims", "grant"),
    [
        ({"groups": ["lab", "ops"]}, OPS),
        ({"groups": "lab"}, LAB),
        ({"realm_access": {"roles": ["guest"]}}, GUEST),
        ({"https://example.org/team": "lab"}, DOTTED),
        ({"email": "ada@example.org", "email_verified": True}, ADA),
        ({}, None),
        ({"groups": ["labs", 1, None, {"lab": 1}]}, None),
        ({"groups": {"lab": True}}, None),
        ({"realm_access": ["guest"]}, None),
        ({"email": "ada@example.org"}, None),
        ({"email": "ada@example.org", "email_verified": False}, None),
        ({"email": "ada@example.org", "email_verified": ["true"]}, None),
    ],
)
def test_person_gets_the_first_grant_whose_claim_they_have(
    claims: dict[str, Any], grant: Grant | None
) -> None:
    """An address that is not verified is whatever its owner wrote."""
    assert Person("u-1", claims).grant(GRANTS) == grant


@pytest.mark.parametrize(
    ("claims", "name"),
    [
        ({"email": "ada@example.org", "email_verified": True, "preferred_username": "ada"}, 0),
        ({"email": "eve@example.org", "preferred_username": "ada"}, 1),
        ({"email": "", "preferred_username": 7}, 2),
    ],
)
def test_person_is_called_what_the_provider_vouches_for(claims: dict[str, Any], name: int) -> None:
    assert Person("u-1", claims).name == ("ada@example.org", "ada", "u-1")[name]


def test_name_of_a_person_is_one_short_line() -> None:
    person = Person("u-1", {"preferred_username": "a\n\x1b[2J" + "b" * 999})

    assert person.name == ("a??[2J" + "b" * 999)[:NAME_CHARS_MAX]

import pytest

from runtide.core.access import (
    LOCAL,
    Caller,
    Role,
    Token,
    check_token,
    granted_workspace,
    new_token_text,
    parse_token,
)
from runtide.core.access_events import TokenCreated, token_created
from runtide.errors import Forbidden, Unauthenticated, UsageError

TEXT = new_token_text(bytes(range(6)), bytes(range(32)))
GOOD = Token(TEXT.id, "box", TEXT.secret_sha256, "lab", "writer", 1, 0, 0, 0, "")
NOW_US = 1_000


def test_text_of_a_token_is_read_back() -> None:
    assert parse_token(f" {TEXT}\n") == TEXT
    assert check_token(TEXT, GOOD, now_us=NOW_US).caller == Caller(
        f"token {TEXT.id} (box)", "lab", "writer"
    )


@pytest.mark.parametrize("text", ["", "rt_", f"{TEXT}0", str(TEXT).upper(), f"rt_{'é' * 12}_1"])
def test_what_is_no_token_is_refused_and_not_shown(text: str) -> None:
    with pytest.raises(Unauthenticated) as raised:
        parse_token(text)

    assert TEXT.secret not in str(raised.value).lower()


@pytest.mark.parametrize(
    ("token", "word"),
    [
        (None, "not known"),
        (GOOD._replace(secret_sha256="0" * 64), "not known"),
        (GOOD._replace(expires_us=NOW_US), "has expired"),
        (GOOD._replace(revoked_us=NOW_US - 1), "was revoked"),
    ],
)
def test_token_that_is_not_good_lets_in_nobody(token: Token | None, word: str) -> None:
    with pytest.raises(Unauthenticated, match=word):
        check_token(TEXT, token, now_us=NOW_US)


def test_token_is_good_until_the_moment_it_ends() -> None:
    check_token(TEXT, GOOD._replace(expires_us=NOW_US + 1), now_us=NOW_US)


@pytest.mark.parametrize(
    ("role", "wanted", "may"),
    [
        ("reader", "reader", True),
        ("reader", "writer", False),
        ("writer", "reader", True),
        ("writer", "admin", False),
        ("admin", "writer", True),
    ],
)
def test_each_role_may_what_the_one_before_it_may(role: Role, wanted: Role, may: bool) -> None:
    caller = Caller("c", "lab", role)
    if may:
        caller.check_role(wanted)
        return
    with pytest.raises(Forbidden, match=f"needs {wanted}"):
        caller.check_role(wanted)


def test_admin_of_one_workspace_is_no_operator() -> None:
    LOCAL.check_operator()
    with pytest.raises(Forbidden, match="concerns all"):
        Caller("c", "lab", "admin").check_operator()


def test_caller_changes_what_is_in_its_own_workspace() -> None:
    assert Caller("c", "lab", "writer").checked_workspace("lab") == "lab"
    assert LOCAL.checked_workspace("lab") == "lab"
    with pytest.raises(Forbidden, match="c is for the workspace 'lab'"):
        Caller("c", "lab", "writer").checked_workspace("other")


@pytest.mark.parametrize(("workspace", "role"), [("lab", "reader"), ("*", "admin")])
def test_token_is_of_one_workspace_or_an_admin_s(workspace: str, role: Role) -> None:
    assert granted_workspace(workspace, role) == workspace


@pytest.mark.parametrize(("workspace", "role"), [("*", "writer"), ("a/b", "admin"), ("", "reader")])
def test_token_that_cannot_be_is_refused(workspace: str, role: Role) -> None:
    with pytest.raises(UsageError, match="workspace is"):
        granted_workspace(workspace, role)


def test_repr_of_a_token_hides_its_secret() -> None:
    assert TEXT.secret not in repr(TEXT)


@pytest.mark.parametrize(
    ("name", "expires_s", "want_name", "want_expires_us"),
    [("box", 2, "box", 2_001_000), ("", None, None, None)],
)
def test_event_of_a_token_has_the_hash_of_its_secret_and_when_it_ends(
    name: str, expires_s: int | None, want_name: str | None, want_expires_us: int | None
) -> None:
    got = token_created(
        TEXT,
        workspace="lab",
        role="writer",
        name=name,
        expires_s=expires_s,
        by="ada",
        now_us=NOW_US,
    )

    assert got == TokenCreated(
        secret_sha256=TEXT.secret_sha256,
        workspace="lab",
        role="writer",
        ts_us=NOW_US,
        name=want_name,
        expires_us=want_expires_us,
        by="ada",
    )

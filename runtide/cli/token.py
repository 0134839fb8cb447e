"""`runtide token`: who is let in where tokens are demanded."""

from __future__ import annotations

import re
import secrets
import time
from contextlib import closing
from typing import TYPE_CHECKING, Annotated, Any, Final, cast, get_args

import typer
from rich import box
from rich.table import Table
from rich.text import Text

from runtide.cli.formats import ago_text, plain_text
from runtide.cli.groups import LIST, ListingGroup
from runtide.cli.output import HomeOption, JsonOption, print_json, stdout
from runtide.cli.record import open_place, open_reader
from runtide.client.transport import open_transport
from runtide.core.access import (
    SECRET_BYTES,
    TOKEN_ID_BYTES,
    Role,
    granted_workspace,
    new_token_text,
)
from runtide.core.access_events import TokenCreated, TokenRevoked, token_created
from runtide.core.envelope import encode_envelope, event_document
from runtide.core.names import access_key
from runtide.errors import UsageError
from runtide.log.port import Item

if TYPE_CHECKING:
    from runtide.client.options import Destination

_SECONDS_BY_UNIT: Final = {"s": 1, "m": 60, "h": 3_600, "d": 86_400}
_DURATION: Final = re.compile(r"([1-9][0-9]{0,6})([smhd])")
_ID: Final = re.compile(r"[0-9a-f]{12}")
_WRITER_BYTES: Final = 12
_BY: Final = "runtide token"

app = typer.Typer(
    name="token",
    cls=ListingGroup,
    help="Make, list and revoke tokens. Without a command, list them."
    "\n\nExample: runtide token create --workspace lab --role writer",
)


@app.command()
def create(
    *,
    workspace: Annotated[
        str,
        typer.Option("--workspace", "-w", help="The one it is for; '*', of an admin's, is all."),
    ],
    role: Annotated[str, typer.Option(help="reader, writer or admin.")],
    name: Annotated[str, typer.Option(help="What it is for.")] = "",
    expires: Annotated[
        str | None, typer.Option(help="When it ends: 12h, 90d. Unset, never.")
    ] = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Make a token and print its text, which is never shown again.

    It is written to the log of the data folder, or to that of Kafka, by whoever may write there;
    where RUNTIDE_URL names a server, that makes it, and RUNTIDE_TOKEN must be an admin's.

    Example: runtide token create --workspace lab --role writer --name "gpu box" --expires 90d
    """
    granted = _role(role)
    granted_workspace(workspace, granted)
    expires_s = None if expires is None else _seconds(expires)
    place = open_place(home)
    if _is_server(place):
        wanted = {"workspace": workspace, "role": granted, "name": name, "expires_s": expires_s}
        made = open_reader(home).post("/tokens", document=wanted)
    else:
        made = _written(place, workspace, granted, name, expires_s)
    if as_json:
        print_json(made)
        return
    stdout.print(made["token"], markup=False)


@app.command(LIST)
def list_tokens(*, home: HomeOption = None, as_json: JsonOption = False) -> None:
    """List tokens, the oldest first, revoked ones too. `list` may be left out.

    Example: runtide token list
    """
    found = open_reader(home).get("/tokens")["items"]
    if as_json:
        print_json({"tokens": found})
        return
    if not found:
        stdout.print("No token was made: `runtide token create` makes one.", markup=False)
        return
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for column in ("id", "name", "workspace", "role", "state", "last used"):
        table.add_column(column)
    for token in found:
        used_us = token["used_us"]
        table.add_row(
            token["id"],
            Text(plain_text(token["name"])),
            token["workspace"],
            token["role"],
            _state(token),
            "never" if used_us is None else ago_text(used_us, now_us=time.time_ns() // 1_000),
        )
    stdout.print(table)


@app.command()
def revoke(
    token_id: Annotated[str, typer.Argument(metavar="ID", help="The id that `list` shows.")],
    *,
    home: HomeOption = None,
) -> None:
    """Revoke a token: within seconds it lets in nobody any more.

    Example: runtide token revoke 0123456789ab
    """
    if not _ID.fullmatch(token_id):
        message = f"token id is {token_id[:12]!r}: want the 12 characters between `rt_` and `_`"
        raise UsageError(message)
    place = open_place(home)
    if _is_server(place):
        open_reader(home).delete(f"/tokens/{token_id}")
    else:
        _append(place, token_id, TokenRevoked(ts_us=time.time_ns() // 1_000, by=_BY))
    stdout.print(f"token {token_id} lets in nobody any more", markup=False)


def _is_server(place: Destination) -> bool:
    return place.url is not None and place.kafka is None


def _written(
    place: Destination, workspace: str, role: Role, name: str, expires_s: int | None
) -> dict[str, Any]:
    text = new_token_text(secrets.token_bytes(TOKEN_ID_BYTES), secrets.token_bytes(SECRET_BYTES))
    now_us = time.time_ns() // 1_000
    created = token_created(
        text,
        workspace=workspace,
        role=role,
        name=name,
        expires_s=expires_s,
        by=_BY,
        now_us=now_us,
    )
    _append(place, text.id, created)
    return {
        "token": str(text),
        "id": text.id,
        "name": name,
        "workspace": workspace,
        "role": role,
        "created_us": now_us,
        "expires_us": created.expires_us,
        "revoked_us": None,
        "used_us": None,
        "by": _BY,
    }


def _append(place: Destination, token_id: str, event: TokenCreated | TokenRevoked) -> None:
    key = access_key(token_id)
    value = encode_envelope(
        run=key,
        writer=secrets.token_hex(_WRITER_BYTES),
        seq=1,
        sent_us=event.ts_us,
        events=[event_document(event)],
    )
    with closing(open_transport(place)) as transport:
        transport.send([Item(key, value)])


def _role(text: str) -> Role:
    if text not in get_args(Role):
        message = f"role is {text!r}: want {', '.join(get_args(Role))}"
        raise UsageError(message)
    return cast("Role", text)


def _seconds(text: str) -> int:
    match = _DURATION.fullmatch(text)
    if match is None:
        message = f"--expires is {text!r}: want a number and a unit, such as 12h or 90d"
        raise UsageError(message)
    return int(match[1]) * _SECONDS_BY_UNIT[match[2]]


def _state(token: dict[str, Any]) -> Text:
    if token["revoked_us"] is not None:
        return Text("revoked", style="red")
    expires_us = token["expires_us"]
    if expires_us is None:
        return Text("good", style="green")
    if expires_us <= time.time_ns() // 1_000:
        return Text("expired", style="red")
    return Text(f"good until {_day(expires_us)}", style="green")


def _day(time_us: int) -> str:
    return time.strftime("%Y-%m-%d", time.gmtime(time_us / 1_000_000))

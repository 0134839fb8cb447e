"""The bodies of requests and answers about tokens, sessions and the audit trail."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from query_api.answers import Answer, Page
from runtide.core import limits
from runtide.core.access import Role

_Text = Annotated[str, StringConstraints(max_length=limits.METRIC_NAME_CHARS_MAX)]


class NewToken(BaseModel):
    """What a token is to let do."""

    model_config = ConfigDict(extra="forbid", strict=True)

    workspace: Annotated[str, StringConstraints(min_length=1, max_length=255)] = Field(
        description="The workspace that it is for; `*`, of an admin's, is all."
    )
    role: Role = Field(description="Each may what the one before it may.")
    name: _Text = Field(default="", description="What it is for, in the words of who makes it.")
    expires_s: Annotated[int, Field(gt=0, le=limits.DURATION_S_MAX)] | None = Field(
        default=None, description="Seconds until it lets in nobody any more; null is never."
    )


class TokenAnswer(Answer):
    """A token, without its secret."""

    id: str
    name: str
    workspace: str
    role: Role
    created_us: int
    expires_us: int | None
    revoked_us: int | None
    used_us: int | None = Field(description="When it last let somebody in, to a minute.")
    by: str | None


class CreatedToken(TokenAnswer):
    """A new token."""

    token: str = Field(description="Its text, which is never shown again.")


class TokenList(Answer):
    """Tokens, the oldest first, revoked ones too."""

    items: list[TokenAnswer]


class SignIn(BaseModel):
    """What a browser signs in with."""

    model_config = ConfigDict(extra="forbid", strict=True)

    token: Annotated[str, StringConstraints(min_length=1, max_length=512)]


class SessionAnswer(Answer):
    """Who asks."""

    name: str
    workspace: str | None = Field(description="The one that there is for them; null is all.")
    role: Role
    demands_tokens: bool = Field(description="Whether this server lets in nobody without one.")


class SignInWays(Answer):
    """How a browser can sign in."""

    demands_tokens: bool = Field(description="Whether this server lets in nobody without one.")
    oidc_host: str | None = Field(
        description="The OpenID provider to sign in at; null where none is set up."
    )
    refusal: str | None = Field(description="Why the last sign-in there failed; told once.")


class AuditedAction(Answer):
    """Somebody changed something, or was not let in."""

    ts_us: int
    actor: str
    action: str = Field(examples=["run.cancel"])
    subject: str
    workspace: str | None
    origin: str | None = Field(description="The address that it came from.")


class AuditPage(Page):
    """What was done, the newest first."""

    items: list[AuditedAction]

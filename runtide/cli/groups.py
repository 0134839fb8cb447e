"""Groups of commands."""

from __future__ import annotations

from typing import Any, Final

from typer.core import TyperGroup

LIST: Final = "list"


class ListingGroup(TyperGroup):
    """A group whose command `list` is meant where none is named."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:  # noqa: ANN401  # typer's own kind of context
        """Name the command if the caller did not."""
        is_named = args and (not args[0].startswith("-") or args[0] in ctx.help_option_names)
        return super().parse_args(ctx, args if is_named else [LIST, *args])

"""The bodies of answers about saved views, as OpenAPI documents them."""

from pydantic import Field

from query_api.answers import Answer, Page


class SavedView(Answer):
    """A named state of an experiment's runs page."""

    name: str
    query: str = Field(description="What stands behind the `?` of the page's address.")
    saved_us: int


class SavedViewPage(Page):
    """All views of an experiment, by name."""

    items: list[SavedView]


class SavedViewAnswer(SavedView):
    """One view, and how far the log was folded when it was read."""

    position: str

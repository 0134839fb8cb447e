"""The bodies of answers about text streams, as OpenAPI documents them."""

from pydantic import Field

from query_api.answers import Answer, Page


class LogSummary(Answer):
    """A text stream of a run."""

    file: str
    size_chars: int


class LogPage(Page):
    """The text streams of a run."""

    items: list[LogSummary]


class LogText(Answer):
    """A window of a text stream; offsets count characters."""

    file: str
    text: str
    offset: int
    next_offset: int
    position: str


class LogLines(Answer):
    """A window of a text stream's lines, as a terminal shows them."""

    file: str
    line_count: int
    line: int = Field(description="The number of the first line; the stream begins with line 0.")
    lines: list[str] = Field(description="Without their ends, and without what was overwritten.")
    cut: list[int] = Field(description="Numbers of lines that are too long to be shown whole.")
    position: str


class LogMatches(Answer):
    """A window of the lines that a search found, in order."""

    file: str
    line_count: int
    count: int = Field(description="How many lines match in all.")
    offset: int
    lines: list[int] = Field(description="Numbers of lines; the stream begins with line 0.")
    position: str

"""Conventions that no linter knows, as pure functions from a file's text to complaints.

A complaint is `line: what is wrong: what to do`. `test_rules.py` plants one violation of each rule,
`test_tidy.py` applies them to the work tree.
"""

import ast
import io
import re
import tokenize
from collections.abc import Iterator

MODULE_LINES_MAX = 400
FUNCTION_LINES_MAX = 60

_CLOCKS = {
    "time.monotonic",
    "time.monotonic_ns",
    "time.perf_counter",
    "time.perf_counter_ns",
    "time.time",
    "time.time_ns",
    "datetime.now",
    "datetime.utcnow",
    "datetime.today",
    "date.today",
}
_ENVIRONMENT = {"os.environ", "os.environb", "os.getenv", "os.putenv"}

_SUPPRESSION = re.compile(r"#\s*(?:noqa|type:\s*ignore|pragma:)")
# The directive with its code, two spaces, and a comment of at least one word as the reason.
_EXPLAINED = re.compile(
    r"#\s(?:noqa: [A-Z]+\d+(?:, [A-Z]+\d+)*"
    r"|type: ignore\[[a-z-]+(?:, ?[a-z-]+)*\]"
    r"|pragma: no (?:cover|branch))"
    r"\s+(?:#|—|-)\s*\w.{4,}"
)
_MARKER = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b(?P<issue>\(#\d+\))?")
_FOREIGN_COMMENT = re.compile(r"(?:^|\s)(?://|/\*|--|#)\s.*")

_ADDRESS = re.compile(
    r"pypi\.org|pythonhosted\.org|npmjs\.(?:org|com)|crates\.io|proxy\.golang|maven\.org"
    r"|deb\.debian|--(?:extra-)?index-url|\"resolved\":\s*\"http"
)
_MACHINE_PATH = re.compile(r"(?<![\w.~}/-])/(?:home|root|Users|work)/[A-Za-z0-9_.-]+")


def long_module(text: str) -> Iterator[str]:
    """Yield a complaint when a module cannot be held in one's head."""
    if (count := len(text.splitlines())) > MODULE_LINES_MAX:
        yield f"{count}: {count} lines, limit is {MODULE_LINES_MAX}: split it along its nouns"


def long_functions(text: str) -> Iterator[str]:
    """Yield each function with too many lines; a docstring's do not count."""
    for node in ast.walk(ast.parse(text)):
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        count = _last_line(node) - node.lineno + 1
        if ast.get_docstring(node, clean=False) is not None:
            count -= _last_line(node.body[0]) - node.body[0].lineno + 1
        if count > FUNCTION_LINES_MAX:
            yield (
                f"{node.lineno}: `{node.name}` has {count} lines, "
                f"limit is {FUNCTION_LINES_MAX}: give its parts names"
            )


def clocks(text: str) -> Iterator[str]:
    """Yield each reading of a clock: a core is told the time."""
    for line, name in _dotted_names(text):
        if name in _CLOCKS:
            yield f"{line}: `{name}` in a core: take the time as an argument"


def clocks_in_parameters(text: str) -> Iterator[str]:
    """Yield each reading of a clock among a test's parameters.

    Such a test has another name in each process that collects it, and their parts do not fit.
    """
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith(".parametrize"):
            for _, name in _dotted_names(ast.unparse(node)):
                if name in _CLOCKS:
                    yield f"{node.lineno}: `{name}` among parameters: read it inside the test"


def environment(text: str) -> Iterator[str]:
    """Yield each use of the process environment: settings are read behind two doors."""
    for line, name in _dotted_names(text):
        if name in _ENVIRONMENT:
            yield f"{line}: `{name}` outside the settings: take the value as an argument"


def unexplained_suppressions(text: str) -> Iterator[str]:
    """Yield each silenced tool that gives no code or no reason."""
    for line, comment in _comments(text):
        if _SUPPRESSION.search(comment) and not _EXPLAINED.search(comment):
            yield (
                f"{line}: `{comment}`: name the code and the reason, "
                "as in `# noqa: S603  # our own interpreter`"
            )


def unowned_markers(text: str) -> Iterator[str]:
    """Yield each marker of unfinished work in Python that names no issue."""
    for line, comment in _comments(text):
        yield from _marker_complaints(line, comment)


def unowned_markers_elsewhere(text: str) -> Iterator[str]:
    """Yield the same for languages whose comments start with `//`, `/*`, `--` or `#`."""
    for line, content in enumerate(text.splitlines(), start=1):
        if comment := _FOREIGN_COMMENT.search(content):
            yield from _marker_complaints(line, comment.group())


def addresses(text: str) -> Iterator[str]:
    """Yield each name of a package registry: where packages come from is a machine's matter."""
    for line, content in enumerate(text.splitlines(), start=1):
        if found := _ADDRESS.search(content):
            yield f"{line}: `{found.group()}` names a registry: leave it to the machine's settings"


def machine_paths(text: str) -> Iterator[str]:
    """Yield each path that exists on somebody's machine only."""
    for line, content in enumerate(text.splitlines(), start=1):
        if found := _MACHINE_PATH.search(content):
            yield f"{line}: `{found.group()}` is a path of one machine: make it relative"


def missing_docstring(text: str) -> Iterator[str]:
    """Yield a complaint when a module does not say what it is for."""
    if not ast.get_docstring(ast.parse(text)):
        yield "1: no docstring: say in one sentence what this is for"


def imported_modules(text: str, *, package: str) -> set[str]:
    """Return every name that the module may import, whether it turns out a module or not.

    Args:
        text: The source of the module.
        package: The package that the module is in, for relative imports.
    """
    names: set[str] = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            above = package.split(".")[: len(package.split(".")) - node.level + 1]
            origin = ".".join((*above, node.module or "")) if node.level else node.module or ""
            origin = origin.rstrip(".")
            names |= {origin, *(f"{origin}.{alias.name}" for alias in node.names)}
    return names


def _marker_complaints(line: int, comment: str) -> Iterator[str]:
    for marker in _MARKER.finditer(comment):
        if marker.group(1) != "TODO" or not marker.group("issue"):
            yield f"{line}: `{marker.group()}`: finish it, or open an issue and write `TODO(#12)`"


def _last_line(node: ast.stmt) -> int:
    return node.end_lineno or node.lineno


def _dotted_names(text: str) -> Iterator[tuple[int, str]]:
    """Yield `module.name` for each attribute, whole or by its last two parts, and each import."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Attribute):
            yield node.lineno, ".".join(ast.unparse(node).split(".")[-2:])
        elif isinstance(node, ast.ImportFrom):
            for alias in node.names:
                yield node.lineno, f"{node.module}.{alias.name}"


def _comments(text: str) -> Iterator[tuple[int, str]]:
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.COMMENT:
            yield token.start[0], token.string

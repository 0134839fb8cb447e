"""The work tree keeps the conventions that no linter knows."""

import tomllib
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pytest

from runtide.azureml.names import TARGETS
from tests.tidy import rules

ROOT = Path(__file__).parents[2]
PACKAGES = ("runtide", "ingest", "processors", "query_api")
PYTHON = (*PACKAGES, "tests", "tools", "benchmarks", "examples")

SETTINGS_DOORS = {
    "runtide/settings.py",
    "runtide/client/options.py",
    # It reads no variable: it passes them on.
    "runtide/client/environments.py",
}

AZUREML_DOOR = "runtide/azureml/door/azureml/__init__.py"
"""What `import azureml` finds in a process that was started so."""

FOR_TESTS = {"runtide.testing", "runtide.log.memory", "runtide.store.memory"}
"""Shipped so that users can test their own code without a disk."""

MADE = {"__pycache__", "node_modules", "static", "dist", "build", "results"}
"""Folders whose files nobody wrote."""

TEXT = {
    ".css", ".html", ".js", ".json", ".md", ".mjs", ".py", ".sh", ".sql", ".toml", ".ts", ".tsx",
    ".txt", ".yml", ".yaml", ".editorconfig", ".gitignore", ".npmrc", "GENERATED", "Makefile", "run",
}  # fmt: skip
MARKED = {".css", ".js", ".mjs", ".sh", ".sql", ".ts", ".tsx"}


def files(*tops: str, suffixes: Iterable[str] = (".py",)) -> list[str]:
    """Return the paths of written files, from the root, below `tops`; `""` is the root itself.

    A file is wanted for its suffix or for its whole name.
    """
    wanted = frozenset(suffixes)
    found = [
        path
        for top in tops
        for path in ((ROOT / top).rglob("*") if top else ROOT.iterdir())
        if path.is_file()
        and not wanted.isdisjoint((path.suffix, path.name))
        and not path.is_symlink()
    ]
    relative = (path.relative_to(ROOT) for path in found)
    return sorted(path.as_posix() for path in relative if MADE.isdisjoint(path.parts))


def complaints(rule: Callable[[str], Iterator[str]], paths: Iterable[str]) -> list[str]:
    """Return what the rule says of each file, with the file's path in front."""
    return [
        f"{path}:{complaint}"
        for path in paths
        for complaint in rule((ROOT / path).read_text(encoding="utf-8"))
    ]


EVERY_TEXT = files("", ".ci", *PYTHON, "dashboard", "docs", "changelog.d", suffixes=TEXT)


def test_there_are_files_to_check() -> None:
    """A moved folder must not empty the tests below."""
    assert {"runtide/__init__.py", "Makefile", ".ci/run", "dashboard/package.json"} <= set(
        EVERY_TEXT
    )


def test_no_module_is_longer_than_one_can_hold_in_the_head() -> None:
    """A module that grows past the limit has two subjects."""
    assert complaints(rules.long_module, files(*PYTHON)) == []


def test_no_function_is_longer_than_a_screen() -> None:
    """What does not fit on a screen is not read as a whole."""
    assert complaints(rules.long_functions, files(*PYTHON)) == []


def test_no_core_reads_a_clock() -> None:
    """Folding the log again must give the same rows."""
    cores = [path for path in files(*PACKAGES) if "core" in Path(path).parts]

    assert complaints(rules.clocks, cores) == []


def test_no_test_is_named_after_the_time() -> None:
    """Workers that collect in different seconds would have different tests."""
    assert complaints(rules.clocks_in_parameters, files("tests")) == []


def test_no_module_but_the_settings_reads_the_environment() -> None:
    """A variable that is read in a corner is neither documented nor checked for typos."""
    inside = [path for path in files(*PACKAGES) if path not in SETTINGS_DOORS]

    assert complaints(rules.environment, inside) == []


def test_every_silenced_tool_has_a_code_and_a_reason() -> None:
    """Without its reason nobody dares to remove it."""
    assert complaints(rules.unexplained_suppressions, files(*PYTHON)) == []


def test_no_work_is_left_over_without_an_issue() -> None:
    """A marker without an issue is forgotten."""
    others = files(*PACKAGES, "dashboard", "tools", suffixes=MARKED)

    assert complaints(rules.unowned_markers, files(*PYTHON)) == []
    assert complaints(rules.unowned_markers_elsewhere, others) == []


def test_no_file_names_a_package_registry() -> None:
    """Where packages come from differs between machines, mirrors and companies."""
    assert complaints(rules.addresses, EVERY_TEXT) == []


def test_no_file_names_a_path_of_one_machine() -> None:
    """It works there, and nowhere else."""
    assert complaints(rules.machine_paths, EVERY_TEXT) == []


def test_every_package_says_what_it_is_for() -> None:
    """The first line of a package is where a reader starts."""
    packages = [path for path in files(*PACKAGES, "tools") if path.endswith("__init__.py")]

    assert complaints(rules.missing_docstring, packages) == []


def test_no_module_is_unused() -> None:
    """Code that nothing imports is neither run nor removed."""
    paths = files(*PACKAGES)

    used = entry_points() | set(PACKAGES)
    for path in (*paths, *files("tools")):
        name = module_name(path)
        package = name if path.endswith("__init__.py") else name.rpartition(".")[0]
        text = (ROOT / path).read_text(encoding="utf-8")
        imported = rules.imported_modules(text, package=package) - {name}
        used |= {prefix for one in imported for prefix in prefixes(one)}

    assert [path for path in paths if module_name(path) not in used] == []


def module_name(path: str) -> str:
    """Return what an import calls the module at `path`."""
    return path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def prefixes(name: str) -> Iterator[str]:
    """Yield a dotted name and every package above it."""
    while name:
        yield name
        name = name.rpartition(".")[0]


def entry_points() -> set[str]:
    """Return modules that are run or imported from outside, by name."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    scripts = {target.partition(":")[0] for target in project["scripts"].values()}
    started = {module_name(path) for path in files(*PACKAGES) if path.endswith("__main__.py")}
    # The retired SDK's names are looked up in a table, when a script asks for one of them.
    named = {target.partition(":")[0] for target in TARGETS.values()}
    return scripts | started | named | {module_name(AZUREML_DOOR)} | FOR_TESTS


def test_prefixes_climb_to_the_top() -> None:
    """`import a.b.c` uses `a.b` and `a` too."""
    assert list(prefixes("a.b.c")) == ["a.b.c", "a.b", "a"]


@pytest.mark.parametrize("script", [*files("tools", suffixes=[".sh"]), ".ci/run"])
def test_every_script_stops_at_its_first_error(script: str) -> None:
    """A script that goes on after an error reports success."""
    path = ROOT / script

    assert "\nset -euo pipefail\n" in path.read_text(encoding="utf-8")
    assert path.stat().st_mode & 0o100

"""The language of ignore files, with git as the oracle."""

import random
import subprocess
from pathlib import Path

import pytest

from runtide.submit.ignore import IgnoreRules

NAMES = ["a", "b", "ab", "a.py", "b.txt", "#x", "!y", "c d", "[z]", "a\\b", "-"]
ATOMS = [
    *(
        "a b ab * ? / / ! # [ab] [!a] [a-c] \\ \\# \\! .py .txt [[:alpha:]] []a] - [a-] [^b] [z"
    ).split(),
    *("**/", "/**", "c d", " ", "\\ ", "[\\]a]", "[[:nothing:]]", "[b-a]"),
]
FILE_COUNT = 120
PATTERN_FILES = 60


def ours(rules: IgnoreRules, path: str) -> bool:
    """Whether the rules leave out a file or a folder above it."""
    parts = path.split("/")
    return any(
        rules.excludes("/".join(parts[:count]), is_folder=count < len(parts))
        for count in range(1, len(parts) + 1)
    )


def drawn_lines(words: random.Random) -> list[str]:
    """Return patterns; in the middle of a name, git itself is at odds about `**`."""
    while True:
        lines = [
            "".join(words.choice(ATOMS) for _ in range(words.randint(1, 5)))
            for _ in range(words.randint(1, 4))
        ]
        if not any(
            name.count("**") and name.strip("!*")
            for line in lines
            for name in line.removeprefix("!").split("/")
        ):
            return lines


def test_rules_leave_out_what_git_leaves_out(tmp_path: Path) -> None:
    """Whoever has a `.gitignore` knows what it means, to the last corner."""
    words = random.Random(5)
    paths = set()
    for _ in range(FILE_COUNT):
        path = "/".join(words.choice(NAMES) for _ in range(words.randint(1, 4)))
        try:
            (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / path).touch()
        except OSError:
            continue
        if (tmp_path / path).is_file():
            paths.add(path)
    subprocess.run(["git", "init", "-q", tmp_path], check=True)
    differing = []
    for _ in range(PATTERN_FILES):
        lines = drawn_lines(words)
        (tmp_path / ".gitignore").write_text("\n".join(lines) + "\n")
        command = ["git", "-C", str(tmp_path), "ls-files", "-z", "--others", "--exclude-standard"]
        listed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        rules = IgnoreRules(lines)
        kept = {path for path in paths if not ours(rules, path)}
        if kept != set(listed.split("\0")) - {"", ".gitignore"}:
            differing.append(lines)

    assert differing == []


@pytest.mark.parametrize(
    ("line", "path", "is_left_out"),
    [
        ("*.pyc", "a/b.pyc", True),
        ("/data", "data/x", True),
        ("/data", "a/data", False),
        ("data/", "a/data/x", True),
        ("a/b", "a/b/c", True),
        ("a/b", "x/a/b", False),
        ("**/b", "x/a/b", True),
        ("a/**/b", "a/b", True),
        ("a/**", "a/x/y", True),
        ("# no", "# no", False),
        ("trailing  ", "trailing", True),
        ("*.py\r\n", "a.py", True),
        ("/", "a", False),
    ],
)
def test_pattern_means_what_the_manual_says(line: str, path: str, *, is_left_out: bool) -> None:
    assert ours(IgnoreRules([line]), path) is is_left_out


def test_last_pattern_that_matches_decides() -> None:
    rules = IgnoreRules(["*.log", "!keep.log", "/a/keep.log"])

    assert [ours(rules, path) for path in ("x.log", "keep.log", "a/keep.log")] == [
        True,
        False,
        True,
    ]


def test_nothing_below_an_ignored_folder_comes_back() -> None:
    assert ours(IgnoreRules(["a/", "!a/b"]), "a/b")

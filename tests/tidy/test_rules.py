"""Each tidy rule finds what it is for, and leaves alone what it is not for."""

from collections.abc import Callable, Iterator

import pytest

from tests.tidy import rules

Rule = Callable[[str], Iterator[str]]

MARK = "TO" + "DO"
HOST = "pypi." + "org"

VIOLATIONS: dict[str, tuple[Rule, str]] = {
    "long-module": (rules.long_module, "x = 1\n" * 401),
    "long-function": (rules.long_functions, "def f():\n" + "    x = 1\n" * 60),
    "long-method": (rules.long_functions, "class C:\n  async def f(s):\n" + "    x = 1\n" * 60),
    "clock": (rules.clocks, "import time\nnow = time.time()\n"),
    "imported-clock": (rules.clocks, "from time import time_ns\n"),
    "clock-of-a-class": (rules.clocks, "import datetime\nnow = datetime.datetime.now()\n"),
    "clock-in-a-parameter": (
        rules.clocks_in_parameters,
        "import time\n@pytest.mark.parametrize('exp', [time.time() - 1])\ndef test(exp): ...\n",
    ),
    "environ": (rules.environment, "import os\nhome = os.environ['HOME']\n"),
    "getenv": (rules.environment, "from os import getenv\n"),
    "bare-noqa": (rules.unexplained_suppressions, "x = 1  # noqa\n"),
    "noqa-without-reason": (rules.unexplained_suppressions, "x = 1  # noqa: S603\n"),
    "noqa-without-code": (rules.unexplained_suppressions, "x = 1  # noqa  # it is ours\n"),
    "bare-ignore": (rules.unexplained_suppressions, "x = 1  # type: ignore  # it is\n"),
    "ignore-without-reason": (rules.unexplained_suppressions, "x = 1  # type: ignore[arg-type]\n"),
    "cover-without-reason": (rules.unexplained_suppressions, "x = 1  # pragma: no cover\n"),
    "marker": (rules.unowned_markers, f"# {MARK}: later\n"),
    "other-marker": (rules.unowned_markers, "# FIX" + "ME(#3): later\n"),
    "marker-in-typescript": (rules.unowned_markers_elsewhere, f"let x = 1; // {MARK} later\n"),
    "marker-in-sql": (rules.unowned_markers_elsewhere, f"-- {MARK} later\n"),
    "registry": (rules.addresses, f"url = 'https://{HOST}/simple'\n"),
    "index": (rules.addresses, "--index" + "-url elsewhere\n"),
    "resolved": (rules.addresses, '"res' + 'olved": "https://example.test/a.tgz"\n'),
    "home": (rules.machine_paths, "open('/home" + "/ada/data.csv')\n"),
    "root": (rules.machine_paths, "cd /root" + "/src\n"),
    "no-docstring": (rules.missing_docstring, "x = 1\n"),
}

FINE: dict[str, tuple[Rule, str]] = {
    "module-at-the-limit": (rules.long_module, "x = 1\n" * 400),
    "function-at-the-limit": (rules.long_functions, "def f():\n" + "    x = 1\n" * 59),
    "long-docstring": (
        rules.long_functions,
        'def f():\n    """Do.\n' + "    more\n" * 80 + '    """\n    return 1\n',
    ),
    "time-as-argument": (rules.clocks, "def f(time):\n    return time.start_us\n"),
    "time-in-a-test": (
        rules.clocks_in_parameters,
        "import time\n@pytest.mark.parametrize('a', [1])\ndef test(a): time.time()\n",
    ),
    "environment-as-argument": (rules.environment, "def f(environ):\n    return environ['A']\n"),
    "noqa-with-reason": (rules.unexplained_suppressions, "x = 1  # noqa: S603  # our own\n"),
    "ignore-with-reason": (
        rules.unexplained_suppressions,
        "x = 1  # type: ignore[arg-type]  # the caller checked\n",
    ),
    "noqa-in-a-string": (rules.unexplained_suppressions, "x = '# noqa'\n"),
    "marker-with-issue": (rules.unowned_markers, f"# {MARK}(#12): later\n"),
    "marker-in-a-string": (rules.unowned_markers, f"x = '{MARK}'\n"),
    "relative-path": (rules.machine_paths, "open('data/home/ada.csv')\n"),
    "url-path": (rules.machine_paths, "https://example.test/home" + "/ada\n"),
    "docstring": (rules.missing_docstring, '"""What it is."""\n'),
}


@pytest.mark.parametrize(("rule", "text"), VIOLATIONS.values(), ids=VIOLATIONS)
def test_a_violation_is_found(rule: Rule, text: str) -> None:
    """A rule that finds nothing would pass for ever."""
    assert len(list(rule(text))) == 1


@pytest.mark.parametrize(("rule", "text"), FINE.values(), ids=FINE)
def test_what_is_allowed_is_left_alone(rule: Rule, text: str) -> None:
    """A rule that complains for nothing gets silenced."""
    assert list(rule(text)) == []


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("import a.b\n", "a.b"),
        ("from a import b\n", "a.b"),
        ("from a.b import c\n", "a.b"),
        ("from . import b\n", "pkg.sub.b"),
        ("from .b import c\n", "pkg.sub.b"),
        ("from ..b import c\n", "pkg.b"),
    ],
)
def test_imports_are_seen_in_every_form(text: str, name: str) -> None:
    """A module would count as unused if one form went unseen."""
    assert name in rules.imported_modules(text, package="pkg.sub")

"""Configurations become JSON."""

from __future__ import annotations

import argparse
import dataclasses
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from runtide.client.json_values import configuration
from runtide.errors import UsageError


@dataclasses.dataclass
class Settings:
    """A configuration as many scripts have it."""

    rate: float = 0.1


@pytest.mark.parametrize(
    ("config", "want"),
    [
        (
            {"a": 1, "b": [True, None, "x"], "c": {"d": 0.5}},
            {"a": 1, "b": [True, None, "x"], "c": {"d": 0.5}},
        ),
        (Settings(), {"rate": 0.1}),
        ({"inner": Settings()}, {"inner": {"rate": 0.1}}),
        (argparse.Namespace(lr=0.1), {"lr": 0.1}),
        ({"path": Path("/a")}, {"path": "/a"}),
        ({"n": np.int64(3), "v": np.array([1, 2])}, {"n": 3, "v": [1, 2]}),
        (
            {"nan": math.nan, "inf": -math.inf, "long": 2**64},
            {"nan": "nan", "inf": "-inf", "long": str(2**64)},
        ),
        ({1: (2, 3)}, {"1": [2, 3]}),
        ({}, {}),
    ],
)
def test_configuration_takes_what_scripts_have(config: object, want: dict[str, Any]) -> None:
    """Parsed arguments hold paths and classes."""
    assert configuration(config) == want


@pytest.mark.parametrize(
    "config",
    [5, None, "text", {"a": 10**5000}, {"": 1}, {"a": "x" * 2_000_000}, {"a": "\ud800"}],
    ids=["number", "None", "text", "digits", "empty name", "too large", "surrogate"],
)
def test_configuration_refuses_the_rest(config: object) -> None:
    """At once, in the caller's line."""
    with pytest.raises(UsageError):
        configuration(config)


def test_configuration_that_holds_itself_is_refused() -> None:
    """It would never end."""
    config: dict[str, Any] = {}
    config["self"] = config

    with pytest.raises(UsageError, match="nested deeper"):
        configuration(config)

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtide.core import limits, names
from runtide.core.envelope import event_document, parse_event
from runtide.core.events import FileUploaded
from runtide.errors import UsageError


class Text(str):
    """A string of another type, as NumPy's and enumerations' are."""

    __slots__ = ()


@pytest.mark.parametrize(
    "name", ["x", " ", "Y over X", "a/b\n\"'`", "größe 🎈", "\x00", "x" * 1024]
)
def test_any_short_text_names_a_metric(name: str) -> None:
    assert names.metric_name(name) == name


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("", "empty"),
        ("x" * 1025, "1,025 characters"),
        (None, "NoneType"),
        (b"x", "bytes"),
        (7, "want a string"),
        ("a\ud800b", "not valid Unicode"),
    ],
)
def test_what_cannot_name_a_metric_is_refused_with_the_reason(name: object, reason: str) -> None:
    with pytest.raises(UsageError, match=reason):
        names.metric_name(name)


def test_text_of_another_type_becomes_plain() -> None:
    """The encoder takes `str` alone."""
    assert type(names.valid_text(Text("x"), what="value")) is str


@pytest.mark.parametrize("name", ["x", "7", "my-experiment_2", "x" * 255])
def test_experiment_name_is_taken(name: str) -> None:
    assert names.experiment_name(name) == name


@pytest.mark.parametrize("name", ["", "-x", "_x", "a b", "ä", "a.b", "x" * 256, "x\n", None, 7])
def test_experiment_name_of_another_form_is_refused(name: object) -> None:
    with pytest.raises(UsageError, match="experiment name is"):
        names.experiment_name(name)


@pytest.mark.parametrize("run_id", ["x", "run-1_a.b", "7", "x" * 256])
def test_run_id_is_taken(run_id: str) -> None:
    assert names.run_id(run_id) == run_id


@pytest.mark.parametrize("run_id", ["", ".", "..", "-x", "a/b", "a b", "ä", "x" * 257, "x\n", None])
def test_run_id_of_another_form_is_refused(run_id: object) -> None:
    """It stands in addresses as it is."""
    with pytest.raises(UsageError, match="run id is"):
        names.run_id(run_id)


@pytest.mark.parametrize(
    ("path", "want"),
    [
        ("outputs/model.pkl", "outputs/model.pkl"),
        ("./outputs//a/./b", "outputs/a/b"),
        ("/outputs/", "outputs"),
        ("a\\b", "a/b"),
        ("...", "..."),
        ("ä b\n", "ä b\n"),
    ],
)
def test_file_path_has_a_normal_form(path: str, want: str) -> None:
    assert names.file_path(path) == want


@pytest.mark.parametrize(
    "path", ["", ".", "/", "..", "a/../b", "a\\..\\b", "a\x00", None, "x" * 1025]
)
def test_file_path_out_of_the_run_is_refused(path: object) -> None:
    with pytest.raises(UsageError):
        names.file_path(path)


@given(st.text(alphabet="ab./\\\x00 ä", max_size=8))
def test_event_takes_a_path_exactly_when_it_is_in_normal_form(path: str) -> None:
    """What the SDK normalises and what the contract asks for must be the same."""
    file = FileUploaded(path=path, sha256="", size_bytes=0, ts_us=0)

    assert is_taken(lambda: parse_event(event_document(file))) == (
        is_taken(lambda: names.file_path(path)) and names.file_path(path) == path
    )


def is_taken(call: Callable[[], object]) -> bool:
    try:
        call()
    except Exception:  # noqa: BLE001  # two kinds of error mean the same here
        return False
    return True


def test_text_has_a_limit() -> None:
    assert names.valid_text("x" * limits.TEXT_CHARS_MAX, what="tag")
    with pytest.raises(UsageError, match="upload it as a file"):
        names.valid_text("x" * (limits.TEXT_CHARS_MAX + 1), what="tag")


@pytest.mark.parametrize("name", ["ex", "größe 🎈\n", "x" * 255, "@experiment/ex"])
def test_key_of_an_experiment_is_no_runs_id_and_says_which(name: str) -> None:
    key = names.experiment_key(name)

    assert names.is_key(key)
    assert not names.is_run_id(key)
    assert names.find_experiment(key) == name


@pytest.mark.parametrize(
    "key", ["", "@", "@experiment/", "@experiment/" + "x" * 256, "@model/", "@model/a/b", "@x/y", 3]
)
def test_text_that_identifies_nothing_is_no_key(key: object) -> None:
    assert not names.is_key(key)


@pytest.mark.parametrize("name", ["a", "Ridge_2.1-b", "7", "x" * 255])
def test_key_of_a_model_is_no_runs_id_and_says_which(name: str) -> None:
    key = names.model_key(names.model_name(name))

    assert names.is_key(key)
    assert not names.is_run_id(key)
    assert names.find_model(key) == name


@pytest.mark.parametrize("name", ["", ".a", "-a", "a/b", "a b", "ä", "a\n", "x" * 256, None])
def test_model_name_that_no_path_could_hold_is_refused(name: object) -> None:
    """It stands in addresses, in ids before a colon, and in the names of folders."""
    with pytest.raises(UsageError, match="model name is"):
        names.model_name(name)


@pytest.mark.parametrize(
    ("key", "subject"),
    [("calm-reef-1", "run"), ("@experiment/@model/x", "experiment"), ("@model/x", "model")],
)
def test_key_says_what_it_is_of(key: str, subject: str) -> None:
    assert names.is_key(key)
    assert names.subject_of(key) == subject


@pytest.mark.parametrize("name", ["", ".", "..", "x" * 1025, 3])
def test_view_that_no_address_leads_to_is_refused(name: object) -> None:
    """A browser takes `..` in an address for a step upwards."""
    with pytest.raises(UsageError):
        names.view_name(name)


def test_view_may_be_called_almost_anything() -> None:
    assert names.view_name("best / of “all”…") == "best / of “all”…"

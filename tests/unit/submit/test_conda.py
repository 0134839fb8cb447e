"""Packages as conda and pip name them, and the files that list them."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtide.errors import UsageError
from runtide.submit.conda import CondaDependencies, read_requirements
from runtide.submit.conda_file import format_conda_file, parse_conda_file

FILE = """\
# how a file in the wild looks
name: project_environment
channels:
- conda-forge
  # with a comment
- defaults
dependencies:
  - python=3.11   # a version
  - "scikit-learn>=1.4"
  - conda-forge::numpy
  - pip=24
  - pip:
      - azureml-defaults==1.61
      - "pandas[excel]>=2 ; python_version > '3.8'"
      - --pre
variables:
  OMP_NUM_THREADS: '2'
prefix: /opt/conda/envs/project
"""

texts = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), min_size=1)
names = st.from_regex(r"[a-z][a-z0-9_.-]*", fullmatch=True)
documents = st.fixed_dictionaries(
    {},
    optional={
        "name": texts,
        "channels": st.lists(texts, min_size=1),
        "dependencies": st.lists(
            texts | st.fixed_dictionaries({"pip": st.lists(texts, min_size=1)}), min_size=1
        ),
        "variables": st.dictionaries(names, texts, min_size=1),
    },
)


@given(documents)
def test_file_that_was_written_is_read_as_what_it_was(document: dict[str, Any]) -> None:
    assert parse_conda_file(format_conda_file(document), what="f") == document


def test_file_of_somebody_else_is_read_as_conda_reads_it() -> None:
    assert parse_conda_file(FILE, what="f") == {
        "name": "project_environment",
        "channels": ["conda-forge", "defaults"],
        "dependencies": [
            "python=3.11",
            "scikit-learn>=1.4",
            "conda-forge::numpy",
            "pip=24",
            {
                "pip": [
                    "azureml-defaults==1.61",
                    "pandas[excel]>=2 ; python_version > '3.8'",
                    "--pre",
                ]
            },
        ],
        "variables": {"OMP_NUM_THREADS": "2"},
        "prefix": "/opt/conda/envs/project",
    }


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", {}),
        ("---\nname: x\n", {"name": "x"}),
        ("channels: [defaults, 'conda-forge']\n", {"channels": ["defaults", "conda-forge"]}),
        ("channels:\nname: x\n", {"channels": None, "name": "x"}),
        ("dependencies:\n- pip:\n  - a\n- b\n", {"dependencies": [{"pip": ["a"]}, "b"]}),
    ],
)
def test_forms_that_files_have(text: str, found: dict[str, Any]) -> None:
    assert parse_conda_file(text, what="f") == found


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("name: &anchor x\n", 1),
        ("name: x\ntext: |\n  more\n", 2),
        ("channels:\n  - a\n - b\n", 3),
        ("just a text\n", 1),
        ("name: {a: b}\n", 1),
        ('name: "open\n', 1),
        ("channels:\n  - *alias\n", 2),
    ],
)
def test_what_is_not_understood_is_refused_by_its_line(text: str, line: int) -> None:
    """Guessing would build another environment than conda builds."""
    with pytest.raises(UsageError, match=f"line {line} of env.yml is"):
        parse_conda_file(text, what="env.yml")


def test_dependencies_are_an_environment_file() -> None:
    made = CondaDependencies.create(
        pip_packages=["pandas", "numpy==2.1"],
        conda_packages=["scikit-learn"],
        python_version="3.12",
    )
    made.add_channel("defaults")

    assert made.as_dict() == {
        "channels": ["defaults"],
        "dependencies": [
            "python=3.12",
            "scikit-learn",
            "pip",
            {"pip": ["pandas", "numpy==2.1"]},
        ],
    }


def test_package_takes_the_place_of_one_with_its_name() -> None:
    made = CondaDependencies.create(pip_packages=["Scikit_Learn==1.0"], conda_packages=["numpy=1"])
    made.add_pip_package("scikit-learn>=1.4")
    made.add_conda_package("conda-forge::numpy")
    made.set_python_version("3.11")
    made.set_python_version("3.12")

    assert list(made.pip_packages) == ["scikit-learn>=1.4"]
    assert list(made.conda_packages) == ["python=3.12", "conda-forge::numpy"]


def test_saved_file_gives_the_same_dependencies(tmp_path: Path) -> None:
    made = CondaDependencies.create(pip_packages=["a b ; 'x'"], conda_packages=["pip"])

    name = made.save_to_file(tmp_path, "sub/env.yml")

    assert CondaDependencies(tmp_path / name) == made


def test_requirements_of_other_files_are_in_their_place(tmp_path: Path) -> None:
    """The environment is built where those files are not."""
    (tmp_path / "base.txt").write_text("numpy  # the base\n\n")
    (tmp_path / "all.txt").write_text("# all\n-r base.txt\npandas \\\n  >=2\n--pre\nx#y\n")

    assert read_requirements(tmp_path / "all.txt") == ["numpy", "pandas    >=2", "--pre", "x#y"]


def test_file_that_names_itself_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("-r b.txt\n")
    (tmp_path / "b.txt").write_text("-r a.txt\n")

    with pytest.raises(UsageError, match="names itself"):
        read_requirements(tmp_path / "a.txt")


@pytest.mark.parametrize("text", ["dependencies: x\n", "dependencies:\n  - conda:\n      - a\n"])
def test_file_that_is_no_environment_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "env.yml").write_text(text)

    with pytest.raises(UsageError, match=r"env\.yml has"):
        CondaDependencies(tmp_path / "env.yml")

"""Remarks that were made twice in review, as tests."""

from __future__ import annotations

import ast
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
LONGEST_FILE = 400
LONGEST_FUNCTION = 60
BANNED_NAMES = ("utils", "helpers", "common", "manager", "base", "misc")
# Written in halves, so that this file does not trip over itself.
BANNED_WORDS = ("TO" + "DO", "FIX" + "ME", "XX" + "X", "HA" + "CK")
ADDRESSES = ("pypi" + ".org", "pythonhosted" + ".org", "npmjs" + ".org", "index" + "-url")
PLACES = ("/wo" + "rk/", "/ro" + "ot/", "/ho" + "me/")


def committed(*endings: str) -> list[Path]:
    """Files that git tracks, those of a fresh checkout."""
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    paths = [ROOT / name for name in listed.stdout.split("\0") if name]
    return [path for path in paths if path.is_file() and path.suffix in endings]


PYTHON = committed(".py")
TEXT = committed(
    *(".py", ".md", ".toml", ".lock", ".sh", ".yaml", ".yml", ".html", ".css", ".js", ".cfg", "")
)


def test_git_lists_the_sources() -> None:
    assert ROOT / "src/apostil/__init__.py" in PYTHON


def test_no_file_is_longer_than_the_limit() -> None:
    long = {
        str(path.relative_to(ROOT)): lines
        for path in PYTHON
        if (lines := path.read_text("utf-8").count("\n")) > LONGEST_FILE
    }
    assert long == {}


def test_no_function_is_longer_than_the_limit() -> None:
    long = [
        f"{path.relative_to(ROOT)}:{node.lineno} {node.name}"
        for path in PYTHON
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (node.end_lineno or node.lineno) - node.lineno >= LONGEST_FUNCTION
    ]
    assert long == []


def test_no_module_has_a_name_that_says_nothing() -> None:
    assert [path for path in PYTHON if path.stem in BANNED_NAMES] == []


@pytest.mark.parametrize("word", BANNED_WORDS)
def test_unfinished_work_is_not_committed(word: str) -> None:
    pattern = re.compile(rf"\b{word}\b")
    assert [path for path in TEXT if pattern.search(path.read_text("utf-8"))] == []


@pytest.mark.parametrize("address", ADDRESSES)
def test_no_file_names_a_package_index(address: str) -> None:
    named = [path for path in TEXT if address in path.read_text("utf-8")]
    # The command that makes the locks has to say that it leaves addresses out.
    assert [path for path in named if path.name != "CONTRIBUTING.md"] == []


@pytest.mark.parametrize("place", PLACES)
def test_no_file_names_a_folder_of_one_machine(place: str) -> None:
    assert [path for path in TEXT if place in path.read_text("utf-8")] == []


def test_every_excuse_names_its_rule() -> None:
    bare = re.compile(r"#\s*(noqa(?!:)|type:\s*ignore(?!\[))")
    excused = [path for path in PYTHON if bare.search(path.read_text("utf-8"))]
    assert [path for path in excused if path != Path(__file__)] == []

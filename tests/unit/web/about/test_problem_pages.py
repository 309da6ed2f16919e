"""The catalogue of problems holds all that the program names."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from apostil.web.problem_kinds import KINDS

SOURCES = Path(__file__).parents[4] / "src" / "apostil"
TYPE = re.compile(r"/problems/([a-z][a-z-]*[a-z])")
REFUSED = re.compile(r'Refused\(\s*"([^"]+)"')
UNNAMED = {"name"}
"""Placeholders in prose."""


def named() -> dict[str, set[str]]:
    """The files that name each type of problem."""
    found: dict[str, set[str]] = {}
    for file in SOURCES.rglob("*.py"):
        text = file.read_text("utf-8")
        for name in {*TYPE.findall(text), *REFUSED.findall(text)} - UNNAMED:
            found.setdefault(name, set()).add(file.name)
    return found


def test_every_type_that_a_source_file_names_is_in_the_catalogue() -> None:
    found = named()
    assert len(found) > 30, "the search finds them"
    assert {name: files for name, files in found.items() if name not in KINDS} == {}


@pytest.mark.parametrize("name", sorted(KINDS))
def test_every_problem_has_a_status_of_errors_and_words_for_people(name: str) -> None:
    kind = KINDS[name]
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", kind.name)
    assert 400 <= kind.status < 600
    assert kind.title[0].isupper()
    assert not kind.title.endswith(".")
    assert kind.advice.endswith(".")

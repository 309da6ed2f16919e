"""Interfaces come from import paths; what is broken is said and left out."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from apostil.application import Application
from apostil.bootstrap.routes import load_interfaces, root_interface
from apostil.config import SettingsInvalid
from apostil.engine import Pipeline, Segment

MODULE = """
from fastapi import APIRouter
from starlette.routing import Mount
fine = APIRouter()
folder = APIRouter(routes=[Mount("/files", APIRouter())])
word = "no router"
"""


def application(name: str, routes: str | None) -> Application:
    steps = Pipeline((Segment(name="one", title="One", work="json:dumps"),))
    return Application(name=name, title=name, version="1", pipeline=steps, routes=routes)


@pytest.fixture
def strangers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Application]:
    (tmp_path / "strange_routes.py").write_text(MODULE)
    (tmp_path / "strange_fault.py").write_text("1 / 0")
    monkeypatch.syspath_prepend(tmp_path)
    for name in ("strange_routes", "strange_fault"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    return [
        application("silent", None),
        application("two_words", "strange_routes:fine"),
        application("folder", "strange_routes:folder"),
        application("word", "strange_routes:word"),
        application("absent", "strange_routes:nothing"),
        application("fault", "strange_fault:router"),
    ]


def test_what_cannot_be_used_is_said_with_its_reason_and_the_rest_works(
    strangers: list[Application],
) -> None:
    loaded, broken = load_interfaces(strangers)
    assert [one.slug for one in loaded] == ["two-words"]
    reasons = ("/files is neither", "no router", "no attribute 'nothing'", "division by zero")
    assert len(broken) == len(reasons)
    for said, reason in zip(broken, reasons, strict=True):
        assert reason in said


@pytest.mark.parametrize("wanted", ["two-words", "two_words"])
def test_the_one_for_the_root_is_found_by_slug_and_by_name(
    strangers: list[Application], wanted: str
) -> None:
    loaded, _ = load_interfaces(strangers)
    found = root_interface(wanted, loaded)
    assert found is loaded[0]
    assert root_interface(None, loaded) is None


@pytest.mark.parametrize("wanted", ["nonsense", "silent", "folder"])
def test_one_without_an_interface_is_refused_with_those_that_have_one(
    strangers: list[Application], wanted: str
) -> None:
    loaded, _ = load_interfaces(strangers)
    with pytest.raises(SettingsInvalid, match=rf"cannot be '{wanted}'.*Those that are: two-words"):
        root_interface(wanted, loaded)

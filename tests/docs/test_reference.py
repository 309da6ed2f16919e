"""The reference says what the program is."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

from apostil.cli.program import COMMANDS, build
from apostil.config import Settings, environment_names

ROOT = Path(__file__).parent.parent.parent
REFERENCE = ROOT / "docs" / "reference"


def maker() -> ModuleType:
    path = ROOT / "scripts" / "make_reference.py"
    specification = importlib.util.spec_from_file_location("make_reference", path)
    assert specification
    assert specification.loader
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


@pytest.mark.parametrize("name", ["settings.md", "cli.md", "http.md", "problems.md"])
def test_the_page_is_what_the_program_would_write(name: str) -> None:
    written = maker().PAGES[name]()
    assert (REFERENCE / name).read_text("utf-8") == written, "run: make docs"


def test_every_setting_is_documented() -> None:
    page = (REFERENCE / "settings.md").read_text("utf-8")
    for name, field in Settings.model_fields.items():
        assert field.description, name
        for variable in environment_names(name):
            assert f"`{variable}`" in page


def test_every_command_and_every_inner_command_is_documented() -> None:
    page = (REFERENCE / "cli.md").read_text("utf-8")
    program = build(loaded=list(COMMANDS))
    assert sorted(one.name or "" for one in program.registered_commands) == sorted(
        name for name, command in COMMANDS.items() if not command.is_group
    )
    for name in COMMANDS:
        assert f"## apostil {name}\n" in page
    for group in program.registered_groups:
        assert group.typer_instance is not None
        for inner in group.typer_instance.registered_commands:
            assert inner.callback is not None
            name = inner.name or inner.callback.__name__
            assert f"## apostil {group.name} {name}\n" in page

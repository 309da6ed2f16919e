"""Applications are found by entry point, and each can be taken away."""

from __future__ import annotations

import subprocess
import sys
from importlib.metadata import entry_points

import pytest

APPLICATIONS = sorted(found.name for found in entry_points(group="apostil.applications"))


def test_the_built_in_applications_use_the_same_door_as_strangers() -> None:
    assert "financial" in APPLICATIONS


@pytest.mark.parametrize("name", APPLICATIONS)
def test_application_is_removable(name: str) -> None:
    program = f"""
import sys
from importlib.metadata import entry_points
sys.modules["apostil.applications.{name}"] = None
for found in entry_points(group="apostil.applications"):
    if found.name != "{name}":
        found.load()
import apostil.bootstrap.applications
from apostil.bootstrap.applications import load_applications
loaded, broken = load_applications()
assert "{name}" not in loaded, sorted(loaded)
assert any("{name}" in report for report in broken), broken
"""
    ended = subprocess.run(
        [sys.executable, "-c", program], check=False, capture_output=True, text=True
    )
    assert ended.returncode == 0, ended.stderr

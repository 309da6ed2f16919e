"""The locks belong to pyproject.toml and can be installed from any index."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parent.parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
LOCKS = sorted(path.name for path in ROOT.glob("requirements*.lock"))
PINNED = re.compile(r"^([a-z0-9][a-z0-9._-]*)(?:\[[^]]*\])?==([^\s;]+)", re.MULTILINE)


def pins(lock: str) -> dict[str, str]:
    return dict(PINNED.findall((ROOT / lock).read_text("utf-8")))


def wanted(*groups: str) -> list[Requirement]:
    names = list(PROJECT["project"]["dependencies"])
    for group in groups:
        names += PROJECT["dependency-groups"][group]
    return [Requirement(name) for name in names]


@pytest.mark.parametrize(
    ("lock", "requirements"),
    [
        ("requirements.lock", wanted()),
        ("requirements-dev.lock", wanted("test", "lint", "bench")),
        ("requirements-build.lock", [Requirement(r) for r in PROJECT["build-system"]["requires"]]),
    ],
)
def test_lock_holds_a_fitting_version_of_all_that_the_project_asks_for(
    lock: str, requirements: list[Requirement]
) -> None:
    pinned = pins(lock)
    for requirement in requirements:
        version = pinned.get(canonicalize_name(requirement.name))
        assert version is not None, f"{requirement} is not in {lock}: make the locks again"
        assert requirement.specifier.contains(version, prereleases=True), requirement


def test_developers_run_the_versions_that_users_get() -> None:
    developer = pins("requirements-dev.lock")
    users = pins("requirements.lock")
    assert {name: developer.get(name) for name in users} == users


@pytest.mark.parametrize("lock", LOCKS)
def test_every_pin_has_hashes_and_no_address(lock: str) -> None:
    text = (ROOT / lock).read_text("utf-8")
    assert "://" not in text
    for block in re.split(r"\n(?=[a-z0-9])", text.strip()):
        assert "--hash=sha256:" in block, block.splitlines()[0]

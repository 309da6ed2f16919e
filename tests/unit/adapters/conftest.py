"""Databases of each kind with nothing in them yet."""

from __future__ import annotations

from pathlib import Path

import pytest

KINDS = ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)]


@pytest.fixture(params=KINDS)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'apostil.db'}"
    return str(request.getfixturevalue("postgres_url"))

"""A store in a folder, and serving processes over it that may be killed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from house import House, opened


@pytest.fixture
def kind() -> str:
    """The kind of database; tests of ``on_both`` come with each."""
    return "sqlite"


@pytest.fixture
def house(tmp_path: Path, kind: str, request: pytest.FixtureRequest) -> Iterator[House]:
    if kind == "postgresql":
        (tmp_path / "database-url").write_text(request.getfixturevalue("postgres_url"))
    with opened(tmp_path) as house:
        yield house

"""The example of a file of settings names what there is, with values that can be used."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from apostil.config import Settings, environment_names

ROOT = Path(__file__).parent.parent.parent
EXAMPLE = (ROOT / ".env.example").read_text("utf-8")
LINE = re.compile(r"#?([A-Z][A-Z_]*)=(.*)")
FIELDS = {name: environment_names(name) for name in Settings.model_fields}


def named() -> list[str]:
    return [found[1] for line in EXAMPLE.splitlines() if (found := LINE.fullmatch(line))]


def test_every_name_in_the_example_is_a_setting_and_every_setting_is_in_it() -> None:
    known = {variable for variables in FIELDS.values() for variable in variables}
    assert [name for name in named() if name not in known] == []
    assert len(set(named())) == len(named())
    assert [field for field, variables in FIELDS.items() if not set(variables) & set(named())] == []


def test_the_names_of_the_original_papers_are_in_it() -> None:
    assert {"DATABASE_URL", "API_HOST", "API_PORT"} <= set(named())


def test_every_line_that_is_no_setting_is_a_sentence() -> None:
    rest = [line for line in EXAMPLE.splitlines() if line and not LINE.fullmatch(line)]
    assert [line for line in rest if not line.startswith("# ")] == []


def test_the_example_can_be_copied_and_its_lines_used(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for variable in [name for names in FIELDS.values() for name in names if name in os.environ]:
        monkeypatch.delenv(variable)
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".env").write_text(EXAMPLE, "utf-8")
    as_it_is = Settings.read()
    assert as_it_is == Settings.read(_env_file=None)
    (tmp_path / ".env").write_text(re.sub(r"(?m)^#(?=[A-Z])", "", EXAMPLE), "utf-8")
    used = Settings.read()
    given = {field for field, names in FIELDS.items() if set(names) & set(named())}
    assert used.model_fields_set >= given - {"token", "password"}, "an empty line is not set"
    assert used.keep_jobs_days is None

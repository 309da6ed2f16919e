"""The page about the original systems' tables names their columns and where each comes from."""

from __future__ import annotations

import re
from pathlib import Path

from apostil.adapters.sql.tables import metadata
from apostil.applications.financial.answers import HistoryEntry, Metrics, Task, TaskInFull
from apostil.applications.financial.tables import STATUSES, rows
from apostil.engine import Job, JobDocument

PAGE = (Path(__file__).parents[2] / "docs/reference/original-tables.md").read_text("utf-8")
JOB = Job(
    id="j",
    owner="local",
    application="financial",
    version="1",
    documents=(JobDocument(sha256="ab" * 32, name="r.pdf", media_type="application/pdf", size=1),),
    parameters={},
    segments=(),
    submitted_at=0.0,
)
ROWS = {table: list(made[0]) for table, made in rows(JOB, None).items()}


def cells(heading: str) -> list[list[str]]:
    """The cells of the table under a heading, without its own head."""
    section = PAGE.split(f"## {heading}\n", 1)[1].split("\n## ", 1)[0]
    lines = [line for line in section.splitlines() if line.startswith("|")][2:]
    return [[cell.strip().strip("`") for cell in line.strip("|").split("|")] for line in lines]


def headings() -> list[str]:
    return re.findall(r"^## Financial document analyzer: `(\w+)`$", PAGE, re.MULTILINE)


def test_every_table_and_column_is_named_in_its_order() -> None:
    assert headings() == list(ROWS)
    for table, columns in ROWS.items():
        named = [row[0] for row in cells(f"Financial document analyzer: `{table}`")]
        assert named == columns


def test_every_source_is_a_column_of_ours() -> None:
    ours = {
        f"{table.name}.{column.name}" for table in metadata.tables.values() for column in table.c
    }
    for table in ROWS:
        for name, source, told in cells(f"Financial document analyzer: `{table}`"):
            assert source in ours or (not source and told), name


def test_the_words_for_a_status_are_those_of_the_program() -> None:
    assert cells("Words for a status") == [
        [status.value, words.task, words.celery] for status, words in STATUSES.items()
    ]


def test_the_interface_answers_with_every_column() -> None:
    assert set(ROWS["analysis_tasks"]) <= set(TaskInFull.model_fields)
    assert set(ROWS["analysis_tasks"]) - {"analysis_result"} <= set(Task.model_fields)
    assert set(ROWS["user_analysis_history"]) == set(HistoryEntry.model_fields)
    assert set(ROWS["analysis_metrics"]) == set(Metrics.model_fields)

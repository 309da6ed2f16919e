from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import sqlalchemy as sa
from desk import Desk, Store

from apostil.adapters import ContentFiles, SqlJobs, SqlReader, SqlRoster, open_database, upgrade
from apostil.engine import JobQuery
from apostil.web import Services
from apostil.web.api.bodies import Bodies


@contextmanager
def told_statements() -> Iterator[list[str]]:
    """What is executed meanwhile, on whichever database."""
    told: list[str] = []

    def tell(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        told.append(statement)

    sa.event.listen(sa.Engine, "before_cursor_execute", tell)
    try:
        yield told
    finally:
        sa.event.remove(sa.Engine, "before_cursor_execute", tell)


def test_the_places_of_a_list_are_counted_once(tmp_path: Path) -> None:
    database = open_database(f"sqlite:///{tmp_path / 'apostil.db'}")
    upgrade(database)
    files = ContentFiles(tmp_path / "files")
    reader = SqlReader(database, files)
    roster = SqlRoster(database)
    desk = Desk(
        Store(SqlJobs(database, files), roster, files, cast("Any", None), cast("Any", None))
    )
    for number in range(12):
        desk.submit(paper=f"paper {number}".encode())
        desk.now += 1
    taken = desk.take()
    services = cast("Services", SimpleNamespace(reader=reader))
    bodies = Bodies(services, "local", "http://127.0.0.1/api/v1")
    jobs = reader.list("local", JobQuery()).jobs
    reader.epoch()
    with told_statements() as told:
        shown = bodies.jobs(jobs)
    assert len(told) == 1
    assert "ix_jobs_open" in _plan(database, told[0])
    assert [body.place_in_queue for body in shown] == [*range(10, -1, -1), 0]
    assert shown == [bodies.job(job) for job in jobs]
    assert shown[-1].id == taken.job.id
    database.dispose()


def _plan(database: Any, statement: str) -> str:
    with database.reading() as connection:
        driver = connection.connection.cursor()
        steps = driver.execute(f"EXPLAIN QUERY PLAN {statement}", ["x"] * statement.count("?"))
        return str(steps.fetchall())

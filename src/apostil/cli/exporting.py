"""Jobs as JSON for other programs: one after the other, so that any number of them fits in memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from importlib import import_module
from typing import Any, BinaryIO

import msgspec

from apostil.application import Application, result_of
from apostil.bootstrap.home import Home
from apostil.engine import ArtifactMissing, Job, JobNotFound, JobQuery, JobStatus, utc_text

EXPORT_SCHEMA = "apostil.export/1"
EVENTS_AT_ONCE = 1000

Rows = Mapping[str, Sequence[Mapping[str, Any]]]
Tables = Callable[[Job, Mapping[str, Any] | None], Rows]
"""Gives the rows of a job and its decoded result by the table that they would stand in."""


@dataclass(slots=True, kw_only=True)
class Export:
    """Which jobs of a home to write, and what of them. ``troubles`` are sentences about rows that an
    application did not give; they are left out."""

    home: Home
    applications: Mapping[str, Application]
    query: JobQuery
    results: bool
    count: int = 0
    troubles: list[str] = field(default_factory=list)

    def write(self, target: BinaryIO, *, now: float) -> None:
        """Write all of it. Jobs that are deleted meanwhile are left out."""
        head = {"schema": EXPORT_SCHEMA, "exported_at": utc_text(now)}
        target.write(msgspec.json.encode(head)[:-1] + b',"jobs":[')
        for job in self._jobs():
            written = self._written(job)
            if written is not None:
                target.write((b",\n" if self.count else b"\n") + written)
                self.count += 1
        target.write(b"\n]}\n")

    def _jobs(self) -> Iterator[Job]:
        for owner in self.home.keeping.owners():
            query: JobQuery | None = self.query
            while query is not None:
                page = self.home.reader.list(owner, query)
                yield from page.jobs
                query = replace(self.query, cursor=page.next) if page.next else None

    def _written(self, job: Job) -> bytes | None:
        try:
            log = list(self._events(job))
            attempts = self.home.reader.attempts(job.owner, job.id)
            tables = self._tables_for(job)
            result = self._result(job) if self.results or tables else None
        except JobNotFound:
            return None
        told: dict[str, Any] = _timed(msgspec.to_builtins(job))
        told["segments"] = [_timed(msgspec.to_builtins(one)) for one in job.segments]
        told["attempts"] = [_timed(msgspec.to_builtins(one)) for one in attempts]
        told["events"] = log
        if self.results:
            told["result"] = None if result is None else msgspec.Raw(result)
        rows = self._rows(tables, job, result) if tables else None
        if rows is not None:
            told["tables"] = rows
        return msgspec.json.encode(told)

    def _events(self, job: Job) -> Iterator[dict[str, Any]]:
        after = 0
        while some := self.home.reader.events(job.owner, job.id, after=after, limit=EVENTS_AT_ONCE):
            for recorded in some:
                yield {**_timed(recorded.to_dict()), "at": utc_text(recorded.at)}
            after = some[-1].seq

    def _result(self, job: Job) -> bytes | None:
        if job.status is not JobStatus.SUCCEEDED:
            return None
        try:
            return result_of(job, self.home.reader.result(job.owner, job.id))
        except ArtifactMissing as missing:
            self.troubles.append(f"The result of job {job.id} is left out: {missing}")
        except (msgspec.DecodeError, KeyError, TypeError):
            self.troubles.append(f"What job {job.id} left is no result; it is left out.")
        return None

    def _tables_for(self, job: Job) -> str | None:
        application = self.applications.get(job.application)
        return None if application is None else application.tables

    def _rows(self, tables: str, job: Job, result: bytes | None) -> Rows | None:
        try:
            rows = _function_at(tables)
            return rows(job, None if result is None else msgspec.json.decode(result))
        except Exception as error:  # noqa: BLE001 - a stranger's function may raise anything
            self.troubles.append(f"The tables of job {job.id} are left out: {error!r}")
            return None


def _timed(values: dict[str, Any]) -> dict[str, Any]:
    """With times in words, and without the token by which a worker would act."""
    return {
        name: utc_text(value) if _is_time(name, value) else value
        for name, value in values.items()
        if name != "token"
    }


def _is_time(name: str, value: object) -> bool:
    return isinstance(value, float) and (name.endswith("_at") or name == "lease_until")


def _function_at(path: str) -> Tables:
    module, _, name = path.partition(":")
    found: Tables = vars(import_module(module))[name]
    return found

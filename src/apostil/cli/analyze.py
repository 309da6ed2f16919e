"""``apostil analyze``: one job, run to its end in this process tree."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from apostil.adapters import LocalQueue
from apostil.application import FORMAT_NAMES, Application, result_of
from apostil.bootstrap.applications import load_applications
from apostil.bootstrap.home import Home, has_room
from apostil.bootstrap.intake import FileIntake
from apostil.cli.failure import fail, misuse
from apostil.cli.options import Data, Json, existing_file, home_of, settings_with
from apostil.cli.output import write_json
from apostil.cli.password import PASSWORD_NEEDED, WITHOUT_TERMINAL, ask_password
from apostil.cli.progress import follow
from apostil.cli.scratch import scratch_folder
from apostil.cli.summary import print_summary
from apostil.config import MIB, Settings
from apostil.engine import (
    LOCAL_OWNER,
    Job,
    JobDocument,
    JobStatus,
    NewDocument,
    Submission,
    cancel_job,
    retry_job,
    submit,
)


def run(
    application: Annotated[str, typer.Argument(help="What to read the files as, e.g. financial.")],
    files: Annotated[list[Path], typer.Argument(help="The documents.", metavar="FILE")],
    *,
    query: Annotated[str, typer.Option(help="A question for the application to answer.")] = "",
    chosen: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="NAME=VALUE", help="A parameter of the application."),
    ] = None,
    json: Json = None,
    data: Data = None,
) -> None:
    """Analyse documents now. Nothing is kept unless --data names a folder.

    Ends with 0 when done, 1 when the analysis failed (the reason is on stderr), 2 on a wrong call.
    """
    asked = _application(application)
    parameters = _parameters(asked, query, chosen or [])
    least, most = asked.documents
    if not least <= len(files) <= most:
        wanted = str(least) if least == most else f"{least} to {most}"
        misuse(f"{asked.slug} takes {wanted} file(s), not {len(files)}.")
    paths = [existing_file(path) for path in files]
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with _store(data) as (settings, home):
        queue = home.queue(workers=1)
        queue.start()
        try:
            job = _analyse(settings, home, queue, asked, paths, parameters)
        finally:
            queue.stop()
        if job.status is not JobStatus.SUCCEEDED:
            reason = job.detail or f"The job was {job.status}."
            fail(f"{reason} {WITHOUT_TERMINAL}" if job.problem == PASSWORD_NEEDED else reason)
        result = result_of(job, home.reader.result(LOCAL_OWNER, job.id))
    if json is None:
        print_summary(result)
    else:
        write_json(result, json)


def _application(slug: str) -> Application:
    loaded, broken = load_applications()
    for report in broken:
        typer.echo(f"apostil: {report}", err=True)
    if slug not in loaded:
        misuse(f"There is no application {slug}; installed: {', '.join(loaded) or 'none'}.")
    return loaded[slug]


def _parameters(asked: Application, query: str, chosen: Sequence[str]) -> dict[str, str]:
    known = {parameter.name for parameter in asked.parameters}
    if query and "query" not in known:
        typer.echo(
            f"apostil: {asked.slug} does not answer questions; --query is left out.", err=True
        )
        query = ""
    parameters = {"query": query} if query else {}
    for pair in chosen:
        name, equals, value = pair.partition("=")
        if not equals:
            misuse(f"--set takes NAME=VALUE, not “{pair}”.")
        if asked.unknown_parameters([name]):
            misuse(
                f"{asked.slug} has no parameter {name}; it knows {', '.join(sorted(known)) or 'none'}."
            )
        parameters[name] = value
    return parameters


@contextmanager
def _store(data: Path | None) -> Iterator[tuple[Settings, Home]]:
    """The folder that was named, or one that is thrown away afterwards."""
    if data is not None:
        settings = settings_with(data=data)
        with home_of(settings) as home:
            yield settings, home
        return
    with scratch_folder() as thrown_away:
        settings = settings_with(
            data=thrown_away, database_url=f"sqlite:///{thrown_away / 'apostil.db'}"
        )
        with home_of(settings) as home:
            yield settings, home


def _analyse(
    settings: Settings,
    home: Home,
    queue: LocalQueue,
    asked: Application,
    paths: Sequence[Path],
    parameters: dict[str, str],
) -> Job:
    password = settings.password.get_secret_value() if settings.password else None
    submission = Submission(
        application=asked.name,
        version=asked.version,
        pipeline=asked.pipeline,
        documents=_take_in(settings, home, asked, paths),
        parameters=parameters,
        password=password,
    )
    job = submit(submission, jobs=home.jobs, queue=queue, clock=time.time)
    look = partial(_require_room, home.data)
    try:
        job = follow(home.reader, job.id, look=look)
        while job.problem == PASSWORD_NEEDED and (typed := ask_password(job.detail or "")):
            retry_job(
                job.id,
                owner=LOCAL_OWNER,
                jobs=home.jobs,
                queue=queue,
                clock=time.time,
                password=typed,
            )
            job = follow(home.reader, job.id, look=look)
    except KeyboardInterrupt:
        cancel_job(job.id, owner=LOCAL_OWNER, jobs=home.jobs, clock=time.time)
        raise
    return job


def _require_room(data: Path) -> None:
    if not has_room(data):
        fail(
            f"The disk of {data} is full. Nothing that was finished is lost; make room, or choose "
            "another place with --data."
        )


def _take_in(
    settings: Settings, home: Home, asked: Application, paths: Sequence[Path]
) -> tuple[JobDocument, ...]:
    take = FileIntake(home.files, max_bytes=settings.max_upload_mb * MIB)
    received = []
    for path in paths:
        with path.open("rb") as source:
            check = partial(_check_format, asked)
            received.append(take(source, path.name, owner=LOCAL_OWNER, check=check))
    kept = home.documents.register(LOCAL_OWNER, received, now=time.time())
    names = {one.sha256: one.name for one in received}
    return tuple(
        JobDocument(sha256=d.sha256, name=names[d.sha256], media_type=d.media_type, size=d.size)
        for d in kept
    )


def _check_format(asked: Application, one: NewDocument) -> None:
    if one.media_type not in asked.media_types:
        given = FORMAT_NAMES.get(one.media_type, one.media_type)
        taken = " or ".join(FORMAT_NAMES.get(kind, kind) for kind in asked.media_types)
        fail(f"{one.name} is {given}, and {asked.slug} reads {taken}.")

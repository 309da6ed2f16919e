"""``apostil jobs``: what a user may do with the jobs in the data folder."""

from __future__ import annotations

import time
from typing import Annotated

import typer

from apostil.application import result_of
from apostil.cli.failure import fail, misuse
from apostil.cli.options import Data, Json, home_of, settings_with
from apostil.cli.output import write_json
from apostil.cli.progress import follow
from apostil.engine import (
    LOCAL_OWNER,
    Job,
    JobQuery,
    JobStatus,
    cancel_job,
    delete_job,
    retry_job,
)

group = typer.Typer(no_args_is_help=True)
JobId = Annotated[str, typer.Argument(metavar="JOB", help="The job's id.")]


@group.command("list")
def list_jobs(
    *,
    status: Annotated[
        str | None, typer.Option(help="Only queued, running, succeeded, failed or cancelled.")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, max=200)] = 50,
    data: Data = None,
) -> None:
    """The newest jobs: id, state, application, documents."""
    try:
        statuses = (JobStatus(status),) if status else ()
    except ValueError:
        misuse(f"{status} is no status; use {', '.join(JobStatus)}.")
    with home_of(settings_with(data=data)) as home:
        found = home.reader.list(LOCAL_OWNER, JobQuery(statuses=statuses, limit=limit))
        for job in found.jobs:
            typer.echo(f"{job.id}  {job.status:<9}  {job.application:<12}  {_names(job)}")
        if not found.jobs:
            typer.echo("There are no such jobs." if statuses else "There are no jobs.", err=True)


@group.command()
def show(job_id: JobId, *, json: Json = None, data: Data = None) -> None:
    """A job with its segments; with --json its result."""
    with home_of(settings_with(data=data)) as home:
        job = home.reader.get(LOCAL_OWNER, job_id)
        if json is not None:
            write_json(result_of(job, home.reader.result(LOCAL_OWNER, job_id)), json)
            return
        typer.echo(f"{job.id}  {job.status}  {job.application}  {_names(job)}")
        for segment in job.segments:
            told = segment.message or (f"try {segment.attempts}" if segment.attempts > 1 else "")
            typer.echo(f"  {segment.status:<9}  {segment.title}  {told}".rstrip())
        if job.detail:
            typer.echo(f"  {job.detail}")


@group.command()
def watch(job_id: JobId, *, data: Data = None) -> None:
    """Wait for the job's end; 0 if it succeeded."""
    with home_of(settings_with(data=data)) as home:
        job = follow(home.reader, job_id)
    typer.echo(f"{job.id}  {job.status}")
    if job.status is not JobStatus.SUCCEEDED:
        fail(job.detail or f"The job was {job.status}.")


@group.command()
def cancel(job_id: JobId, *, data: Data = None) -> None:
    """End the job at once; an ended job stays as it is."""
    with home_of(settings_with(data=data)) as home:
        job = cancel_job(job_id, owner=LOCAL_OWNER, jobs=home.jobs, clock=time.time)
    typer.echo(f"{job.id}  {job.status}")


@group.command()
def retry(job_id: JobId, *, data: Data = None) -> None:
    """Go on with a failed job from the segment that failed; a running server works on it."""
    with home_of(settings_with(data=data)) as home:
        job = retry_job(
            job_id, owner=LOCAL_OWNER, jobs=home.jobs, queue=home.no_queue(), clock=time.time
        )
    typer.echo(f"{job.id}  {job.status}")


@group.command()
def delete(job_id: JobId, *, data: Data = None) -> None:
    """Delete the job with its events, and what only it uses; says what went."""
    with home_of(settings_with(data=data)) as home:
        gone = delete_job(job_id, owner=LOCAL_OWNER, jobs=home.jobs, clock=time.time)
    typer.echo(
        f"Deleted job {gone.job}: {gone.events} events, {gone.attempts} attempts, "
        f"{len(gone.artifacts)} artifacts, {len(gone.documents)} documents."
    )


def _names(job: Job) -> str:
    return ", ".join(document.name for document in job.documents)

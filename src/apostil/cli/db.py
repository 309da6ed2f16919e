"""``apostil db``: the database in the data folder, and all that it keeps there."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import replace
from typing import Annotated, Any

import msgspec
import typer

from apostil.bootstrap.applications import load_applications
from apostil.bootstrap.home import Home
from apostil.bootstrap.scheduler import in_words, retention, steps
from apostil.cli.choosing import ask_new_file, ask_number, choose
from apostil.cli.consent import Yes, is_terminal, require_consent
from apostil.cli.exporting import Export
from apostil.cli.failure import USAGE, fail, misuse
from apostil.cli.options import Data, Json, home_of, settings_with
from apostil.cli.output import opened, write_json
from apostil.cli.resetting import reset
from apostil.config import Settings
from apostil.engine import DAY_SECONDS, Cleared, JobQuery, JobStatus, Retention, utc_text

STATS_SCHEMA = "apostil.stats/1"

LONGEST_DAYS = 36_500

group = typer.Typer(invoke_without_command=True)


@group.callback()
def begin(context: typer.Context) -> None:
    """Alone, at a terminal, it shows what can be done and asks."""
    if context.invoked_subcommand is not None:
        return
    if not is_terminal():
        typer.echo(context.get_help())
        raise typer.Exit(USAGE)
    choose(
        {
            "Count what is there": stats,
            "Delete what is older than some days": _cleanup_asked,
            "Delete failed jobs": lambda: cleanup(older_than=0, failed_only=True),
            "Write all jobs with their results to a file": _export_asked,
            "Delete everything and begin anew": reset,
        }
    )


@group.command()
def upgrade(*, data: Data = None) -> None:
    """Bring the database up to date. Every start does it too."""
    with home_of(settings_with(data=data)) as home:
        typer.echo(f"The database of {home.data} is up to date.")


@group.command()
def stats(*, json: Json = None, data: Data = None) -> None:
    """Count jobs by application and status, attempts, documents and artifacts of all owners."""
    with home_of(settings_with(data=data)) as home:
        told = _counted(home)
    if json is not None:
        write_json(msgspec.json.encode({"schema": STATS_SCHEMA, **told}), json)
        return
    jobs = told["jobs"]
    for status, count in jobs["by_status"].items():
        typer.echo(f"jobs {status:<11} {count:,}")
    for application, counts in jobs["by_application"].items():
        shares = ", ".join(f"{count:,} {status}" for status, count in counts.items())
        typer.echo(f"  {application}: {shares}")
    typer.echo(f"dead letters     {jobs['dead_letters']:,}")
    for outcome, count in told["attempts"].items():
        typer.echo(f"attempts {outcome:<13} {count:,}")
    for kind in ("documents", "artifacts"):
        typer.echo(f"{kind:<16} {told[kind]['count']:,} ({told[kind]['bytes']:,} bytes)")
    typer.echo(f"events           {told['events']:,}")
    typer.echo(f"database         {told['database_bytes']:,} bytes")
    for end in ("oldest", "newest"):
        if jobs[end] is not None:
            typer.echo(f"{end} job       {jobs[end]}")


@group.command()
def cleanup(
    *,
    older_than: Annotated[
        int | None,
        typer.Option(min=0, metavar="DAYS", help="Delete jobs that ended longer ago."),
    ] = None,
    failed_only: Annotated[
        bool, typer.Option("--failed-only", help="Delete nothing but failed jobs.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show what would go.")] = False,
    yes: Yes = False,
    data: Data = None,
) -> None:
    """Delete what is older than it is to be kept: by the settings, or jobs by --older-than.

    Shows first what goes. A job that has not ended stays, and all that it uses. A server may go on
    meanwhile; it does the same every day.
    """
    settings = settings_with(data=data)
    kept = _retention(settings, older_than, failed_only=failed_only)
    with home_of(settings) as home:
        now = time.time()
        foreseen = home.keeping.foresee(kept, now=now)
        if foreseen.is_nothing:
            typer.echo("No job, artifact or document is old enough to go.")
        else:
            typer.echo(f"To be deleted: {in_words(foreseen)}.")
        if dry_run:
            return
        if not foreseen.is_nothing:
            require_consent("Delete all this for good?", given=yes)
        gone = sum(steps(home, kept, now=now), start=Cleared())
    if not gone.is_nothing:
        typer.echo(f"Deleted: {in_words(gone)}. Files go from the disk a day later.")


@group.command()
def export(
    target: Annotated[str, typer.Argument(metavar="PATH|-", help="The file; - is stdout.")],
    *,
    application: Annotated[str | None, typer.Option(help="Only jobs of this one.")] = None,
    status: Annotated[str | None, typer.Option(help="Only jobs that stand so.")] = None,
    results: Annotated[bool, typer.Option("--results", help="With the results.")] = False,
    data: Data = None,
) -> None:
    """Write jobs as JSON, the newest first: segments, attempts, events, and the rows of the tables
    that an application's original system kept."""
    try:
        statuses = (JobStatus(status),) if status else ()
    except ValueError:
        misuse(f"{status} is no status; use {', '.join(JobStatus)}.")
    loaded, _ = load_applications()
    name = application.replace("-", "_") if application else None
    with home_of(settings_with(data=data)) as home:
        exported = Export(
            home=home,
            applications={one.name: one for one in loaded.values()},
            query=JobQuery(statuses=statuses, application=name),
            results=results,
        )
        with opened(target) as file:
            exported.write(file, now=time.time())
    typer.echo(f"{exported.count:,} job{'' if exported.count == 1 else 's'} written.", err=True)
    for trouble in exported.troubles:
        typer.echo(trouble, err=True)
    if exported.troubles:
        fail("Not everything could be written.")


group.command("reset")(reset)


def _cleanup_asked() -> None:
    question = "Delete jobs that ended more than how many days ago"
    cleanup(older_than=ask_number(question, least=0, most=LONGEST_DAYS, default=30))


def _export_asked() -> None:
    export(ask_new_file("Which file", default="apostil-export.json"), results=True)


def _counted(home: Home) -> dict[str, Any]:
    totals, extent = home.reader.totals(time.time()), home.keeping.extent()
    by_status = dict.fromkeys(JobStatus, 0)
    by_application: dict[str, dict[JobStatus, int]] = {}
    for (application, status), count in sorted(totals.jobs.items()):
        by_status[status] += count
        by_application.setdefault(application, {})[status] = count
    attempts = Counter[str]()
    for one in totals.attempts:
        attempts[one.outcome] += one.count
    return {
        "jobs": {
            "total": sum(by_status.values()),
            "by_status": by_status,
            "by_application": by_application,
            "dead_letters": sum(totals.dead_letters.values()),
            "oldest": extent.oldest and utc_text(extent.oldest),
            "newest": extent.newest and utc_text(extent.newest),
        },
        "attempts": dict(sorted(attempts.items())),
        "documents": {"count": totals.documents, "bytes": totals.document_bytes},
        "artifacts": {"count": totals.artifacts, "bytes": totals.artifact_bytes},
        "events": totals.events,
        "database_bytes": extent.database_bytes,
    }


def _retention(settings: Settings, older_than: int | None, *, failed_only: bool) -> Retention:
    kept = retention(settings)
    jobs_seconds = kept.jobs_seconds if older_than is None else older_than * DAY_SECONDS
    if not failed_only:
        return replace(kept, jobs_seconds=jobs_seconds)
    if jobs_seconds is None:
        misuse("--failed-only needs --older-than DAYS; 0 means all of them.")
    return Retention(jobs_seconds=jobs_seconds, failed_only=True)

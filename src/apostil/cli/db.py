"""``apostil db``: the database in the data folder."""

from __future__ import annotations

import typer

from apostil.cli.options import Data, home_of, settings_with
from apostil.engine import LOCAL_OWNER, JobStatus

group = typer.Typer(no_args_is_help=True)


@group.command()
def upgrade(*, data: Data = None) -> None:
    """Bring the database up to date. Every start does it too."""
    with home_of(settings_with(data=data)) as home:
        typer.echo(f"The database of {home.data} is up to date.")


@group.command()
def stats(*, data: Data = None) -> None:
    """Count jobs, attempts, documents and artifacts."""
    with home_of(settings_with(data=data)) as home:
        counted = home.reader.stats(LOCAL_OWNER)
    for status in JobStatus:
        typer.echo(f"jobs {status:<11} {counted.jobs.get(status, 0)}")
    typer.echo(f"dead letters     {counted.dead_letters}")
    for outcome, count in counted.attempts.items():
        typer.echo(f"attempts {outcome}  {count}")
    typer.echo(f"documents        {counted.documents} ({counted.document_bytes:,} bytes)")
    typer.echo(f"artifacts        {counted.artifacts} ({counted.artifact_bytes:,} bytes)")

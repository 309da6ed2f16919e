"""Shows on stderr how far a job is, by its named segments."""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import closing
from typing import Self

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from apostil.engine import LOCAL_OWNER, Job, JobReader, SegmentStatus

LOOK_SECONDS = 1.0


def follow(
    reader: JobReader,
    job_id: str,
    *,
    owner: str = LOCAL_OWNER,
    look: Callable[[], None] = lambda: None,
) -> Job:
    """Wait for the end of the job and return it; meanwhile tell where it stands. ``look`` is called
    once a second and may raise when waiting has become vain.

    A terminal gets one moving bar, anything else one line for each segment that has ended.
    """
    with closing(reader.watch()) as watch:
        job = reader.get(owner, job_id)
        with _Teller() as teller:
            while True:
                teller.tell(job)
                if job.status.is_terminal:
                    return job
                watch.wait(LOOK_SECONDS)
                look()
                job = reader.get(owner, job_id)


class _Teller:
    def __init__(self) -> None:
        self._is_terminal = sys.stderr.isatty()
        self._told: set[str] = set()
        self._bar = Progress(
            TextColumn("{task.description}", style="bold"),
            BarColumn(bar_width=28),
            TextColumn("{task.percentage:>3.0f} %"),
            TimeElapsedColumn(),
            TextColumn("{task.fields[note]}", style="dim"),
            console=Console(stderr=True),
            transient=True,
            disable=not self._is_terminal,
        )
        self._task = self._bar.add_task("Waiting", total=1.0, note="")

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.stop()

    def tell(self, job: Job) -> None:
        current = job.current
        if current is not None:
            note = f"{current.done} of {current.total}" if current.total else ""
            self._bar.update(
                self._task,
                completed=job.progress,
                description=current.title,
                note=f"{current.message} {note}".strip(),
            )
        if not self._is_terminal:
            for segment in job.segments:
                if segment.status is SegmentStatus.FINISHED and segment.name not in self._told:
                    self._told.add(segment.name)
                    typer.echo(f"{segment.title}: done", err=True)

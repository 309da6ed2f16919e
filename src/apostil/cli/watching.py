"""Shows the events of a job on a server as they come."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.text import Text

from apostil.cli.failure import on_one_line
from apostil.client import ApostilError, Client, Event, Job, Segment
from apostil.client.events import (
    AttemptFailed,
    Reset,
    SegmentFinished,
    SegmentProgressed,
    SegmentReused,
    SegmentStarted,
)

_NAMES_SHOWN = 40


def watch(client: Client, job: Job, console: Console) -> None:
    """Tell how far the job is until its events end: at a terminal by one moving bar, elsewhere by a
    line for each segment that ended."""
    shown = _Shown(job, client.segments(job), console)
    with shown.bar:
        for event in client.follow(job, on_loss=shown.tell_loss):
            shown.tell(event)


class _Shown:
    """What was told so far."""

    def __init__(self, job: Job, segments: Sequence[Segment], console: Console) -> None:
        self._console = console
        self._titles = {one.name: on_one_line(one.title or one.name) for one in segments}
        self._ended: set[str] = set()
        # Titles come from a server: they are text, never markup.
        self.bar = Progress(
            TextColumn("{task.description}", style="bold", markup=False),
            BarColumn(bar_width=28),
            TextColumn("{task.percentage:>3.0f} %", markup=False),
            TimeElapsedColumn(),
            TextColumn("{task.fields[note]}", style="dim", markup=False),
            console=console,
            transient=True,
            disable=not console.is_terminal,
        )
        waiting = f"Waiting for a worker: {on_one_line(job.names)[:_NAMES_SHOWN]}"
        self._task = self.bar.add_task(waiting, total=1.0, note="")

    def tell(self, event: Event) -> None:
        if isinstance(event, Reset):
            self._ended.clear()
        elif isinstance(event, SegmentStarted):
            again = f"try {event.number}" if event.number > 1 else ""
            self._show(self._title(event.segment), 0.0, again)
        elif isinstance(event, SegmentProgressed):
            share = min(1.0, event.done / event.total) if event.total > 0 else 0.0
            count = f"{event.done} of {event.total}" if event.total else ""
            note = on_one_line(event.message) or count
            self._show(self._title(event.segment), share, note)
        elif isinstance(event, SegmentFinished | SegmentReused):
            self._ended.add(event.segment)
            title = self._title(event.segment)
            self._show(title, 0.0, "")
            self._say(
                f"{title}: {'done' if isinstance(event, SegmentFinished) else 'known already'}"
            )
        elif isinstance(event, AttemptFailed) and event.retry_at is not None:
            self._say(
                f"{self._title(event.segment)}: {on_one_line(event.detail)} It is tried again."
            )

    def tell_loss(self, _loss: ApostilError) -> None:
        self.bar.update(self._task, note="the connection was lost; it is made again")

    def _title(self, segment: str) -> str:
        return self._titles.get(segment) or on_one_line(segment)

    def _show(self, title: str, share: float, note: str) -> None:
        done = (len(self._ended) + share) / max(len(self._titles), len(self._ended), 1)
        self.bar.update(self._task, completed=done, description=title, note=note)

    def _say(self, line: str) -> None:
        if not self._console.is_terminal:
            self._console.print(Text(line), soft_wrap=True)

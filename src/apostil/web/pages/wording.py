"""Jobs in the words of the pages."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from apostil.engine import Job, JobSegment, JobStatus, Recorded, SegmentStatus

WORDS = {
    JobStatus.QUEUED: "Waiting",
    JobStatus.RUNNING: "Running",
    JobStatus.SUCCEEDED: "Done",
    JobStatus.FAILED: "Stopped",
    JobStatus.CANCELLED: "Cancelled",
}
SEGMENT_WORDS = {
    SegmentStatus.WAITING: ("Waiting", "wait"),
    SegmentStatus.READY: ("Next", "wait"),
    SegmentStatus.RUNNING: ("Running", "half"),
    SegmentStatus.FINISHED: ("Done", "pass"),
    SegmentStatus.FAILED: ("Failed", "fail"),
    SegmentStatus.CANCELLED: ("Cancelled", "stop"),
}
PASSWORD_PROBLEM = "password"  # noqa: S105 - a word in the type of a problem


def seconds(value: float) -> str:
    """A length of time as one reads it."""
    if value < 0.95:
        return f"{value * 1000:.0f} ms"
    if value < 59.5:
        return f"{value:.1f} s" if value < 9.95 else f"{value:.0f} s"
    return f"{int(value + 0.5) // 60}:{int(value + 0.5) % 60:02}"


def clock_time(at: float) -> str:
    return dt.datetime.fromtimestamp(at).astimezone().strftime("%H:%M:%S")


def date_time(at: float) -> str:
    return dt.datetime.fromtimestamp(at).astimezone().strftime("%-d %B %Y, %H:%M")


@dataclass(frozen=True, slots=True, kw_only=True)
class JobLine:
    """A job in the list."""

    id: str
    name: str
    application: str
    status: str
    word: str
    when: str
    detail: str
    percent: int
    is_open: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmentLine:
    """A segment in the timeline; ``bar`` is start and length in percent of the job's time."""

    title: str
    status: str
    word: str
    icon: str
    time: str
    message: str
    bar: tuple[float, float] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class EventLine:
    seq: int
    at: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class JobDetail:
    """One job with all that its page shows."""

    id: str
    name: str
    application: str
    status: str
    is_open: bool
    percent: int
    submitted: str
    headline: str
    message: str
    used: str
    detail: str
    failed_at: str
    dead_letter: bool
    wants_password: bool
    segments: tuple[SegmentLine, ...]
    events: tuple[EventLine, ...]


def job_line(job: Job, title: str, now: float) -> JobLine:
    current = job.current
    when = date_time(job.submitted_at)
    if job.finished_at is not None and job.started_at is not None:
        when = f"{when}, took {seconds(job.finished_at - job.started_at)}"
    elif current is not None and job.status is JobStatus.RUNNING:
        when = f"{current.title}, {seconds(now - (job.started_at or now))} so far"
    return JobLine(
        id=job.id,
        name=name_of(job),
        application=title,
        status=job.status,
        word=WORDS[job.status],
        when=when,
        detail=job.detail or "",
        percent=round(job.progress * 100),
        is_open=not job.status.is_terminal,
    )


def name_of(job: Job) -> str:
    """The names of the job's documents."""
    return ", ".join(document.name for document in job.documents) or job.application


def job_detail(job: Job, title: str, events: Sequence[Recorded], now: float) -> JobDetail:
    current = job.current
    started = job.started_at or job.submitted_at
    ended = job.finished_at or now
    titles = {segment.name: segment.title for segment in job.segments}
    return JobDetail(
        id=job.id,
        name=name_of(job),
        application=title,
        status=job.status,
        is_open=not job.status.is_terminal,
        percent=round(job.progress * 100),
        submitted=date_time(job.submitted_at),
        headline=current.title if current and job.status is JobStatus.RUNNING else WORDS[job.status],
        message=current.message if current else "",
        used=f"{seconds(ended - started)} used" if job.started_at else "not started",
        detail=job.detail or "",
        failed_at=titles.get(job.failed_segment or "", job.failed_segment or ""),
        dead_letter=job.dead_letter,
        wants_password=PASSWORD_PROBLEM in (job.problem or ""),
        segments=tuple(_segment_line(one, started, max(ended - started, 0.001)) for one in job.segments),
        events=tuple(_event_line(one, titles) for one in reversed(events)),
    )  # fmt: skip


def _segment_line(segment: JobSegment, job_started: float, job_seconds: float) -> SegmentLine:
    word, icon = SEGMENT_WORDS[segment.status]
    bar, time = None, ""
    if segment.started_at is not None:
        end = segment.finished_at or job_started + job_seconds
        start = max(0.0, (segment.started_at - job_started) / job_seconds * 100)
        length = max(0.6, (end - segment.started_at) / job_seconds * 100)
        bar = (round(min(start, 99.4), 2), round(min(length, 100 - min(start, 99.4)), 2))
        time = seconds(max(0.0, end - segment.started_at))
    message = segment.message
    if segment.status is SegmentStatus.RUNNING and segment.total:
        message = f"{message} {segment.done} of {segment.total}".strip()
    elif segment.status is SegmentStatus.FINISHED and segment.done < segment.total:
        message = ""  # the last report that was stored is not the last one made
    if segment.reused:
        message, time = "stored result used again", ""
    elif segment.attempts > 1:
        message = f"{message} (try {segment.attempts})".strip()
    return SegmentLine(
        title=segment.title, status=segment.status, word=word, icon=icon, time=time,
        message=message, bar=bar,
    )  # fmt: skip


def _event_line(recorded: Recorded, titles: dict[str, str]) -> EventLine:
    facts = recorded.to_dict()
    kind = str(facts["type"]).replace("_", " ")
    segment = facts.get("segment")
    text = f"{titles.get(str(segment), str(segment))}: {kind}" if segment else kind.capitalize()
    if facts.get("total"):
        text += f", {facts['done']} of {facts['total']}"
    if facts.get("message"):
        text += f", {facts['message']}"
    if facts.get("detail"):
        text += f". {facts['detail']}"
    return EventLine(seq=recorded.seq, at=clock_time(recorded.at), text=text)

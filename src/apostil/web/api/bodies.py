"""Jobs, segments and receipts turned into what clients read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from apostil.engine import (
    Attempt,
    Job,
    JobNotFound,
    JobSegment,
    JobStatus,
    Receipt,
    SegmentStatus,
    utc_text,
)
from apostil.web.api.shapes import (
    ArtifactLink,
    AttemptBody,
    DocumentBody,
    JobBody,
    JobError,
    JobLinks,
    ReceiptBody,
    SegmentBody,
    SegmentNow,
    iso,
)
from apostil.web.problem_kinds import kind_of
from apostil.web.services import Services


@dataclass(frozen=True, slots=True)
class Bodies:
    """Makes the bodies of one answer. ``address`` is where the client has found the API."""

    services: Services
    owner: str
    address: str

    def job(self, job: Job) -> JobBody:
        """The job with its place in the queue and its links."""
        return self._job(job, self._place(job))

    def jobs(self, jobs: Sequence[Job]) -> list[JobBody]:
        """The same of many, whose places are asked for at once: each asked for by itself would be
        counted anew."""
        queued = [job.id for job in jobs if job.status is JobStatus.QUEUED]
        places = self.services.reader.places(self.owner, queued) if queued else {}
        return [self._job(job, places.get(job.id, 0)) for job in jobs]

    def _job(self, job: Job, place: int) -> JobBody:
        return JobBody(
            id=job.id,
            application=job.application.replace("_", "-"),
            version=job.version,
            status=job.status,
            progress=round(job.progress, 4),
            segment=_current(job),
            documents=[
                DocumentBody(sha256=d.sha256, name=d.name, media_type=d.media_type, size=d.size)
                for d in job.documents
            ],
            parameters=dict(job.parameters),
            priority=job.priority,
            parallel=job.parallel,
            created_at=utc_text(job.submitted_at),
            started_at=iso(job.started_at),
            finished_at=iso(job.finished_at),
            place_in_queue=place,
            dead_letter=job.dead_letter,
            cached=job.is_reused,
            duplicate_of=job.duplicate_of,
            error=_error(job),
            last_event=job.last_seq,
            epoch=self.services.reader.epoch(),
            links=job_links(self.address, job.id),
        )

    def segments(self, job: Job, attempts: Sequence[Attempt]) -> list[SegmentBody]:
        """All segments of the job with their attempts."""
        return [
            self._segment(job, index, segment, [a for a in attempts if a.segment == segment.name])
            for index, segment in enumerate(job.segments, 1)
        ]

    def _place(self, job: Job) -> int:
        if job.status is not JobStatus.QUEUED:
            return 0
        try:
            return self.services.reader.place(self.owner, job.id)
        except JobNotFound:  # deleted since it was read
            return 0

    def _segment(
        self, job: Job, index: int, segment: JobSegment, attempts: Sequence[Attempt]
    ) -> SegmentBody:
        is_tried_later = segment.status is SegmentStatus.READY
        return SegmentBody(
            name=segment.name,
            title=segment.title,
            index=index,
            after=list(segment.after),
            status=segment.status,
            progress=round(segment.progress, 4),
            message=segment.message,
            reused=segment.reused,
            started_at=iso(segment.started_at),
            finished_at=iso(segment.finished_at),
            ready_at=iso(segment.ready_at) if is_tried_later else None,
            artifact=self._artifact(job, segment),
            attempts=[_attempt(one) for one in attempts],
        )

    def _artifact(self, job: Job, segment: JobSegment) -> ArtifactLink | None:
        if segment.artifact_digest is None:
            return None
        url = f"{self.address}/jobs/{job.id}/artifacts/{segment.name}"
        return ArtifactLink(sha256=segment.artifact_digest, url=url)


def job_links(address: str, job_id: str) -> JobLinks:
    """The addresses of a job and of what belongs to it."""
    here = f"{address}/jobs/{job_id}"
    return JobLinks(
        self=here,
        result=f"{here}/result",
        events=f"{here}/events",
        socket=f"ws{here.removeprefix('http')}/ws",
        segments=f"{here}/segments",
        cancel=f"{here}/cancel",
        retry=f"{here}/retry",
    )


def receipt_body(receipt: Receipt) -> ReceiptBody:
    """What went with a job."""
    return ReceiptBody(
        job=receipt.job,
        deleted_at=utc_text(receipt.deleted_at),
        events=receipt.events,
        attempts=receipt.attempts,
        artifacts=list(receipt.artifacts),
        documents=list(receipt.documents),
    )


def _current(job: Job) -> SegmentNow | None:
    current = job.current
    if current is None:
        return None
    index = [segment.name for segment in job.segments].index(current.name) + 1
    return SegmentNow(
        name=current.name,
        title=current.title,
        index=index,
        total=len(job.segments),
        message=current.message,
    )


def _error(job: Job) -> JobError | None:
    if job.problem is None:
        return None
    kind = kind_of(job.problem)
    return JobError(
        type=kind.type,
        title=kind.title,
        detail=job.detail or "The job failed.",
        segment=job.failed_segment,
        retryable=job.dead_letter,
    )


def _attempt(attempt: Attempt) -> AttemptBody:
    """Without the log: it is for the operator, and may name paths."""
    return AttemptBody(
        id=attempt.id,
        number=attempt.number,
        worker=attempt.worker,
        started_at=utc_text(attempt.started_at),
        ended_at=iso(attempt.ended_at),
        outcome=attempt.outcome,
        problem=attempt.problem,
        detail=attempt.detail,
    )

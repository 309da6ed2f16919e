"""The sample report, analysed like any other document right after the first start."""

from __future__ import annotations

from collections.abc import Mapping

from apostil.application import Application
from apostil.bootstrap.home import Home
from apostil.bootstrap.intake import FileIntake
from apostil.config import MIB
from apostil.engine import (
    LOCAL_OWNER,
    Clock,
    Job,
    JobDocument,
    JobQuery,
    JobStatus,
    Queue,
    Submission,
    submit,
)
from apostil.samples import ANNUAL_REPORT, ANNUAL_REPORT_APPLICATION

JOBS_LOOKED_AT = 200


def submit_sample(
    home: Home, queue: Queue, applications: Mapping[str, Application], *, clock: Clock
) -> Job | None:
    """The job of the sample: the one that is there, or a new one. None if nobody can read it."""
    application = applications.get(ANNUAL_REPORT_APPLICATION)
    if application is None:
        return None
    with ANNUAL_REPORT.open("rb") as source:
        received = FileIntake(home.files, max_bytes=MIB)(
            source, ANNUAL_REPORT.name, owner=LOCAL_OWNER
        )
    query = JobQuery(application=application.name, limit=JOBS_LOOKED_AT)
    for job in home.reader.list(LOCAL_OWNER, query).jobs:
        is_good = job.status not in {JobStatus.FAILED, JobStatus.CANCELLED}
        if is_good and [one.sha256 for one in job.documents] == [received.sha256]:
            return job
    (kept,) = home.documents.register(LOCAL_OWNER, [received], now=clock())
    document = JobDocument(
        sha256=kept.sha256, name=kept.name, media_type=kept.media_type, size=kept.size
    )
    submission = Submission(
        application=application.name,
        version=application.version,
        pipeline=application.pipeline,
        documents=(document,),
    )
    return submit(submission, jobs=home.jobs, queue=queue, clock=clock)

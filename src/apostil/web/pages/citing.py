"""Which result speaks of a document, and what it cites there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import msgspec

from apostil.application import result_of
from apostil.engine import Document, Job, JobQuery, JobStatus
from apostil.web.pages.rendering import ROOT
from apostil.web.problems import Refused, job_problem
from apostil.web.services import Services


@dataclass(frozen=True, slots=True)
class Cited:
    """The citations of one document in one job's result, by id, in the result's order."""

    job: str
    citations: Mapping[str, Mapping[str, Any]]


def newest_job_on(services: Services, owner: str, document: Document) -> Job | None:
    """The owner's newest job on the document that has a result."""
    query = JobQuery(document=document.sha256, statuses=(JobStatus.SUCCEEDED,), limit=1)
    return next(iter(services.reader.list(owner, query).jobs), None)


def job_on(services: Services, owner: str, document: Document, job_id: str) -> Job:
    """The job of this id, which must be on the document. Refused, JobNotFound."""
    job = services.reader.get(owner, job_id)
    if document.sha256 not in {one.sha256 for one in job.documents}:
        raise Refused("job-not-found", "That job is not on this document.")
    return job


def citations_in(services: Services, owner: str, document: Document, job: Job) -> Cited:
    """What the job's result cites in the document. Refused when the job has no result."""
    if job.status is not JobStatus.SUCCEEDED:
        raise job_problem(job)
    result = msgspec.json.decode(result_of(job, services.reader.result(owner, job.id)))
    found = {
        key: one
        for key, one in result["citations"].items()
        if one.get("document") == document.sha256
    }
    return Cited(job.id, found)


def place_of(document_id: str, *, cite: str, job: str) -> str:
    """The address, on this server, of a citation beside its page. It names the job, since another
    job on the same document numbers its citations anew."""
    return f"{ROOT}/documents/{document_id}?{urlencode({'cite': cite, 'job': job})}"

"""The one door by which documents become a job: of the pages, the API and every application's own
interface."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO

from apostil.application import FORMAT_NAMES, Application
from apostil.engine import (
    DEFAULT_PRIORITY,
    Document,
    Job,
    JobDocument,
    NewDocument,
    Submission,
    submit,
)
from apostil.web.problems import FieldError, Refused
from apostil.web.services import Services


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """A file on its way in, under the name that its sender gave it."""

    source: BinaryIO
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a client asks for beside the documents. See ``engine.Submission``."""

    parameters: Mapping[str, Any]
    priority: int = DEFAULT_PRIORITY
    parallel: bool = False
    password: str | None = None
    idempotency_key: str | None = None


def application_named(services: Services, name: str) -> Application:
    """An installed application by its slug or its name. Refused as ``application-unknown``."""
    found = services.applications.get(name.replace("_", "-"))
    if found is None:
        known = ", ".join(services.applications) or "none"
        raise Refused(
            "application-unknown",
            f"The application {name[:80]!r} is not installed; these are: {known}.",
            errors=[FieldError("/body/application", "No such application.")],
        )
    return found


def receive_files(
    services: Services, owner: str, application: Application, uploads: Sequence[Upload]
) -> list[JobDocument]:
    """Take in the files of one job. Nothing is kept of a file that is refused; raises Refused,
    DocumentError, QuotaExceeded or StoreFull."""
    check_count(application, len(uploads))

    def check(new: NewDocument) -> None:
        check_format(application, new.name, new.media_type)

    return [
        _as_sent(services.intake(one.source, one.name, owner=owner, check=check)) for one in uploads
    ]


def known_documents(
    services: Services, owner: str, application: Application, document_ids: Sequence[str]
) -> list[JobDocument]:
    """Documents that the owner has sent before. Raises Refused, DocumentNotFound."""
    check_count(application, len(document_ids))
    found = [services.documents.get_document(owner, one) for one in document_ids]
    for one in found:
        check_format(application, one.name, one.media_type)
    return [_as_kept(one) for one in found]


def submit_job(
    services: Services,
    owner: str,
    application: Application,
    documents: Sequence[JobDocument],
    wish: Wish,
) -> Job:
    """Store the job; it is never lost from then on. Raises Refused, IdempotencyConflict,
    DocumentGone, StoreBusy."""
    return submit(
        Submission(
            application=application.name,
            version=application.version,
            pipeline=application.pipeline,
            documents=tuple(documents),
            parameters=wish.parameters,
            owner=owner,
            priority=wish.priority,
            parallel=wish.parallel,
            password=wish.password,
            idempotency_key=wish.idempotency_key,
        ),
        jobs=services.jobs,
        queue=services.queue,
        clock=services.clock,
    )


def check_count(application: Application, count: int) -> None:
    """Refuse too few or too many documents."""
    least, most = application.documents
    if not least <= count <= most:
        wanted = str(least) if least == most else f"{least} to {most}"
        raise Refused(
            "documents-wrong",
            f"{application.title} takes {wanted} document{'s' if most > 1 else ''}; {count} came.",
            errors=[FieldError("/body/files", f"{wanted} wanted, {count} sent")],
        )


def check_format(application: Application, name: str, media_type: str) -> None:
    """Refuse a document that the application does not read."""
    if media_type not in application.media_types:
        formats = " or ".join(FORMAT_NAMES.get(kind, kind) for kind in application.media_types)
        raise Refused(
            "unsupported-format", f"{application.title} cannot read {name}; it reads {formats}."
        )


def _as_sent(new: NewDocument) -> JobDocument:
    return JobDocument(sha256=new.sha256, name=new.name, media_type=new.media_type, size=new.size)


def _as_kept(document: Document) -> JobDocument:
    return JobDocument(
        sha256=document.sha256,
        name=document.name,
        media_type=document.media_type,
        size=document.size,
    )

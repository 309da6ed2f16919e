"""The catalogue of problem types: the one list that answers, documentation and tests share."""

from __future__ import annotations

from dataclasses import dataclass

PREFIX = "/problems/"


@dataclass(frozen=True, slots=True)
class Kind:
    """One type of problem. ``status`` is of the answer that says it; of a failed job's result the
    status is 409. ``advice`` says what the reader can do."""

    name: str
    status: int
    title: str
    advice: str

    @property
    def type(self) -> str:
        return PREFIX + self.name


_OF_REQUESTS = (
    Kind("bad-request", 400, "Not a request that can be read", "Mend the request."),
    Kind(
        "token-needed",
        401,
        "An access token is needed",
        "Open the full address that the server printed, or send Authorization: Bearer TOKEN.",
    ),
    Kind("other-site", 403, "From another site", "Send it from the server's own pages."),
    Kind("not-found", 404, "Nothing here", "Check the address."),
    Kind("job-not-found", 404, "No such job", "List the jobs."),
    Kind("segment-not-found", 404, "No such segment", "List the segments of the job."),
    Kind("document-not-found", 404, "No such document", "List the documents."),
    Kind("application-not-found", 404, "No such application", "List the applications."),
    Kind("page-unavailable", 404, "This page cannot be shown", "Fetch the original instead."),
    Kind(
        "method-not-allowed", 405, "Not with this method", "The header Allow names those it takes."
    ),
    Kind("body-too-slow", 408, "The body came too slowly", "Send it again over a better line."),
    Kind("result-not-ready", 409, "There is no result yet", "Wait, or follow the events."),
    Kind("job-cancelled", 409, "The job was cancelled", "Submit the documents again."),
    Kind("job-not-failed", 409, "Nothing to retry", "Only a failed job can be retried."),
    Kind("artifact-missing", 409, "There is no artifact", "Wait until the segment has finished."),
    Kind("document-in-use", 409, "The document is in use", "Delete its jobs first."),
    Kind("idempotency-in-progress", 409, "The first request still runs", "Wait and ask again."),
    Kind("answer-not-kept", 409, "It was done, the answer is gone", "Look at what it made."),
    Kind("document-gone", 410, "The file is gone", "Send the document again."),
    Kind("body-too-large", 413, "Too large", "Split the file, or raise the limit."),
    Kind("address-too-long", 414, "The address is too long", "Send the values in the body."),
    Kind("range-not-satisfiable", 416, "Not a part of the file", "Content-Range says its size."),
    Kind("host-unknown", 421, "Not this server's name", "APOSTIL_ALLOWED_HOSTS adds names."),
    Kind("unsupported-body", 415, "Not that kind of body", "Set the Content-Type it names."),
    Kind("request-invalid", 422, "The request is not valid", "`errors` names each fault."),
    Kind("application-unknown", 422, "No such application", "List the applications."),
    Kind("documents-wrong", 422, "Not those documents", "Send what the application takes."),
    Kind("cursor-invalid", 422, "Not a place in the list", "Begin with the newest."),
    Kind("idempotency-key-reused", 422, "The key belongs to another request", "Use a new key."),
    Kind("rate-limited", 429, "Too many requests", "Wait as long as Retry-After says."),
    Kind("header-too-large", 431, "The headers are too large", "Send fewer and shorter headers."),
    Kind("internal-error", 500, "Something went wrong here", "The server's log says more."),
    Kind("too-many-connections", 503, "Too many connections", "Close some, or try again shortly."),
    Kind("store-busy", 503, "The database is busy", "Try again shortly."),
    Kind("reader-busy", 503, "Other documents are being read", "Ask again shortly."),
    Kind("store-full", 507, "There is no room left", "Free space on the server's disk."),
    Kind("storage-quota", 507, "The storage quota is used up", "Delete jobs, or raise the quota."),
)
_OF_DOCUMENTS = (
    Kind("document-too-large", 413, "The file is too large", "Split the file."),
    Kind("unsupported-format", 415, "Not a format that is read", "Convert the file."),
    Kind("unreadable-document", 422, "The file cannot be read", "Get a fresh copy."),
    Kind("empty-file", 422, "The file is empty", "Check that it was saved completely."),
    Kind("too-many-pages", 422, "Too many pages", "Split the file."),
    Kind("page-too-large", 422, "A page is too large", "Print it to a usual paper size."),
    Kind("password-needed", 422, "A password is needed", "Send the file with its password."),
    Kind("damaged-document", 422, "The file is damaged", "Get a fresh copy."),
    Kind("no-readable-text", 422, "No text that can be read", "Recognise the text first (OCR)."),
    Kind("page-not-found", 404, "No such page", "Ask for a page that the document has."),
)
_OF_WORK = (
    Kind("disturbed", 503, "A disturbance", "Retry the job."),
    Kind("effect-unknown", 500, "The application is at fault", "Report it to its makers."),
    Kind("executor-died", 500, "The process that worked on it died", "Retry, or report it."),
    Kind("memory-limit", 422, "Too much memory was needed", "Split the document."),
    Kind("need-not-provided", 500, "Something is not set up", "See: apostil doctor."),
    Kind("segment-error", 500, "A step failed", "Report it with the document if you may."),
    Kind("segment-unknown", 500, "The step is not installed", "Install the application again."),
    Kind("storage-full", 507, "There was no room left", "Free space on the server, then retry."),
    Kind("time-limit", 422, "It took too long", "Split the document, or retry."),
    Kind("worker-lost", 503, "The worker was lost", "Retry the job."),
)
KINDS = {kind.name: kind for kind in (*_OF_REQUESTS, *_OF_DOCUMENTS, *_OF_WORK)}


def kind_of(problem: str) -> Kind:
    """The kind of a stable type such as ``/problems/empty-file``; ``segment-error`` for a type
    that an application has made up for itself and that is not in the list."""
    return KINDS.get(problem.removeprefix(PREFIX), KINDS["segment-error"])

"""The calls about jobs."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from time import monotonic
from typing import Any, TypeAlias, TypeVar

import msgspec
from msgspec.structs import replace

from apostil.client.calls import Calls, idempotency
from apostil.client.errors import NOT_READY, Conflict, Problem, StillRunning
from apostil.client.events import Event, event_of
from apostil.client.following import Following, OnLoss
from apostil.client.sending import Sendable, Source, opened, portions
from apostil.client.shapes import (
    Batch,
    Job,
    NotSubmitted,
    Receipt,
    Result,
    Retried,
    Segment,
    Submitted,
)
from apostil.client.transport import API, segment

T = TypeVar("T")
Which: TypeAlias = Job | str
"""A job, or its id."""
TOO_LARGE = 413
_LONGEST_POLL_SECONDS = 1.0


class JobCalls(Calls):
    """What may be done with jobs."""

    def submit(
        self,
        application: str,
        documents: Source | Iterable[Source],
        *,
        parameters: Mapping[str, str] | None = None,
        priority: int | None = None,
        parallel: bool = False,
        password: str | None = None,
        idempotency_key: str | None = None,
    ) -> Job:
        """Send documents and make one job of them. Files are read while they are sent.

        ``priority`` goes from 0, first, to 9; ``parallel`` runs independent segments at once;
        ``password`` opens encrypted files and is not stored. A call that is repeated with the same
        ``idempotency_key`` makes no second job; without one each call has a key of its own, so that
        a lost connection makes no second job either.
        """
        fields = _fields(application, parameters, priority, parallel=parallel, password=password)
        with opened(documents) as files:
            return self._sent("jobs", Job, fields, files, idempotency_key)

    def batch(
        self,
        application: str,
        documents: Source | Iterable[Source],
        *,
        parameters: Mapping[str, str] | None = None,
        priority: int | None = None,
        parallel: bool = False,
        password: str | None = None,
        idempotency_key: str | None = None,
    ) -> Batch:
        """Send many documents and make a job of each. One that is refused stops no other; it is
        listed under ``failed``. Of very many some are sent at a time."""
        fields = _fields(application, parameters, priority, parallel=parallel, password=password)
        found = []
        for number, portion in enumerate(portions(documents)):
            key = f"{idempotency_key}/{number}" if idempotency_key and number else idempotency_key
            with opened(portion) as files:
                found.append(self._portion(fields, files, key))
        return _joined(found)

    def _portion(
        self, fields: Mapping[str, str], files: Sequence[Sendable], key: str | None
    ) -> Batch:
        """One request of a batch, or two where that is too large for this server."""
        try:
            return self._sent("jobs/batch", Batch, fields, files, key)
        except Problem as refusal:
            if isinstance(refusal.members.get("failed"), list):
                return self._transport.decode(msgspec.json.encode(refusal.members), Batch)
            if refusal.status != TOO_LARGE:
                raise
            if len(files) == 1:
                alone = NotSubmitted(index=0, name=files[0][0], problem=refusal.members)
                return Batch(failed=(alone,))
        middle = len(files) // 2
        halves = (files[:middle], files[middle:])
        return _joined(
            self._portion(fields, half, key and f"{key}.{number}")
            for number, half in enumerate(halves)
        )

    def submit_documents(
        self,
        application: str,
        documents: Iterable[str],
        *,
        parameters: Mapping[str, str] | None = None,
        priority: int | None = None,
        parallel: bool = False,
        password: str | None = None,
        idempotency_key: str | None = None,
    ) -> Job:
        """Make one job of documents that the server has, by their ids or SHA-256."""
        body: dict[str, Any] = {
            "application": application,
            "documents": list(documents),
            "parameters": dict(parameters or {}),
            "parallel": parallel,
        }
        body |= {} if priority is None else {"priority": priority}
        body |= {} if password is None else {"password": password}
        headers = idempotency(idempotency_key)
        return self._transport.read(Job, "POST", f"{API}/jobs", json=body, headers=headers)

    def job(self, job: Which) -> Job:
        """The job as it stands now."""
        return self._transport.read(Job, "GET", self._path(job))

    def jobs(
        self,
        *,
        status: str | Sequence[str] = (),
        application: str | None = None,
        document: str | None = None,
        dead_letter: bool | None = None,
    ) -> Iterator[Job]:
        """All jobs, newest first; further pages are fetched as they are come to. ``document`` is a
        SHA-256."""
        statuses = [status] if isinstance(status, str) else status
        dead = None if dead_letter is None else str(dead_letter).lower()
        asked = [("application", application), ("document", document), ("dead_letter", dead)]
        chosen = [("status", one) for one in statuses]
        chosen += [(name, value) for name, value in asked if value is not None]
        return self._items(f"{API}/jobs", Job, chosen)

    def wait(self, job: Which, timeout_seconds: float | None = None) -> Job:
        """The job once it has ended, however it ended. StillRunning when the time is over first;
        the job goes on."""
        until = None if timeout_seconds is None else monotonic() + timeout_seconds
        pause = _LONGEST_POLL_SECONDS / 16
        while True:
            found = self.job(job)
            if found.has_ended:
                return found
            left = None if until is None else until - monotonic()
            if left is not None and left <= 0:
                raise StillRunning(f"The job {found.id} is {found.status} still; it goes on.")
            self._transport.sleep(pause if left is None else min(pause, left))
            pause = min(pause * 2, _LONGEST_POLL_SECONDS)

    def follow(
        self,
        job: Which,
        after: int = 0,
        *,
        epoch: str | None = None,
        on_loss: OnLoss | None = None,
    ) -> Iterator[Event]:
        """The job's events from number ``after`` + 1 on, as they come, until it has ended.

        A lost connection is made again and misses nothing; ``on_loss`` is told why it was lost.
        ``epoch`` tells which numbering ``after`` is of, if it was kept for long (``Job.epoch``).
        Unreachable when no server came back within about a minute.
        """
        if epoch is None and isinstance(job, Job) and after:
            epoch = job.epoch or None
        path = self._path(job, "events")
        return Following(self._transport, path, after=after, epoch=epoch, on_loss=on_loss).events()

    def events(self, job: Which, after: int = 0) -> list[Event]:
        """The events that there are by now."""
        found = self._items(self._path(job, "events"), dict[str, Any], [("after", str(after))])
        return [event_of(members) for members in found]

    def segments(self, job: Which) -> list[Segment]:
        """The steps of the job in their order, each with its attempts."""
        return list(self._items(self._path(job, "segments"), Segment))

    def artifact(self, job: Which, segment_name: str) -> bytes:
        """What a finished segment made. Conflict if it has not finished."""
        path = self._path(job, "artifacts", segment_name)
        return self._transport.send("GET", path, headers={"Accept": "*/*"}).body

    def result(self, job: Which, timeout_seconds: float | None = None) -> Result:
        """The result, waited for if need be.

        Raises JobFailed when the job has ended without one, StillRunning when the time is over.
        """
        return self._transport.decode(self.result_bytes(job, timeout_seconds), Result)

    def result_bytes(self, job: Which, timeout_seconds: float | None = None) -> bytes:
        """The result as the server sent it: what ``apostil verify`` reads. Raises as ``result``."""
        path = self._path(job, "result")
        try:
            return self._transport.send("GET", path).body
        except Conflict as conflict:
            if conflict.type != NOT_READY:
                raise
        self.wait(job, timeout_seconds)
        return self._transport.send("GET", path).body

    def cancel(self, job: Which) -> Job:
        """End the job at once; one that has ended stays as it is."""
        return self._transport.read(
            Job, "POST", self._path(job, "cancel"), headers=idempotency(None)
        )

    def retry(self, job: Which, *, password: str | None = None) -> Job:
        """Go on with a failed job from the segment that failed; encrypted documents need their
        ``password`` again. Conflict if it did not fail."""
        said = {} if password is None else {"password": password}
        path = self._path(job, "retry")
        return self._transport.read(Job, "POST", path, json=said, headers=idempotency(None))

    def retry_dead_letters(self) -> list[Job]:
        """Retry every job that failed because a segment used up its attempts."""
        path, asked = f"{API}/jobs/retry", {"dead_letter": "true"}
        retried: list[Job] = []
        while True:
            key = idempotency(None)
            some = self._transport.read(Retried, "POST", path, params=asked, headers=key)
            retried += some.items
            if not some.items or not some.remaining:
                return retried

    def delete(self, job: Which) -> Receipt:
        """Delete the job with its events and with what only it uses; says what went."""
        return self._transport.read(Receipt, "DELETE", self._path(job))

    def _sent(
        self,
        path: str,
        shape: type[T],
        fields: Mapping[str, str],
        files: Iterable[Sendable],
        key: str | None,
    ) -> T:
        parts = [("files", (name, file, "application/octet-stream")) for name, file in files]
        headers = idempotency(key)
        return self._transport.read(
            shape, "POST", f"{API}/{path}", data=fields, files=parts, headers=headers
        )

    def _path(self, job: Which, *steps: str) -> str:
        name = job.id if isinstance(job, Job) else job
        return "/".join((f"{API}/jobs", *(segment(step) for step in (name, *steps))))


def _joined(batches: Iterable[Batch]) -> Batch:
    """One batch, its documents counted through all of them."""
    items: list[Submitted] = []
    failed: list[NotSubmitted] = []
    for batch in batches:
        before = len(items) + len(failed)
        items += (replace(one, index=one.index + before) for one in batch.items)
        failed += (replace(one, index=one.index + before) for one in batch.failed)
    return Batch(items=tuple(items), failed=tuple(failed))


def _fields(
    application: str,
    parameters: Mapping[str, str] | None,
    priority: int | None,
    *,
    parallel: bool,
    password: str | None,
) -> dict[str, str]:
    """The fields of a form; what was not said is left to the server."""
    fields = {"application": application}
    if parameters:
        fields["parameters"] = json.dumps(dict(parameters))
    if priority is not None:
        fields["priority"] = str(priority)
    if parallel:
        fields["parallel"] = "true"
    if password is not None:
        fields["password"] = password
    return fields

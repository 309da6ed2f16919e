"""One error for one cause. The message says what the reader can do."""

from __future__ import annotations

import errno


class EngineError(Exception):
    """Something the engine could not do."""


class PipelineInvalid(EngineError):
    """A pipeline contradicts itself; mend the application."""


class ClaimLost(EngineError):
    """An attempt no longer holds its segment: the lease ran out, or the job ended. Forget the work."""

    def __init__(self, job_id: str, token: str) -> None:
        super().__init__(f"attempt {token} no longer holds a segment of job {job_id}")


class JobNotFound(EngineError):
    """There is no such job, or it belongs to somebody else."""


class JobNotFailed(EngineError):
    """Only a failed job can be retried."""

    def __init__(self, job_id: str, status: str) -> None:
        super().__init__(f"The job {job_id} is {status}; only a failed job can be retried.")


class CursorInvalid(EngineError):
    """The cursor is none that a list gave; begin with the newest."""

    def __init__(self) -> None:
        super().__init__("This place in the list is not known; begin with the newest.")


class IdempotencyConflict(EngineError):
    """The idempotency key was used with another request; choose a new key."""


class IdempotencyInProgress(EngineError):
    """The first request with this idempotency key still runs; ask again shortly."""

    def __init__(self) -> None:
        super().__init__("The first request with this key still runs; ask again shortly.")


class AnswerNotKept(EngineError):
    """The request was carried out, but its answer was too long to be kept; look at what it made."""

    def __init__(self) -> None:
        super().__init__(
            "This request was carried out before; its answer was too long to be kept. Look at "
            "what it made."
        )


class ApplicationUnknown(EngineError):
    """No application of this name is installed; ``apostil doctor`` lists them."""


class ArtifactMissing(EngineError):
    """The segment has not finished, so that there is no artifact to read."""


class StoreBusy(EngineError):
    """The database did not answer in time. Nothing was written; try again shortly."""


class DocumentGone(EngineError):
    """The document's file is no longer there; send it again."""


class DocumentNotFound(EngineError):
    """There is no such document, or it belongs to somebody else."""


class DocumentInUse(EngineError):
    """Jobs use the document; delete them first."""

    def __init__(self, document_id: str) -> None:
        super().__init__(f"Jobs use the document {document_id}; delete them first.")


class EffectUnknown(EngineError):
    """A segment asked for an effect that nothing here applies; mend the application."""


class ExecutorDied(EngineError):
    """The executor process ended by itself or was killed. ``returncode`` as in ``subprocess``."""

    def __init__(self, returncode: int | None) -> None:
        super().__init__(f"the executor ended with code {returncode}")
        self.returncode = returncode


class StoreUnusable(EngineError):
    """What should be the database cannot be opened as one; nothing was changed."""


class StoreFull(EngineError):
    """There is no room left for an artifact or a document. Nothing was written."""


def is_disk_full(error: OSError) -> bool:
    """Whether there was no room on the disk, or none that this user may have."""
    return error.errno in {errno.ENOSPC, errno.EDQUOT}


class QuotaExceeded(EngineError):
    """The owner's documents and artifacts would take more room than the owner may have."""


class SegmentFailed(EngineError):
    """A segment cannot do its work on these inputs, and trying again would not help.

    ``problem`` is a stable type such as ``/problems/no-readable-text``; ``detail`` is a plain
    sentence: what happened, what was kept, what to do.
    """

    def __init__(self, problem: str, detail: str) -> None:
        super().__init__(detail)
        self.problem = problem
        self.detail = detail


class SegmentDisturbed(EngineError):
    """A segment met something that may pass, such as a connection that was refused; try again."""

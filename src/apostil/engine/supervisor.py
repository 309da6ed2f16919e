"""A worker's main loop. It owns the store, the lease and the limits; its executor does the work."""

from __future__ import annotations

import os
import random
import socket
import time
from typing import Protocol

from apostil.engine.advance import Claim, advance, give_back, reload
from apostil.engine.errors import ArtifactMissing, ClaimLost, StoreBusy, StoreFull
from apostil.engine.job import Conclusion, Failure
from apostil.engine.keys import as_of, named_parameters
from apostil.engine.pipeline import Need
from apostil.engine.ports import Executor, WorkerState
from apostil.engine.recover import clean, sweep
from apostil.engine.states import Outcome
from apostil.engine.transitions import progress
from apostil.engine.watch import run_order
from apostil.engine.wire import Paper, Progressed, Run
from apostil.engine.worker import Worker


class Log(Protocol):
    """An event name and facts, as structlog takes them; passed in, so that an executor does not
    load what only its supervisor writes with."""

    def info(self, event: str, **facts: object) -> None: ...

    def warning(self, event: str, **facts: object) -> None: ...


class Inbox(Protocol):
    """What the outside tells a worker."""

    @property
    def is_stopping(self) -> bool:
        """Whether the worker should give its segment back and end."""

    def wait(self, timeout_seconds: float) -> None:
        """Return early when there may be work, or when the worker should stop."""

    def password(self, job_id: str) -> str | None:
        """The password that came with the job, if this worker was told."""


class Supervisor:
    """Works on one segment after the other until it is told to stop."""

    def __init__(self, worker: Worker, executor: Executor, inbox: Inbox, log: Log) -> None:
        self._worker = worker
        self._executor = executor
        self._inbox = inbox
        self._log = log
        self._started_at = worker.clock()
        self._next_report = 0.0
        self._next_sweep = 0.0

    def run(self) -> None:
        """Return after a stop, with nothing claimed and no executor left."""
        try:
            self.start()
            while not self._inbox.is_stopping:
                if not self.advance():
                    self._inbox.wait(self._worker.tempo.poll)
        finally:
            self._executor.kill()
        self.stop()

    def start(self) -> None:
        """Have an executor load meanwhile; whoever calls ``advance`` by himself begins so."""
        self._executor.start()

    def stop(self) -> None:
        """Leave no executor behind, nor word of this worker."""
        self._executor.kill()
        try:
            self._worker.roster.leave(self._worker.id)
        except (StoreBusy, StoreFull) as refusal:
            self._log.warning("store_refused", reason=str(refusal))

    def advance(self, job_id: str | None = None) -> bool:
        """Do what there is to do for a time slice, of the most urgent job or the given one; return
        whether there was any."""
        try:
            self._look_after_all()
            return advance(self._worker, self._work, job_id=job_id)
        except ClaimLost as lost:
            self._log.info("claim_lost", reason=str(lost))
            return True
        except (StoreBusy, StoreFull) as refusal:
            # The lease ends by itself; the work goes on when there is time, or room, again.
            self._log.warning("store_refused", reason=str(refusal))
            return False

    def _work(self, claim: Claim) -> Conclusion:
        attendance = _Attendance(self._worker, claim, self._inbox, self._log)

        def attend(told: Progressed | None) -> None:
            attendance.attend(told)
            self._look_after_all(claim)

        attendance.attend(None)  # a stop counts between short segments too
        try:
            order = self._order(claim)
        except ArtifactMissing as missing:
            return Failure(
                outcome=Outcome.FAILED, problem="/problems/artifact-missing", detail=str(missing)
            )
        limits = self._worker.segment(claim.job, claim.segment).limits
        tick = self._worker.tempo.tick
        return run_order(self._executor, order, limits, tick_seconds=tick, attend=attend)

    def _order(self, claim: Claim) -> Run:
        job, worker = claim.job, self._worker
        segment = worker.segment(job, claim.segment)
        papers = tuple(
            Paper(
                sha256=d.sha256,
                name=d.name,
                media_type=d.media_type,
                size=d.size,
                path=str(worker.files.path(d.sha256)),
            )
            for d in job.documents
        )
        return Run(
            job=job.id,
            work=segment.work,
            documents=papers,
            parameters=named_parameters(job, segment),
            artifacts={name: self._artifact(claim, name) for name in segment.after},
            as_of=as_of(job) if Need.AS_OF in segment.needs else None,
            password=self._inbox.password(job.id),
        )

    def _artifact(self, claim: Claim, name: str) -> tuple[str, bytes | None]:
        """An earlier artifact; without its bytes if the executor has them."""
        earlier = claim.job.segment(name)
        key, digest = earlier.artifact_key or "", earlier.artifact_digest or ""
        if self._executor.holds(claim.job.id, digest):
            return digest, None
        return digest, self._worker.jobs.read_artifact(claim.job.owner, key)

    def _look_after_all(self, claim: Claim | None = None) -> None:
        """Report this worker, and take its turn at the sweep. What cannot be done now is due again
        soon enough."""
        now = time.monotonic()
        tempo = self._worker.tempo
        try:
            if now >= self._next_report:
                self._next_report = now + tempo.heartbeat
                self._worker.roster.report(self._state(claim))
            if now >= self._next_sweep:
                self._next_sweep = now + tempo.sweep * random.uniform(0.8, 1.2)  # noqa: S311 - spreads the workers
                if sweep(self._worker):
                    clean(self._worker)
        except (StoreBusy, StoreFull) as refusal:
            self._log.warning("store_refused", reason=str(refusal))

    def _state(self, claim: Claim | None) -> WorkerState:
        return WorkerState(
            id=self._worker.id,
            host=socket.gethostname(),
            pid=os.getpid(),
            started_at=self._started_at,
            seen_at=self._worker.clock(),
            job=claim.job.id if claim else None,
            segment=claim.segment if claim else None,
        )


class _Attendance:
    """Keeps one claim alive while its segment runs, and stores its reports now and then."""

    def __init__(self, worker: Worker, claim: Claim, inbox: Inbox, log: Log) -> None:
        self._worker = worker
        self._log = log
        self._claim = claim
        self._inbox = inbox
        self._job = claim.job
        self._told: Progressed | None = None
        self._next_heartbeat = time.monotonic() + worker.tempo.heartbeat
        self._next_progress = 0.0

    def attend(self, told: Progressed | None) -> None:
        """Raises ClaimLost when the segment is no longer ours, by loss or by our own stop."""
        self._told = told or self._told
        if self._inbox.is_stopping:
            give_back(self._worker, self._claim)
            raise ClaimLost(self._claim.job.id, self._claim.token)
        now = time.monotonic()
        try:
            if now >= self._next_heartbeat:
                self._next_heartbeat = now + self._worker.tempo.heartbeat
                self._heartbeat()
            if self._told is not None and now >= self._next_progress:
                self._next_progress = now + self._worker.tempo.progress
                self._store_progress(self._told)
        except (StoreBusy, StoreFull) as refusal:
            self._log.warning("store_refused", reason=str(refusal))

    def _heartbeat(self) -> None:
        until = self._worker.clock() + self._worker.tempo.lease
        job_id, token = self._claim.job.id, self._claim.token
        if not self._worker.jobs.extend_lease(job_id, token, until=until):
            raise ClaimLost(job_id, token)

    def _store_progress(self, told: Progressed) -> None:
        """If the job has changed meanwhile, the report waits for its next turn."""
        what = (told.done, told.total, told.message)
        change = progress(self._job, self._claim.token, what, now=self._worker.clock())
        if self._worker.jobs.save(change):
            self._job, self._told = change.settled(), None
        else:
            self._job = reload(self._worker, self._claim)

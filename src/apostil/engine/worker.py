"""A worker's identity and what it works with."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from apostil.engine.errors import SegmentFailed
from apostil.engine.job import Job
from apostil.engine.keys import Versions, artifact_key
from apostil.engine.pipeline import Need, Pipeline, Segment
from apostil.engine.ports import Clock, FileStore, JobStore, Queue, Roster
from apostil.engine.tempo import Tempo

_PROVIDED = frozenset({Need.AS_OF})


@dataclass(frozen=True, slots=True, kw_only=True)
class Worker:
    """One of any number of workers. ``pipelines`` are the installed applications' by name."""

    id: str
    jobs: JobStore
    roster: Roster
    files: FileStore
    queue: Queue
    pipelines: Mapping[str, Pipeline]
    tempo: Tempo = field(default_factory=Tempo)
    clock: Clock = time.time
    pause: Callable[[float], None] = time.sleep
    jitter: Callable[[], float] = random.random
    versions: Versions = field(default_factory=Versions)

    def segment(self, job: Job, name: str) -> Segment:
        """What to run. SegmentFailed if this installation does not know it (any more), or cannot
        give it what it needs."""
        pipeline = self.pipelines.get(job.application)
        found = [s for s in pipeline.segments if s.name == name] if pipeline else []
        if not found:
            raise SegmentFailed(
                "/problems/segment-unknown",
                f"This installation has no step “{name}” of {job.application}; "
                "submit the job again.",
            )
        if missing := found[0].needs - _PROVIDED:
            raise SegmentFailed(
                "/problems/need-not-provided",
                f"The step “{name}” needs {', '.join(sorted(missing))}, which is not set up here.",
            )
        return found[0]

    def key(self, job: Job, name: str) -> str:
        """The artifact that a segment of this job would make."""
        segment = self.segment(job, name)
        return artifact_key(job, segment, self.versions.of(segment))

"""What an application asks the engine to do: named, versioned, pure steps in a graph."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum

from apostil.engine.errors import PipelineInvalid

MIB = 1024 * 1024


class Need(StrEnum):
    """What a segment uses beyond its documents, parameters and earlier artifacts."""

    AS_OF = "as_of"
    HISTORY = "history"
    LANGUAGE_MODEL = "language_model"
    EMBEDDER = "embedder"


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one attempt may use. At ``soft_seconds`` the segment is asked to stop, at
    ``hard_seconds`` its process is killed; ``memory_bytes`` bounds the resident set."""

    soft_seconds: float = 540.0
    hard_seconds: float = 600.0
    memory_bytes: int = 1024 * MIB


@dataclass(frozen=True, slots=True, kw_only=True)
class Retries:
    """How often a transient error is tried again, and after how many seconds: the first delay
    doubles each time up to the cap, less up to a quarter, so that many jobs do not come at once."""

    times: int = 3
    first_seconds: float = 30.0
    cap_seconds: float = 120.0

    def delay_seconds(self, failures: int, jitter: float) -> float:
        """The wait after this many failures (from 1). ``jitter`` is in [0, 1)."""
        full = min(self.cap_seconds, self.first_seconds * 2.0 ** (failures - 1))
        return full * (1.0 - jitter / 4.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """One pure step: documents, parameters and earlier artifacts in, one artifact out.

    ``work`` is the import path of a function ``(Inputs) -> value | Output``, resolved only in the
    executor. ``version`` is raised by hand when the meaning of the artifact changes; a digest of
    the source packages is added to it, so that new code never reuses an old artifact.
    ``sources`` names the packages of that digest; the package of ``work`` always counts.
    ``parameters`` names those that ``work`` reads: others do not change the artifact's key.
    """

    name: str
    title: str
    work: str
    after: tuple[str, ...] = ()
    version: int = 1
    sources: tuple[str, ...] = ()
    parameters: tuple[str, ...] = ()
    needs: frozenset[Need] = frozenset()
    limits: Limits = field(default_factory=Limits)
    retries: Retries = field(default_factory=Retries)


@dataclass(frozen=True, slots=True)
class Pipeline:
    """The segments of an application in the order in which they are shown.

    Raises PipelineInvalid when a name is taken twice, a predecessor does not come earlier, or more
    than one segment ends the pipeline: the last artifact is the result.
    """

    segments: tuple[Segment, ...]

    def __post_init__(self) -> None:
        seen: set[str] = set()
        for segment in self.segments:
            if segment.name in seen:
                raise PipelineInvalid(f"two segments are called {segment.name}")
            if unknown := set(segment.after) - seen:
                raise PipelineInvalid(f"{segment.name} comes before {sorted(unknown)}")
            seen.add(segment.name)
        ends = seen - {name for segment in self.segments for name in segment.after}
        if not self.segments or ends != {self.last.name}:
            raise PipelineInvalid(f"a pipeline ends in its last segment, not in {sorted(ends)}")

    def __getitem__(self, name: str) -> Segment:
        for segment in self.segments:
            if segment.name == name:
                return segment
        raise KeyError(name)

    @property
    def last(self) -> Segment:
        """The segment whose artifact is the result."""
        return self.segments[-1]

    def within(self, hard_seconds: float) -> Pipeline:
        """The same with this time for each segment instead of its own. It is asked to stop when
        nine tenths are used."""
        limited = tuple(
            replace(
                segment,
                limits=replace(
                    segment.limits, soft_seconds=0.9 * hard_seconds, hard_seconds=hard_seconds
                ),
            )
            for segment in self.segments
        )
        return Pipeline(limited)

    def ready(self, done: frozenset[str]) -> tuple[Segment, ...]:
        """The segments that are not done and whose predecessors all are."""
        return tuple(
            segment
            for segment in self.segments
            if segment.name not in done and done.issuperset(segment.after)
        )

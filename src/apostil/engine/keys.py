"""What an artifact was made from, as one digest: the same key means the same artifact."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import msgspec

from apostil.engine.job import Job
from apostil.engine.pipeline import Need, Segment


def as_of(job: Job) -> str:
    """The day of submission (UTC, ISO 8601): all that a segment may know of the time."""
    return dt.datetime.fromtimestamp(job.submitted_at, dt.UTC).date().isoformat()


def named_parameters(job: Job, segment: Segment) -> dict[str, object]:
    """The parameters that the segment names; it never sees the others."""
    return {name: job.parameters[name] for name in segment.parameters if name in job.parameters}


def artifact_key(job: Job, segment: Segment, version: str) -> str:
    """Digest of owner, work, version and every input. A document's name is not among them: the
    same file under another name was analysed before."""
    made_from = {
        "owner": job.owner,
        "work": segment.work,
        "version": version,
        "documents": [(d.sha256, d.media_type) for d in job.documents],
        "artifacts": {name: job.segment(name).artifact_digest for name in segment.after},
        "parameters": named_parameters(job, segment),
        "needs": {need.value: _need(job, need) for need in segment.needs},
    }
    encoded = msgspec.json.encode(made_from, order="deterministic")
    return hashlib.sha256(encoded).hexdigest()


def content_digest(job: Job) -> str:
    """Tells whether two jobs ask for the same of the same bytes, whatever the files are called and
    however urgent it is."""
    asked = (job.application, [d.sha256 for d in job.documents], dict(job.parameters))
    return hashlib.sha256(msgspec.json.encode(asked, order="deterministic")).hexdigest()


def _need(job: Job, need: Need) -> str:
    return as_of(job) if need is Need.AS_OF else ""


class Versions:
    """Versions of segments: the declared number and a digest of the sources, read once.

    A process must be started anew to run changed code, so that reading once is enough.
    """

    def __init__(self) -> None:
        self._packages: dict[str, str] = {}
        self._versions: dict[Segment, str] = {}

    def of(self, segment: Segment) -> str:
        if segment not in self._versions:
            names = sorted({_package(segment.work), *segment.sources})
            digest = hashlib.sha256("".join(self._digest(name) for name in names).encode())
            self._versions[segment] = f"{segment.version}-{digest.hexdigest()[:16]}"
        return self._versions[segment]

    def _digest(self, name: str) -> str:
        if name not in self._packages:
            digest = hashlib.sha256()
            for file in _files(name):
                digest.update(file.name.encode())
                digest.update(hashlib.sha256(file.read_bytes()).digest())
            self._packages[name] = digest.hexdigest()
        return self._packages[name]


def _package(work: str) -> str:
    """The package that a function's module belongs to; a module outside any is its own."""
    module = work.partition(":")[0]
    return module.rpartition(".")[0] or module


def _files(name: str) -> Iterator[Path]:
    """The files of a package, rules and data too, found without importing it: a supervisor must
    not load what only executors need."""
    top, *rest = name.split(".")
    spec = find_spec(top)
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError(f"no module named {top!r}", name=top)
    if not spec.submodule_search_locations:
        yield Path(spec.origin)
        return
    place = Path(next(iter(spec.submodule_search_locations))).joinpath(*rest)
    if place.with_suffix(".py").is_file():
        yield place.with_suffix(".py")
    for file in sorted(place.rglob("*")):
        if file.is_file() and "__pycache__" not in file.parts:
            yield file

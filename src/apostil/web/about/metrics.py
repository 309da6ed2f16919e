"""Numbers for Prometheus, each read from the database when it is asked for: they outlive every kill
and are the same whichever server is asked.

All are gauges, what was counted too: deleting a job takes its rows along, and a counter that falls
is taken for one that began anew. ``delta()`` and ``deriv()`` are right for them, ``rate()`` is not.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from fastapi import APIRouter, Request, Response
from prometheus_client import CollectorRegistry
from prometheus_client.core import GaugeHistogramMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import choose_encoder
from prometheus_client.registry import Collector

from apostil import __version__
from apostil.engine import DURATION_BOUNDS, AttemptTotals, JobStatus, Totals
from apostil.web.api.workers import is_alive
from apostil.web.deps import Wired
from apostil.web.services import Services

router = APIRouter(tags=["service"])

_EXAMPLE = '# HELP apostil_jobs Jobs that are kept.\n# TYPE apostil_jobs gauge\napostil_jobs{application="financial",status="succeeded"} 12.0\n'


@dataclass(frozen=True, slots=True, eq=False)
class Numbers(Collector):
    """What is known at one moment, as metrics. ``applications`` are shown even with no job yet."""

    totals: Totals
    workers: int
    free_bytes: int
    applications: Sequence[str]

    def collect(self) -> Iterator[Metric]:
        totals = self.totals
        yield self._jobs()
        yield self._dead_letters()
        yield from _attempts(totals.attempts)
        for name, meaning, value in (
            ("segments_ready", "Segments that wait for a worker.", totals.segments_ready),
            ("segments_running", "Segments that are worked on.", totals.segments_running),
            (
                "oldest_ready_seconds",
                "How long the segment that became ready first has waited.",
                totals.oldest_ready_seconds,
            ),
            ("workers", "Workers that were heard of lately.", self.workers),
            ("documents", "Documents that are kept.", totals.documents),
            ("document_bytes", "Their sizes in all.", totals.document_bytes),
            ("artifacts", "Artifacts that are kept.", totals.artifacts),
            ("artifact_bytes", "Their sizes in all.", totals.artifact_bytes),
            ("events", "Events of the jobs that are kept.", totals.events),
            ("free_bytes", "Room on the disk that holds the data.", self.free_bytes),
        ):
            yield GaugeMetricFamily(f"apostil_{name}", meaning, value=value)
        build = GaugeMetricFamily("apostil_build_info", "What runs here.", labels=("version",))
        build.add_metric((__version__,), 1)
        yield build

    def _jobs(self) -> Metric:
        jobs = GaugeMetricFamily(
            "apostil_jobs", "Jobs that are kept.", labels=("application", "status")
        )
        known = {application for application, _ in self.totals.jobs}
        for application in sorted(known.union(self.applications)):
            for status in JobStatus:
                count = self.totals.jobs.get((application, status), 0)
                jobs.add_metric((slug_of(application), status.value), count)
        return jobs

    def _dead_letters(self) -> Metric:
        dead = GaugeMetricFamily(
            "apostil_dead_letters",
            "Failed jobs that used up their attempts and may be retried.",
            labels=("application",),
        )
        for application in sorted({*self.totals.dead_letters, *self.applications}):
            dead.add_metric((slug_of(application),), self.totals.dead_letters.get(application, 0))
        return dead


def slug_of(application: str) -> str:
    """The name that the API has for an application, also for one that is no longer installed."""
    return application.replace("_", "-")


def _attempts(attempts: Sequence[AttemptTotals]) -> Iterator[Metric]:
    counted = GaugeMetricFamily(
        "apostil_attempts",
        "Ended attempts of the jobs that are kept.",
        labels=("application", "segment", "outcome"),
    )
    by_segment: dict[tuple[str, str], list[AttemptTotals]] = defaultdict(list)
    for one in attempts:
        counted.add_metric((slug_of(one.application), one.segment, one.outcome.value), one.count)
        by_segment[slug_of(one.application), one.segment].append(one)
    yield counted
    lasted = GaugeHistogramMetricFamily(
        "apostil_attempt_seconds",
        "How long these attempts took.",
        labels=("application", "segment"),
    )
    for labels, ended in by_segment.items():
        within = [sum(one.within[place] for one in ended) for place in range(len(DURATION_BOUNDS))]
        buckets = [(str(bound), float(n)) for bound, n in zip(DURATION_BOUNDS, within, strict=True)]
        buckets.append(("+Inf", float(sum(one.count for one in ended))))
        lasted.add_metric(labels, buckets, gsum_value=sum(one.seconds for one in ended))
    yield lasted


def numbers(services: Services) -> Numbers:
    """As the database has them now. StoreBusy."""
    now = services.clock()
    return Numbers(
        totals=services.reader.totals(now),
        workers=sum(is_alive(one, now) for one in services.roster.workers()),
        free_bytes=services.free_bytes(),
        applications=sorted(one.name for one in services.applications.values()),
    )


@router.get(
    "/metrics",
    summary="Get numbers for Prometheus",
    response_class=Response,
    responses={
        200: {
            "description": "In Prometheus' text format, or OpenMetrics for those who accept it.",
            "content": {"text/plain": {"schema": {"type": "string"}, "example": _EXAMPLE}},
        }
    },
)
def get_metrics(services: Wired, request: Request) -> Response:
    """Jobs, attempts, queue, workers and storage over all owners, without a word of any document."""
    registry = CollectorRegistry()
    registry.register(numbers(services))
    encode, media_type = choose_encoder(request.headers.get("accept", ""))
    return Response(encode(registry), headers={"Content-Type": media_type})

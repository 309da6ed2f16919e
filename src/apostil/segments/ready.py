"""Segments as values, for pipelines. Their functions are named by import path and loaded only in
the process that runs them."""

from __future__ import annotations

from apostil.engine import Limits, Segment

READERS = ("apostil.segments.parse:read_first", "apostil.segments.parse:read_second")


def parse_segment(
    name: str = "parse", *, title: str = "Reading the document", document: int = 0
) -> Segment:
    """A segment whose artifact is the ParsedDocument of the job's document at this place."""
    return Segment(
        name=name,
        title=title,
        work=READERS[document],
        sources=("apostil.documents", "apostil.evidence"),
        limits=Limits(),
    )

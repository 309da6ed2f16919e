"""Durability: jobs, segments, attempts, artifacts and events. Knows no page and no domain."""

from apostil.engine.errors import (
    EngineError,
    PipelineInvalid,
    SegmentDisturbed,
    SegmentFailed,
)
from apostil.engine.pipeline import Limits, Need, Pipeline, Segment
from apostil.engine.work import ArtifactDecoder, DocumentFile, Effect, Inputs, Output

__all__ = [
    "ArtifactDecoder",
    "DocumentFile",
    "Effect",
    "EngineError",
    "Inputs",
    "Limits",
    "Need",
    "Output",
    "Pipeline",
    "PipelineInvalid",
    "Segment",
    "SegmentDisturbed",
    "SegmentFailed",
]

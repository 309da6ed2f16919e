"""Ready-made segments that every application may use."""

from apostil.segments.ready import parse_segment

__all__ = ["parse_segment"]

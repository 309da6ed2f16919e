"""One error for one cause. The message says what the reader can do."""

from __future__ import annotations


class EngineError(Exception):
    """Something the engine could not do."""


class PipelineInvalid(EngineError):
    """A pipeline contradicts itself; mend the application."""


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

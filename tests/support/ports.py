"""All ports of one adapter, for tests that every adapter must pass."""

from __future__ import annotations

from dataclasses import dataclass

from desk import Desk

from apostil.engine import Answers, DocumentStore, JobReader

OWNERS = ("local", "other")
"""Users that exist in every store under test."""


@dataclass(frozen=True)
class Ports:
    """One store, worked by a desk and seen through its other ports."""

    desk: Desk
    reader: JobReader
    documents: DocumentStore
    answers: Answers

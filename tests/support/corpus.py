"""The shared corpus of real documents beside the checkout, and how much of it a run reads."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")

SHARED = Path(__file__).parents[3] / "shared"
CORPUS = SHARED / "corpus"


def sampled(items: Sequence[T], *, one_in: int) -> list[T]:
    """Every so-many-th item; all of them with APOSTIL_WHOLE_CORPUS=1 (``make corpus``)."""
    return list(items if os.environ.get("APOSTIL_WHOLE_CORPUS") else items[::one_in])

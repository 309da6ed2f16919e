"""Runs the pipeline as the engine does: each artifact is encoded before the next segment reads it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import msgspec
import pytest

from apostil.applications.financial import application
from apostil.engine import DocumentFile, Inputs, Output

Analysed = Callable[[Path], dict[str, Any]]


def analysed(path: Path) -> dict[str, Any]:
    data = path.read_bytes()
    file = DocumentFile(
        sha256=hashlib.sha256(data).hexdigest(),
        name=path.name,
        media_type="application/pdf",
        size=len(data),
        path=path,
    )
    artifacts: dict[str, tuple[str, bytes]] = {}
    encoded = b""
    for segment in application.pipeline.segments:
        module, _, name = segment.work.partition(":")
        earlier = {name: artifacts[name] for name in segment.after}
        inputs = Inputs(documents=(file,), parameters={}, artifacts=earlier)
        made = getattr(import_module(module), name)(inputs)
        encoded = msgspec.json.encode(made.value if isinstance(made, Output) else made)
        artifacts[segment.name] = (hashlib.sha256(encoded).hexdigest(), encoded)
    answered: dict[str, Any] = msgspec.json.decode(encoded)
    return {"schema": "apostil.result/1", "application": application.name, **answered}


@pytest.fixture(scope="session")
def analyse() -> Analysed:
    return analysed

"""Finds the installed applications by entry point: our own through the same door as others'."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.metadata import entry_points

from apostil.application import Application
from apostil.engine import Pipeline

GROUP = "apostil.applications"


def load_applications() -> tuple[dict[str, Application], list[str]]:
    """The applications by slug, and a sentence for each that could not be loaded.

    A broken plug-in is reported and left out; the others work.
    """
    loaded: dict[str, Application] = {}
    broken: list[str] = []
    for found in sorted(entry_points(group=GROUP), key=lambda each: each.name):
        try:
            application = found.load()
        except Exception as error:  # noqa: BLE001 - a stranger's module may raise anything
            broken.append(f"{found.name} ({found.value}) cannot be loaded: {error}")
            continue
        if not isinstance(application, Application):
            broken.append(f"{found.name} ({found.value}) is not an Application")
        elif application.slug in loaded:
            broken.append(f"{found.name}: there already is an application {application.slug}")
        else:
            loaded[application.slug] = application
    return loaded, broken


def pipelines() -> Mapping[str, Pipeline]:
    """The pipelines by application name, as a worker asks for them."""
    loaded, _ = load_applications()
    return {application.name: application.pipeline for application in loaded.values()}

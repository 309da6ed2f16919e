"""The applications' own interfaces, from the import paths that they name."""

from __future__ import annotations

from collections.abc import Iterable
from importlib import import_module

from fastapi import APIRouter

from apostil.application import Application
from apostil.config import SettingsInvalid
from apostil.web import Interface, laid_out


def load_interfaces(applications: Iterable[Application]) -> tuple[list[Interface], list[str]]:
    """The interface of each application that has one, and a sentence for each that could not be
    loaded: it is left out, the application works without it."""
    loaded: list[Interface] = []
    broken: list[str] = []
    for application in applications:
        if application.routes is None:
            continue
        module, _, name = application.routes.partition(":")
        try:
            loaded.append(_interface(application, getattr(import_module(module), name)))
        except Exception as error:  # noqa: BLE001 - a stranger's module may raise anything
            broken.append(
                f"The routes of {application.slug} ({application.routes}) cannot be used: {error}"
            )
    return loaded, broken


def _interface(application: Application, router: object) -> Interface:
    if not isinstance(router, APIRouter):
        raise TypeError("this is no router")
    made = Interface(name=application.name, slug=application.slug, router=router)
    laid_out(kept=(), yielding=(), interfaces=[made])
    return made


def root_interface(wanted: str | None, interfaces: Iterable[Interface]) -> Interface | None:
    """The one that is to be served at the root as well, by its slug or its name. SettingsInvalid."""
    if wanted is None:
        return None
    by_slug = {interface.slug: interface for interface in interfaces}
    found = by_slug.get(wanted.replace("_", "-"))
    if found is None:
        known = ", ".join(by_slug) or "none"
        raise SettingsInvalid(
            f"APOSTIL_ROOT_APPLICATION cannot be {wanted!r}: no application of that name is installed "
            f"with an interface of its own. Those that are: {known}."
        )
    return found

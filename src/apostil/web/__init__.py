"""The pages and the server. Knows ports, and no application and no adapter."""

from apostil.web.deps import Wired
from apostil.web.guard import LOOPBACK_NAMES, Access
from apostil.web.pages import ROOT
from apostil.web.server import make_server
from apostil.web.services import Intake, PageImages, PageUnavailable, Services

__all__ = [
    "LOOPBACK_NAMES",
    "ROOT",
    "Access",
    "Intake",
    "PageImages",
    "PageUnavailable",
    "Services",
    "Wired",
    "make_server",
]

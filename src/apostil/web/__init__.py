"""The pages, the API and the server. Knows ports, and no application and no adapter.

An application's own routes are built on the same pieces: ``Wired`` and ``Owner`` for what a route
works with, ``submission`` for turning files into a job, ``Refused`` for saying no.
"""

from apostil.web.api.documented import problems as documented_problems
from apostil.web.api.workers import is_alive
from apostil.web.deps import Owner, Wired
from apostil.web.gate.bounds import Bounds
from apostil.web.gate.guard import LOOPBACK_NAMES, Access, Identify, anybody, bearer_of
from apostil.web.gate.protocol import MAX_HEAD_BYTES, HttpProtocol
from apostil.web.gate.rate_limits import RateLimits
from apostil.web.lifting import Interface, laid_out
from apostil.web.live.hub import Hub, HubClosed
from apostil.web.pages import ROOT
from apostil.web.problems import FieldError, Refused, job_problem
from apostil.web.server import make_server
from apostil.web.services import (
    ENCRYPTED_IS_NOT_SHOWN,
    Intake,
    PageImages,
    PageUnavailable,
    ParsedDocuments,
    ReaderBusy,
    Services,
)
from apostil.web.submission import (
    Upload,
    Wish,
    application_named,
    known_documents,
    receive_files,
    submit_job,
)

__all__ = [
    "ENCRYPTED_IS_NOT_SHOWN",
    "LOOPBACK_NAMES",
    "MAX_HEAD_BYTES",
    "ROOT",
    "Access",
    "Bounds",
    "FieldError",
    "HttpProtocol",
    "Hub",
    "HubClosed",
    "Identify",
    "Intake",
    "Interface",
    "Owner",
    "PageImages",
    "PageUnavailable",
    "ParsedDocuments",
    "RateLimits",
    "ReaderBusy",
    "Refused",
    "Services",
    "Upload",
    "Wired",
    "Wish",
    "anybody",
    "application_named",
    "bearer_of",
    "documented_problems",
    "is_alive",
    "job_problem",
    "known_documents",
    "laid_out",
    "make_server",
    "receive_files",
    "submit_job",
]

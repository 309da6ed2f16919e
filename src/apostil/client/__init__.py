"""A Python client of the server: submit documents, follow their jobs, read what was found.

from apostil.client import Client

with Client("http://127.0.0.1:8000") as apostil:
    job = apostil.submit("financial", ["report.pdf"])
    result = apostil.result(job)
"""

from apostil.client import events
from apostil.client.client import Client
from apostil.client.errors import (
    ApostilError,
    Conflict,
    Denied,
    FieldError,
    Invalid,
    JobFailed,
    NotFound,
    Problem,
    RateLimited,
    StillRunning,
    UnexpectedAnswer,
    Unreachable,
)
from apostil.client.events import Event
from apostil.client.sending import Source
from apostil.client.shapes import (
    Application,
    Attempt,
    Batch,
    Document,
    Health,
    Job,
    JobDocument,
    JobError,
    NotSubmitted,
    Parameter,
    Receipt,
    Result,
    ResultDocument,
    Segment,
    Standing,
    Submitted,
    Worker,
)
from apostil.evidence import Box, Citation

__all__ = [
    "ApostilError",
    "Application",
    "Attempt",
    "Batch",
    "Box",
    "Citation",
    "Client",
    "Conflict",
    "Denied",
    "Document",
    "Event",
    "FieldError",
    "Health",
    "Invalid",
    "Job",
    "JobDocument",
    "JobError",
    "JobFailed",
    "NotFound",
    "NotSubmitted",
    "Parameter",
    "Problem",
    "RateLimited",
    "Receipt",
    "Result",
    "ResultDocument",
    "Segment",
    "Source",
    "Standing",
    "StillRunning",
    "Submitted",
    "UnexpectedAnswer",
    "Unreachable",
    "Worker",
    "events",
]

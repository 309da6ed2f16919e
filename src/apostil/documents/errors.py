"""Why a file cannot be read, one class for one cause.

Each has a stable ``problem`` and a ``detail``: what happened, and what the reader can do.
"""

from __future__ import annotations


class DocumentError(Exception):
    """A file that cannot be analysed as it is; trying again would not help."""

    problem = "/problems/unreadable-document"

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.detail = detail


class UnsupportedFormat(DocumentError):
    """The content is neither a PDF nor plain text; convert it and submit the result."""

    problem = "/problems/unsupported-format"


class EmptyFile(DocumentError):
    """The file has no bytes, or no pages; check that it was saved or copied completely."""

    problem = "/problems/empty-file"


class DocumentTooLarge(DocumentError):
    """More bytes or characters than allowed; split the file or raise the limit."""

    problem = "/problems/document-too-large"


class TooManyPages(DocumentError):
    """More pages than allowed; split the file."""

    problem = "/problems/too-many-pages"


class PageTooLarge(DocumentError):
    """A page beyond what the PDF format allows; print the document to a usual paper size."""

    problem = "/problems/page-too-large"


class PasswordNeeded(DocumentError):
    """The file is encrypted and the password is missing or wrong; submit it with the right one."""

    problem = "/problems/password-needed"


class DocumentDamaged(DocumentError):
    """The file is incomplete or broken; get a fresh copy from where it came."""

    problem = "/problems/damaged-document"


class NoReadableText(DocumentError):
    """The pages show something but hold no text a program can read, as scans do."""

    problem = "/problems/no-readable-text"


class PageNotFound(DocumentError):
    """A page was asked for that the document does not have."""

    problem = "/problems/page-not-found"

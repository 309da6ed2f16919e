"""Reading a document as a segment: the functions behind ``parse_segment``."""

from __future__ import annotations

from apostil.documents import BlockKind, DocumentError, ParsedDocument, parse
from apostil.engine import Effect, Inputs, Output, SegmentFailed

LONGEST_TITLE = 200


def read_first(inputs: Inputs) -> Output:
    """Reads the first document of the job."""
    return _read(inputs, 0)


def read_second(inputs: Inputs) -> Output:
    """Reads the second document of the job."""
    return _read(inputs, 1)


def _read(inputs: Inputs, place: int) -> Output:
    file = inputs.documents[place]
    try:
        document = parse(
            file.path,
            media_type=file.media_type,
            password=inputs.password,
            report=inputs.report,
        )
    except DocumentError as error:
        raise SegmentFailed(error.problem, error.detail) from error
    facts = {
        "sha256": document.sha256,
        "pages": len(document.pages) or None,
        "title": title_of(document),
    }
    return Output(document, (Effect("describe_document", facts),))


def title_of(document: ParsedDocument) -> str | None:
    """The title that the file gives itself, else its first heading; never trusted, only shown."""
    named = document.metadata.get("Title", "").strip()
    headings = (block.text for block in document.blocks if block.kind is BlockKind.HEADING)
    title = "".join(filter(str.isprintable, named or next(headings, "")))
    return title[:LONGEST_TITLE].strip() or None

"""A small application for the tests, installed as strangers install theirs: by entry point.

It reads each line that is a label followed by amounts, and each amount is a finding.
"""

from __future__ import annotations

import re
from typing import Any

from apostil.application import Application, Parameter
from apostil.documents import DocumentError, ParsedDocument, cite, parse
from apostil.engine import Inputs, Pipeline, Segment, SegmentFailed
from apostil.evidence import Answered, CitationIndex, CitedDocument

AMOUNT = re.compile(r"\(?\d{1,3}(,\d{3})+\)?$")


def read(inputs: Inputs) -> ParsedDocument:
    file = inputs.documents[0]
    try:
        return parse(
            file.path, media_type=file.media_type, password=inputs.password, report=inputs.report
        )
    except DocumentError as error:
        raise SegmentFailed(error.problem, error.detail) from error


def collect(inputs: Inputs) -> Answered:
    document = inputs.artifact("read", ParsedDocument)
    citations = CitationIndex()
    facts: list[dict[str, Any]] = []
    for page in document.pages:
        for line in page.lines:
            amounts = [
                index
                for index in range(line.words.start, line.words.end)
                if AMOUNT.fullmatch(page.words.text[index])
            ]
            label = " ".join(page.words.text[line.words.start : (amounts or [0])[0]])
            for place, index in enumerate(amounts):
                cited = citations.add(cite(document, page.number, [index]))
                facts.append(
                    {
                        "id": f"f{len(facts) + 1}",
                        "label": label or "Amount",
                        "raw": page.words.text[index],
                        "period": {"label": f"column {place + 1}", "end": f"{2030 - place}"},
                        "statement": f"Page {page.number}",
                        "citations": [cited],
                    }
                )
    file = inputs.documents[0]
    return Answered(
        documents=(
            CitedDocument(
                sha256=file.sha256,
                name=file.name,
                media_type=file.media_type,
                pages=len(document.pages),
            ),
        ),
        citations=citations.by_id(),
        body={
            "facts": facts,
            "checks": [
                {"id": "k1", "formula": "lines > 0", "operands": ["f1"], "status": "pass"},
                {"id": "k2", "formula": "f1 = f2", "operands": ["f1", "f2"], "status": "fail",
                 "expected": "1", "found": "2", "difference": "1"},
            ],
            "missing": [{"question": "dividend_policy", "searched": ["all pages"], "terms": ["dividend"]}],
        },
    )  # fmt: skip


application = Application(
    name="lines",
    title="Lines with amounts",
    version="1.0",
    media_types=("application/pdf",),
    parameters=(Parameter(name="depth", title="How deep to look"),),
    pipeline=Pipeline(
        (
            Segment(name="read", title="Read the pages", work="lines_application:read"),
            Segment(
                name="collect", title="Collect the amounts", work="lines_application:collect",
                after=("read",),
            ),
        )
    ),
)  # fmt: skip

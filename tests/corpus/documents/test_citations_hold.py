"""Random spans of real documents: what is cited can be verified by the second reader."""

from __future__ import annotations

import json
import random
from pathlib import Path

import msgspec
import pdfplumber
import pytest

from apostil.documents import Page, ParsedDocument, SecondReader, cite, parse
from apostil.documents.second_reader import characters_of
from apostil.evidence import Citation, verify
from corpus import CORPUS, sampled

FOLDERS = ("financial", "blood", "insurance")
SPANS, PAGES = 300, 10
LENGTHS = (1, 1, 1, 1, 2, 3, 5, 8)
BAR = 0.999
SEEN_BY_BOTH = 0.95  # of the characters of a page

pytestmark = [
    pytest.mark.corpus,
    pytest.mark.skipif(not CORPUS.exists(), reason="the corpus is not beside the checkout"),
]


def documents() -> list[Path]:
    found = [
        path
        for folder in FOLDERS
        for path in sorted((CORPUS / folder).glob("*.pdf"))
        if "SCAN" not in path.name
    ]
    return sampled(found, one_in=12)


def read_by_both(path: Path, pages: list[Page]) -> list[Page]:
    """The pages on which the second reader sees the characters too: it cannot decode every font,
    and then says so of every citation there."""
    with pdfplumber.open(path, pages=[page.number for page in pages], password="") as pdf:
        seen = {
            page.page_number: sum(len(one.text.strip()) for one in characters_of(page))
            for page in pdf.pages
        }
    return [
        page
        for page in pages
        if seen.get(page.number, 0) >= SEEN_BY_BOTH * sum(map(len, page.words.text))
    ]


def figures_of(page: Page) -> list[int]:
    return [index for index, word in enumerate(page.words.text) if any(map(str.isdigit, word))]


def citations_in(
    path: Path, document: ParsedDocument, chance: random.Random
) -> dict[str, Citation]:
    """Half of the spans begin at a figure, half anywhere; all on a few pages."""
    readable = [page for page in document.pages if len(page.words) and not page.quality.warnings]
    pages = read_by_both(path, chance.sample(readable, min(PAGES, len(readable))))
    if not pages:
        return {}
    cited: dict[str, Citation] = {}
    for number in range(SPANS):
        page = chance.choice(pages)
        figures = figures_of(page)
        begins = figures if figures and number % 2 else range(len(page.words))
        first = chance.choice(begins)
        last = min(first + chance.choice(LENGTHS), len(page.words))
        cited[f"c{number}"] = cite(document, page.number, range(first, last))
    return cited


@pytest.fixture(scope="module")
def outcomes() -> dict[str, tuple[int, list[str]]]:
    """(citations, reasons of those that failed) for each document; the same spans every time."""
    found = {}
    for path in documents():
        document = parse(path)
        cited = citations_in(path, document, random.Random(path.name))  # noqa: S311 - not a secret
        result = json.loads(msgspec.json.encode({"citations": cited, "body": {}}))
        failures = verify(result, SecondReader([path])).failures
        found[path.name] = (len(cited), [failure.reason for failure in failures])
    return found


def test_citations_of_real_documents_hold(outcomes: dict[str, tuple[int, list[str]]]) -> None:
    total = sum(count for count, _ in outcomes.values())
    failed = {name: reasons for name, (_, reasons) in outcomes.items() if reasons}
    assert 1 - sum(map(len, failed.values())) / total >= BAR, failed

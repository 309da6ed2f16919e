"""Does every claim of a result still stand in its documents? Needs no code that made the result.

``verify`` takes the result as JSON and a function that reads again; see ``SecondReader`` in
``apostil.documents`` for one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import msgspec

from apostil.evidence.citation import Citation
from apostil.evidence.figures import is_number, missing_from, stands_in
from apostil.evidence.rereading import Obstacle, ReadAgain, Reading, mismatch
from apostil.evidence.result import SCHEMA

ID_LISTS = ("citations",)
ID_PLACES = ("support", "citation", "label_citation")


class VerdictStatus(StrEnum):
    """``HELD`` is proven again; ``UNREADABLE`` is neither proven nor refuted; all else fails."""

    HELD = "held"
    ALTERED = "altered"
    UNREADABLE = "unreadable"
    DOCUMENT_MISSING = "document_missing"
    PAGE_MISSING = "page_missing"
    MALFORMED = "malformed"
    CITATION_MISSING = "citation_missing"
    VALUE_UNSUPPORTED = "value_unsupported"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What became of one citation, or of one value of the body.

    ``subject`` is the citation's id, or the place in the body such as ``facts[3].value``;
    ``reason`` is a plain sentence, empty when it holds.
    """

    subject: str
    status: VerdictStatus
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Verification:
    """The verdicts on all citations in their order, then on what is wrong in the body."""

    verdicts: tuple[Verdict, ...]

    @property
    def holds(self) -> bool:
        return all(verdict.status is VerdictStatus.HELD for verdict in self.verdicts)

    @property
    def failures(self) -> tuple[Verdict, ...]:
        return tuple(one for one in self.verdicts if one.status is not VerdictStatus.HELD)


def verify(result: Mapping[str, Any], read_again: ReadAgain) -> Verification:
    """Reads every quote of a result again and compares the numbers of its body with the quotes.

    ``result`` is a decoded ``apostil.result/1``. Raises ValueError when it is none.
    """
    schema = result.get("schema", SCHEMA)
    if schema != SCHEMA:
        raise ValueError(f"Its schema is {str(schema)[:60]!r}; only {SCHEMA} can be verified.")
    stored = result.get("citations")
    if not isinstance(stored, Mapping) or result.get("body") is None:
        raise ValueError("This is not a result of Apostil: it has no citations or no body.")
    citations, verdicts = _decoded(stored)
    known = _documents(result)
    readings = read_again(citations)
    for name, citation in citations.items():
        verdicts[name] = _verdict(name, citation, readings.get(name), known)
    quotes = {name: citation.quote for name, citation in citations.items()}
    in_order = [verdicts[name] for name in stored]
    return Verification((*in_order, *_claims(result["body"], quotes, "body", set(stored))))


class _Document(msgspec.Struct):
    """What a document is known by; whatever else a result says of it."""

    sha256: str


def _documents(result: Mapping[str, Any]) -> set[str]:
    try:
        cited = msgspec.convert(result.get("documents", ()), tuple[_Document, ...])
    except msgspec.ValidationError as error:
        raise ValueError(f"Its list of documents is malformed: {error}.") from error
    return {document.sha256 for document in cited}


def _decoded(stored: Mapping[str, Any]) -> tuple[dict[str, Citation], dict[str, Verdict]]:
    citations: dict[str, Citation] = {}
    verdicts: dict[str, Verdict] = {}
    for name, data in stored.items():
        try:
            citations[name] = msgspec.convert(data, Citation)
        except msgspec.ValidationError as error:
            verdicts[name] = Verdict(
                subject=name, status=VerdictStatus.MALFORMED, reason=f"not a citation: {error}"
            )
    return citations, verdicts


def _verdict(name: str, citation: Citation, reading: Reading | None, known: set[str]) -> Verdict:
    if known and citation.document not in known:
        return Verdict(
            subject=name,
            status=VerdictStatus.DOCUMENT_MISSING,
            reason="it cites a document that is not among those of the result",
        )
    if reading is None:
        reading = Reading(obstacle=Obstacle.UNREADABLE, detail="it was not read again")
    if reading.obstacle is not None:
        return Verdict(
            subject=name, status=VerdictStatus(reading.obstacle.value), reason=reading.detail
        )
    reason = mismatch(citation, reading)
    if reason is None:
        return Verdict(subject=name, status=VerdictStatus.HELD)
    return Verdict(subject=name, status=VerdictStatus.ALTERED, reason=reason)


def _claims(
    value: Any, quotes: Mapping[str, str], place: str, known: set[str]
) -> Iterator[Verdict]:
    """What is wrong in a part of the body: ids of no citation, numbers that no quote has."""
    if isinstance(value, Mapping):
        yield from _named(value, place, known)
        yield from _unsupported(value, quotes, place)
        for key, item in value.items():
            yield from _claims(item, quotes, f"{place}.{key}", known)
    elif isinstance(value, list):
        for number, item in enumerate(value):
            yield from _claims(item, quotes, f"{place}[{number}]", known)


def _named(finding: Mapping[str, Any], place: str, known: set[str]) -> Iterator[Verdict]:
    for key in (*ID_LISTS, *ID_PLACES):
        for name in _ids(finding.get(key)):
            if name not in known:
                yield Verdict(
                    subject=f"{place}.{key}",
                    status=VerdictStatus.CITATION_MISSING,
                    reason=f"it names the citation {name}, which the result does not have",
                )


def _ids(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from _ids(item)
    elif isinstance(value, list):
        for item in value:
            yield from _ids(item)


def _unsupported(
    finding: Mapping[str, Any], quotes: Mapping[str, str], place: str
) -> Iterator[Verdict]:
    """Numbers of a finding that stand in none of its quotes."""
    cited = [quotes[name] for name in _ids(finding.get("citations")) if name in quotes]
    value, raw = finding.get("value"), finding.get("raw")
    if finding.get("citations") == [] and is_number(value) and not finding.get("derivation"):
        yield Verdict(
            subject=f"{place}.value",
            status=VerdictStatus.VALUE_UNSUPPORTED,
            reason=f"{str(value)[:60]!r} has neither a citation nor a derivation",
        )
    if not cited:
        return
    if is_number(value) and not any(stands_in(str(value), quote) for quote in cited):
        yield _unsupported_verdict(f"{place}.value", str(value), cited)
    if isinstance(raw, str) and all(missing_from(raw, quote) for quote in cited):
        yield _unsupported_verdict(f"{place}.raw", raw, cited)


def _unsupported_verdict(subject: str, value: str, quotes: list[str]) -> Verdict:
    shown = "; ".join(repr(quote[:60]) for quote in quotes[:3])
    return Verdict(
        subject=subject,
        status=VerdictStatus.VALUE_UNSUPPORTED,
        reason=f"{value[:60]!r} does not stand in what is quoted for it: {shown}",
    )

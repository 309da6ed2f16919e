"""The result as text that can be read aloud: every sentence ends in the pages that prove it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

_PLACE = re.compile(r" \(page \d+\)")
_SECTIONS = (("analysis", "Overview"), ("key_findings", "Key findings"))
_CHECKS, _MISSING = "Checks", "Not found"
_FOUND_BY = ("facts", "unmapped", "derived", "checks")


def prose(result: Mapping[str, Any]) -> str:
    """Overview, key findings, checks and what was not found, as paragraphs with headings.

    ``result`` has the shape ``apostil.result/1``. A sentence that no page proves is not written; an
    absence ends in what was searched.
    """
    body = result["body"]
    pages = _Pages(result)
    parts = [
        (heading, [_sentence(one, pages) for one in body["sections"].get(name, ())])
        for name, heading in _SECTIONS
    ]
    parts.append((_CHECKS, list(_checks(body["checks"], pages))))
    parts.append((_MISSING, [_absence(one) for one in body["not_found"]]))
    written = [(heading, [text for text in lines if text]) for heading, lines in parts]
    return "\n\n".join(f"{heading}\n" + "\n".join(lines) for heading, lines in written if lines)


class _Pages:
    """The pages behind citations, and behind findings by way of their operands."""

    def __init__(self, result: Mapping[str, Any]) -> None:
        self._citations: Mapping[str, Mapping[str, Any]] = result["citations"]
        self._findings: dict[str, Mapping[str, Any]] = {
            one["id"]: one for name in _FOUND_BY for one in result["body"][name]
        }

    def behind(self, citations: Iterable[str], findings: Iterable[str] = ()) -> set[int]:
        found = {
            page
            for name in citations
            if (page := self._citations.get(name, {}).get("page")) is not None
        }
        waiting, seen = list(findings), set[str]()
        while waiting:
            name = waiting.pop()
            one = self._findings.get(name)
            if one is None or name in seen:
                continue
            seen.add(name)
            found |= self.behind(one.get("citations") or ())
            waiting += (one.get("derivation") or one).get("operands") or ()
        return found


def _sentence(said: Mapping[str, Any], pages: _Pages) -> str:
    """The sentence with its pages behind it; empty if it has none. Where there is but one page,
    the sentence need not name it too."""
    proven = pages.behind(said["citations"], said["findings"])
    text = _PLACE.sub("", said["text"]) if len(proven) == 1 else said["text"]
    return f"{text} {_references(proven)}" if proven else ""


def _references(pages: Iterable[int]) -> str:
    return f"[{', '.join(f'p. {page}' for page in sorted(pages))}]"


def _checks(checks: Iterable[Mapping[str, Any]], pages: _Pages) -> Iterator[str]:
    """One sentence a period for those that hold, one for each that does not."""
    held: dict[str, list[Mapping[str, Any]]] = {}
    failed: list[Mapping[str, Any]] = []
    for check in checks:
        if check["status"] == "pass" and pages.behind((), [check["id"]]):
            held.setdefault(_date(check), []).append(check)
        elif check["status"] == "fail":
            failed.append(check)
    for date, found in sorted(held.items(), reverse=True):
        proven = pages.behind((), [check["id"] for check in found])
        these = "1 check of the figures holds" if len(found) == 1 else f"{len(found)} checks hold"
        yield f"{these} for {date}. {_references(proven)}"
    for check in failed:
        if proven := pages.behind((), [check["id"]]):
            yield f"{_failure(check)} {_references(proven)}"


def _date(check: Mapping[str, Any]) -> str:
    return str(check["period"]).rpartition(":")[2] or "the document"


def _failure(check: Mapping[str, Any]) -> str:
    numbers = [
        f"{word} {check[word]}" for word in ("expected", "found") if check.get(word) is not None
    ]
    told = f": {', '.join(numbers)}" if numbers else ""
    return f"The check {check['formula']} does not hold for {_date(check)}{told}."


def _absence(missing: Mapping[str, Any]) -> str:
    state = str(missing["state"]).replace("_", " ")
    return f"{missing['title']}: {state}. [searched: {', '.join(missing['not_found']['searched'])}]"

"""Whose report it is: the name that the cover gives, or that is printed most often."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from apostil.applications.financial.reading.passages import Spot, find_spots, lines_of
from apostil.applications.financial.rules.titles import squeeze
from apostil.documents import ParsedDocument

_CHARTER = re.compile(r"(?i)exact\s+name\s+of\s+(?:the\s+)?(?:registrant|issuer)")
_WORD = r"(?:[^\W\d_a-z][\w.&'\u2019-]*|\d+[^\W\d_a-z]\w*|Mc[A-Z]\w*|&|of|and|the|de|du|et)"
_FORM = (
    r"(?:Incorporated|INCORPORATED|Inc|INC|Corporation|CORPORATION|Corp|CORP|plc|PLC|Plc|Limited|LIMITED"
    r"|Ltd|LTD|LLC|L\.P|LP|AG|SA|S\.A|N\.V|NV|SE|ASA|AB|A/S|Oyj|S\.p\.A|GmbH|KGaA|Bancshares|BANCSHARES"
    r"|Company|COMPANY|Co|CO|Holdings|HOLDINGS|Bancorp|BANCORP)"
)
_NAME = re.compile(rf"^(?P<name>{_WORD}(?:[ ,]+{_WORD}){{0,6}}?,?\s+{_FORM}(?![\w]))\.?")
_MENTION = re.compile(
    r"(?<![\w.])[^\W\d_a-z][\w&'\u2019-]+(?: [^\W\d_a-z][\w&'\u2019-]+){0,4},? (?:Inc\.|Corporation|plc|PLC"
    r"|Limited|AG|SA|N\.V\.|SE|ASA)(?!\w)"
)
_WITH_SUBSIDIARIES = re.compile(
    r"(?i)^(?P<name>.{2,60}?),?\s+and\s+(?:its\s+)?(?:consolidated\s+)?subsidiar(?:y|ies)\b"
)
_OTHERS = re.compile(
    r"(?i)ernst|deloitte|kpmg|pricewaterhouse|grant thornton|\bbdo\b|computershare|nasdaq|stock exchange"
    r"|stock market|^formerly|\bregistrar|^the company$|^our company|^note|annual report|exhibit"
)
_CHARTER_PAGES = 14
_COVER_PAGES = 5
_COVER_WEIGHT = 2
_FEWEST_LETTERS = 4
_LONGEST_LINE = 90


def find_issuer(document: ParsedDocument) -> Spot | None:
    """The issuer's name where the cover prints it; None when no name of a company is found."""
    lines = list(lines_of(document.pages))
    chartered = _charter_name(lines)
    if chartered is not None:
        return chartered
    cover = document.pages[:_CHARTER_PAGES]
    mentioned = [spot for spot in find_spots(cover, _MENTION) if not _OTHERS.search(spot.text)]
    named = [*_names(lines), *mentioned]
    if not named:
        return None
    counts = Counter(squeeze(spot.text) for spot in named)
    for spot in named:
        if spot.page <= _COVER_PAGES:
            counts[squeeze(spot.text)] += _COVER_WEIGHT
    best = counts.most_common(1)[0][0]
    return next(spot for spot in named if squeeze(spot.text) == best)


def _charter_name(lines: Sequence[Spot]) -> Spot | None:
    """The line above "(Exact name of registrant as specified in its charter)"."""
    for number, spot in enumerate(lines):
        if spot.page > _CHARTER_PAGES:
            return None
        if _CHARTER.search(spot.text):
            above = [line for line in lines[max(0, number - 4) : number] if line.page == spot.page]
            fitting = [line for line in above if len(squeeze(line.text)) >= _FEWEST_LETTERS]
            return fitting[-1] if fitting else None
    return None


def _names(lines: Sequence[Spot]) -> Iterator[Spot]:
    for spot in lines:
        if len(spot.text) > _LONGEST_LINE or _OTHERS.search(spot.text):
            continue
        match = _WITH_SUBSIDIARIES.match(spot.text) or _NAME.match(spot.text)
        if match is None or not _is_alone(spot.text, match):
            continue
        length = len(match["name"].split())
        words = spot.text.split()[:length]
        yield Spot(spot.page, " ".join(words).strip(" ,"), spot.words[:length])


def _is_alone(text: str, match: re.Match[str]) -> bool:
    """Whether the name is not the beginning of a sentence."""
    rest = text[match.end() :].strip(" .,")
    if match["name"].lower().endswith(("company", "co")):
        return not rest
    return not rest or not rest[0].islower()

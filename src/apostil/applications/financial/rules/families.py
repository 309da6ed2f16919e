"""Lines that every report words in its own way: one spelling for each family of labels.

A label belongs to a family when it begins as the family does and all its other words are among
those that do not change which line is meant. An unknown word keeps the label as it is: "Increase
in cash surrender value of life insurance" is no change in cash.
"""

from __future__ import annotations

import re


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_ACTIVITIES = re.compile(
    r"^(?:total )?(?:net )?cash(?: flows?)? ?(?:\([a-z ]*\))?"
    r"(?: ?(?:provided|used|generated|absorbed|flows?|inflows?|outflows?|from|by|in|for|to|and|or|required))*"
    r" (total )?(operating|operations|investing|investment|financing)(?: activities)?\b(.*)$"
)
_BEFORE_INTEREST_AND_TAX = re.compile(
    r"^(?:net )?cash(?: flows?)? ?(?:generated|inflows?|outflows?|absorbed) ?(?:from|by|in) "
    r"operations(?! activities)"
)
"""The subtotal of IAS 7 before interest and tax paid; it is not the cash flow from operations."""

_CASH_WORDS = _words(
    "total net cash and or equivalents equivalent restricted bank banks balances balance "
    "held hand on at as of in the including due from with deposits overdrafts short term "
    "funds period during for beginning end continuing operations"
)
_CHANGE = re.compile(
    r"^(?:total |net )*(?:increase|decrease|change|movement)s?(?: or (?:increase|decrease))? (?:in|of) (?:total )?(cash\b.*)$"
)
_AT_AN_END = re.compile(
    r"\b(beginning|end)(?: of)? period\b|\b(beginning|end)$|^(opening|closing|beginning|ending) cash\b"
)
_MONTHS = "january|february|march|april|may|june|july|august|september|october|november|december"
_ON_A_DAY = re.compile(
    rf"\b(?:at|as of|as at) (?:(\d{{1,2}}) (?:{_MONTHS})|(?:{_MONTHS}) (\d{{1,2}}))(?: (?:19|20)\d\d)?$"
)
_EXCHANGE = re.compile(
    r"^(?:net )?(?:effects?|impact|influence)(?: of| from)? .*\b(?:exchange|currency|currencies|fx|translation)\b"
    r"|^(?:foreign )?(?:exchange|currency)(?: rate| translation)* (?:effects?|impact|differences?|movements?|adjustments?) on cash\b"
)

_PRETAX = re.compile(
    r"^(?:net )?income (?:from (?:continuing )?operations )?before (?:.*\b)?tax\b(.*)$"
)
_PRETAX_WORDS = _words(
    "and equity in income of affiliate affiliates affiliated companies company "
    "unconsolidated associates associated joint ventures venture nci after net share "
    "results result other items provision benefit expense method investment investees on "
    "from entities subsidiaries credit charge tax continuing operations ebt pbt"
)
_SPEND = re.compile(
    r"^(?:capital )?(?:purchase|payment|addition|acquisition|expenditures?|investment|outlays?)(?: paid| made)?"
    r"(?: for| of| to| in| on)*(?: (?:the )?(?:purchase|acquisition|addition)s? (?:of|to))*(?: acquire)? (.*)$"
)
_CAPITAL = re.compile(
    r"^capital (?:expenditures?|spending)\b(.*)$|^(property .*|pp and e) (?:addition|purchase|expenditures?|spending)$"
)
_PROPERTY_WORDS = _words(
    "property plant equipment premises land building buildings and improvements leasehold "
    "net furniture fixtures facilities tangible fixed assets asset pp e machinery "
    "vehicles software intangible intangibles internal use including capitalized "
    "development cost other of sales company for paid"
)
_PROPERTY_HEADS = frozenset(
    {"property", "plant", "equipment", "premises", "pp", "fixed", "tangible"}
)


_PARENT = re.compile(
    r"^(total comprehensive |comprehensive |net )?income(?: after tax(?: expense| benefit)?)?"
    r"(?: from continuing operations)? attributable to (?:owners|members|shareholders|equity holders|equity shareholders"
    r"|equity owners|ordinary (?:shareholders|equity holders)|holders) of (?!nci)[a-z0-9 ]+$"
)


def family(text: str) -> str:
    """The spelling of the family that a normalised label belongs to, else the label itself."""
    for rule in (_cash_flow, _cash, _pretax, _parent, _capex):
        found = rule(text)
        if found is not None:
            return found
    return text


def _cash_flow(text: str) -> str | None:
    """All ways to print the sum of a block of a cash-flow statement become one."""
    if _BEFORE_INTEREST_AND_TAX.match(text):
        return _BEFORE_INTEREST_AND_TAX.sub("cash generated from operations", text)
    match = _ACTIVITIES.match(text)
    if match is None:
        return None
    total, activity, rest = match.groups()
    name = {"operations": "operating", "investment": "investing"}.get(activity, activity)
    return f"net cash from {total or ''}{name} activities{rest}"


def _cash(text: str) -> str | None:
    """The change in cash, the cash at both ends, and what exchange rates did to it."""
    if _EXCHANGE.match(text):
        return "effect of exchange rates on cash"
    change = _CHANGE.match(text)
    if change is not None:
        return _change(change.group(1))
    if not re.match(r"^(?:total |net |opening |closing |beginning |ending )*cash\b", text):
        return None
    day = _ON_A_DAY.search(text)
    if day is not None and _only(text[: day.start()], _CASH_WORDS):
        return (
            f"cash at {'beginning' if (day.group(1) or day.group(2)) == '1' else 'end'} of period"
        )
    ends = _AT_AN_END.search(text)
    if ends is not None and _only(text.replace(ends.group(), " "), _CASH_WORDS):
        side = next(filter(None, ends.groups()))
        return f"cash at {'beginning' if side in {'opening', 'beginning'} else 'end'} of period"
    return None


def _change(held: str) -> str | None:
    before = re.search(r"\bbefore\b.*\b(?:exchange|currency|fx|translation)\b", held)
    if before is not None:
        return "net change in cash before exchange rates"
    if "deposits" in held and "banks" not in held:
        return None
    return "net change in cash" if _only(held, _CASH_WORDS) else None


def _pretax(text: str) -> str | None:
    match = _PRETAX.match(text)
    if match is None or not _only(match.group(1), _PRETAX_WORDS):
        return None
    between = text[text.index("before") + len("before") : match.start(1)]
    return "income before tax" if _only(between, _PRETAX_WORDS) else None


def _parent(text: str) -> str | None:
    """The share of the parent's shareholders, whatever the company is called."""
    match = _PARENT.match(text)
    if match is None or re.search(r"\b(?:nci|discontinued|preferred|per share)\b", text):
        return None
    kind = "comprehensive income" if "comprehensive" in (match.group(1) or "") else "net income"
    return f"{kind} attributable to owners of parent"


def _capex(text: str) -> str | None:
    capital = _CAPITAL.match(text)
    if capital is not None:
        rest = capital.group(1) if capital.group(1) is not None else capital.group(2)
        return "capital expenditures" if _only(rest, _PROPERTY_WORDS) else None
    spend = _SPEND.match(text)
    if spend is None or not _only(spend.group(1), _PROPERTY_WORDS):
        return None
    words = spend.group(1).split()
    return (
        "capital expenditures"
        if words and words[0] in _PROPERTY_HEADS | {"land"} and set(words) & _PROPERTY_HEADS
        else None
    )


def _only(text: str, words: frozenset[str]) -> bool:
    return set(text.split()) <= words

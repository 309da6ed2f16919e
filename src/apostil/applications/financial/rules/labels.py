"""Labels of statement rows: one spelling for the many ways to say the same.

"Net cash (used in)/provided by operating activities" and "Net cash outflow from operating
activities" both become "net cash from operating activities"; whether a positive print means a gain
or a loss is kept apart (``Wording``), since the spelling forgets it.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from apostil.applications.financial.rules.families import family

_DASHES = re.compile(r"[\u2010-\u2015\u2212\ufe58\ufe63\uff0d]+")
_QUOTES = re.compile(r"['\u2018\u2019\u201b`\u00b4\"\u201c\u201d]")
_LEADERS = re.compile(r"(?:\s*\.){3,}")
_NOTE = re.compile(
    r"\(?\bnotes?\s+\d[\d., and()a-z]{0,20}\)?|\(\d{1,2}\)|\([a-z](?: ?[+-] ?[a-z])*\)|[*†‡§]+|[¹²³]"
)
_LEADING = re.compile(
    r"^(?:less|plus|add|deduct)\s*:?\s+(?!than\b)(?!current\b)|^(?:of which|including)\s*:\s*"
)
_UNITS = re.compile(
    r"\((?:in |expressed in )?(?:pence|p|cents?|c|\u20b5|\u00a2|rs\.?|rupees|usd|eur|gbp|chf|000s?|thousands|millions|billions|unaudited|audited)\)"
    r"|\((?:in|per) [a-z$£€ ]{1,24}\)"
)

GAIN = "income|profit|earnings|gains?|benefit(?: from)?|provided(?: by| from)?|generated(?: by| from)?|inflows?|increase|surplus|credit|received"
LOSS = (
    "loss(?:es)?|expenses?|used(?: in| for| by)?|outflows?|decrease|deficit|deductions?|costs?|charges?|provision(?: for)?"
    "|absorbed(?: by)?|deficiency|accumulated (?:deficit|losses)|reduction|payments?|paid|uses?"
)
_OTHER_SIDE = re.compile(rf"\s*/?\s*(?:\band\s+)?\((?:{GAIN}|{LOSS})\)\s*/?\s*")
_SLASHED = re.compile(
    r"\b(income|profit|earnings|gain|provided|inflow|increase|benefit|generated)\s*/\s*(?:loss|expense|used|outflow|decrease|charge|deficit|absorbed)\b"
)
_SLASHED_BACK = re.compile(
    r"\b(?:loss|expense|used|outflow|decrease|charge|deficit)\s*/\s*(income|profit|earnings|gain|provided|inflow|increase|benefit|generated)\b"
)

_CLAUSE = re.compile(
    r"[,;:(-]\s*(?:(?:net of|less|including|after|before deducting)\s+)?(?:an? |the |accumulated |unamortized |related )*"
    r"(?:allowances?|accumulated|reserves?|par value|at par|without par|no par|stated value|authorized|issued|shares? |unamortized|valuation allowance|provision for|at (?:amortized )?cost|at fair value|of \$?\d).*$"
)
_YEARLY = re.compile(r"[:,]\s*(?:19|20)\d\d\s*[-,:]\s*\$?\d.*$")
"""A clause with an amount for each year: ", net of sales: 2022, $1; 2021, $88"."""
_WITH_SURPLUS = re.compile(r".\band (?:capital in excess|additional paid|paid-in|capital surplus)")
_INCLUDES = re.compile(r"\s*\((?:includes?|including|net of|less|of which)\b.*$")
_DIGIT_CLAUSE = re.compile(r"[,;:(-][^,;:(]*\$?\d.*$")
_NET_TAIL = re.compile(r"[\s,(-]+net\s*\)?$")

_SAME: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), replacement)
    for pattern, replacement in (
        (r"\b(\w+?)is(ation|ed|ing)\b", r"\1iz\2"),
        (
            r"\b(?:non ?controlling|minority) (?:and redeemable )?(?:shareholders? )?interests?\b",
            "nci",
        ),
        (r"\bnon ?controlling\b", "nci"),
        (r"\bminority (?:interests?|shareholders?)\b", "nci"),
        (
            r"\b(?:stock|share|share ?owners|unit)holders?\b|\bshareowners?\b|\bmembers\b",
            "shareholders",
        ),
        (r"\bnon (current|operating|interest|cash|recurring)\b", r"non\1"),
        (r"\b(?:profit or loss|earnings|profits?|loss)\b", "income"),
        (r"\bincome tax(?:es|ation)?\b|\btaxes on income\b|\btaxation\b|\btaxes\b", "tax"),
        (r"\bprovision for tax\b|\btax provision\b|\btax charge\b", "tax provision"),
        (r"\brevenues\b", "revenue"),
        (
            (
                r"\b(expense|cost|charge|purchase|payment|repayment|addition|acquisition|repurchase"
                r"|receivable|payable|borrowing|dividend|investment|impairment|buyback)s\b"
            ),
            r"\1",
        ),
        (r"\binventories\b", "inventory"),
        (r"\bco\b(?=mmon)", "co"),
        (r"\b(?:start|commencement|opening) of\b", "beginning of"),
        (r"\bclose of\b", "end of"),
        (r"\byear end\b", "end of year"),
        (
            r"\b(?:the )?(?:financial |fiscal |accounting |reporting )?(?:year|period|quarter|half year|six months|nine months|three months)\b",
            "period",
        ),
        (r"\bcash and equivalents\b", "cash and cash equivalents"),
        (r"\bfor period\b", ""),
        (r"\b(?:the|a|an|our|its)\b", ""),
        (r"\bright of use\b", "rou"),
        (r"\bproperty and plant\b", "property plant"),
        (r"\bpaid in[ -]capital\b", "paid in capital"),
        (r"\bper (?:common |ordinary |equity )*shares?\b(?: of common stock)?", "per share"),
        (r"\bweighted average(?: number of)?\b", "weighted average"),
    )
)


class Lean(StrEnum):
    """What a positive print of a row means by its words."""

    GAIN = "gain"
    LOSS = "loss"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Wording:
    """The words of a label that bear on its sign.

    ``lean`` is the side that a positive print means: that of the words outside parentheses.
    ``either`` is true when the label names both sides: then the print's own sign tells which.
    """

    lean: Lean
    either: bool


def plain(label: str) -> str:
    """The label in lower case with plain dashes, without quotes, dotted leaders and note marks."""
    text = unicodedata.normalize("NFKC", label).lower()
    text = _QUOTES.sub("", _DASHES.sub("-", text)).replace("&", " and ")
    text = _LEADERS.sub(" ", text)
    text = _NOTE.sub(" ", text)
    return re.sub(r"\s+", " ", text).strip(" .:-,")


@lru_cache(maxsize=8192)
def normalise(label: str, *, balance: bool = False) -> str:
    """The one spelling of a label.

    ``balance``: the label is of a balance sheet; only there a trailing ", net" and clauses about
    allowances, par values and numbers of shares say nothing about which line it is.
    """
    text = _LEADING.sub("", _UNITS.sub(" ", plain(label)))
    text = _SLASHED_BACK.sub(r"\1", _SLASHED.sub(r"\1", _OTHER_SIDE.sub(" ", text)))
    text = _YEARLY.sub("", text)
    if balance:
        text = _without_clauses(text)
    text = re.sub(r"[^a-z0-9\[\]]+", " ", text).strip()
    for pattern, replacement in _SAME:
        text = pattern.sub(replacement, text)
    text = re.sub(r"\s+", " ", text).strip()
    if text.startswith("before "):
        text = f"income {text}"  # "(Loss) before tax"
    return text if balance else family(text.removeprefix("consolidated "))


def _without_clauses(text: str) -> str:
    if _WITH_SURPLUS.search(text):
        return text  # two lines in one: "Common stock, $0.001 par value ... and capital in excess of par"
    shorter = _DIGIT_CLAUSE.sub("", _CLAUSE.sub("", _INCLUDES.sub("", text))).strip()
    text = shorter if len(shorter) > 2 else text
    return _NET_TAIL.sub("", text).strip()


@lru_cache(maxsize=8192)
def wording(label: str) -> Wording:
    """What the words of a label say about the meaning of a positive print."""
    text = _LEADING.sub("", plain(label))
    sides = "".join(match.group() for match in re.finditer(r"\([^)]*\)", text))
    main = re.sub(r"\([^)]*\)", " ", text)
    first = re.search(rf"\b(?:({GAIN})|({LOSS}))\b", main)
    lean = Lean.NONE
    if first is not None:
        lean = Lean.GAIN if first.group(1) else Lean.LOSS
    slashed = bool(_SLASHED.search(text) or _SLASHED_BACK.search(text))
    either = slashed or bool(re.search(rf"\((?:{GAIN}|{LOSS})\)", sides))
    return Wording(lean=lean, either=either)


def similarity(one: str, other: str) -> float:
    """Share of words that two spellings have in common, between 0 and 1 (Dice)."""
    mine, theirs = set(one.split()), set(other.split())
    if not mine or not theirs:
        return 0.0
    return 2 * len(mine & theirs) / (len(mine) + len(theirs))

"""The titles of statements, and the words that make a title another table's.

Titles are compared with everything but letters removed: kerning leaves gaps inside their words
("Balance Shee t", "Cash Flow s").
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum


class TitleKind(StrEnum):
    INCOME = "IS"
    BALANCE = "BS"
    CASH_FLOW = "CF"
    COMPREHENSIVE = "OCI"
    EQUITY = "EQ"


_OF = r"statements?of(?:the)?(?:consolidated|condensed|group|net|standalone|interim|unaudited|audited)*"
_COMPREHENSIVE = r"comprehensive(?:incomeloss|lossincome|income|loss|earnings)"
_RESULTS = (
    r"(?:incomeloss|lossincome|incomeandloss|incomeorloss|income|operations|earnings(?:loss)?"
    r"|profit(?:or|and|&)?loss|profits?|loss(?:es)?|results|financialperformance|financialresults|incomeandexpenses?)"
)
_POSITIONS = r"(?:financialposition|financialcondition|assetsandliabilities|position)"
_INCOME_STATEMENT = (
    r"incomestatements?(?:and(?:statements?of)?(?:other)?comprehensiveincome)?"
    r"|profit(?:and|&)?lossaccounts?|profit(?:and|&|or)?lossstatements?|earningsstatements?"
    r"|consolidatedresultsofoperations"
)
_RECOGNISED = r"(?:recogni[sz]edincomeandexpenses?|(?:total)?recogni[sz]edgainsandlosses)"
_HOLDERS = r"(?:equity|deficit|investment|capital)"
_CORES = (
    (TitleKind.EQUITY, rf"{_OF}(?:changesin|movementsin)?[a-z]{{0,60}}{_HOLDERS}"),
    (TitleKind.EQUITY, rf"{_OF}(?:changesin|movementsin)[a-z]{{0,60}}(?:funds|netassets|stock)"),
    (TitleKind.EQUITY, r"statementofchanges[a-z]{0,40}|reconciliationofmovementsin[a-z]*funds"),
    (TitleKind.CASH_FLOW, rf"{_OF}cash(?:flows?|receipts)|cashflows?statements?"),
    (TitleKind.BALANCE, rf"balancesheets?|{_OF}{_POSITIONS}"),
    (TitleKind.INCOME, rf"{_OF}{_RESULTS}(?:and(?:total|other)?{_COMPREHENSIVE}?)?"),
    (TitleKind.INCOME, _INCOME_STATEMENT),
    (TitleKind.COMPREHENSIVE, rf"{_OF}(?:total|other)?(?:{_COMPREHENSIVE}|{_RECOGNISED})"),
)
_PATTERNS = tuple((kind, re.compile(core)) for kind, core in _CORES)

_ALLOWED_BEFORE = re.compile(
    r"condensed|consolidated|interim|unaudited|audited|group|usgaap|usgaap|gaap|ifrs|preliminary|the"
    r"|exhibit[a-z]?|andsubsidiaries|subsidiaries|statutory|summari[sz]ed|abridged|quarterly|annual"
    r"|halfyear(?:ly)?|sixmonth|primary|reported"
)
_ALLOWED_AFTER = re.compile(
    r"unaudited|audited|continued|contd|cont|asofandfor|forthe|asat|asof|for|year|years|fiscal|period|periods"
    r"|month|months|weeks|quarters?|ended|ending|to|at|and|in|the|three|six|nine|twelve|thirteen|fiftytwo"
    r"|january|february|march|april|may|june|july|august|september|october|november|december|st|nd|rd|th"
    r"|us|usd|eur|gbp|chf|of|dollars?|thousands|millions|except|per|share|data|amounts?|information"
    r"|parenthetical|assets|liabilities|shareholders|stockholders|equity|retained|reinvested|earnings|accumulated|deficit|other|condensed|consolidated|part"
    r"|restated|note|notes|page|m|k|half|abbreviated|gaap|value|number|shares|financial|group"
)
_SENTENCE = re.compile(
    r"notesto|seeaccompany|accompanying|indexto|reportof|included|refer|presented|following|weare|ourcon"
    r"|integralpart|shouldberead|conjunction|recogni[sz]edin|recordedin|lineitem|impacton|effectson"
    r"|effectof|analysisof|discussionof|basisof|auditof|auditthe|reviewof|changesto"
)
#: Tables that repeat lines of the statements without being the entity's own statements.
_FOREIGN = re.compile(
    r"parent(?:company)?(?:only|statement|balance|income)|parentcompany|registrant|guarantor|consolidating"
    r"|proforma|selected|reconcil|nongaap|adjusted|segment|supplement|schedule|condensedfinancialinformation"
    r"|quarterlyfinancialdata|quarterlyresults|combining|unconsolidated|statutorybasis|aggregat|averagebalance"
)
_COMPANY_ONLY = re.compile(r"company|parent|standalone|separate|soleentity|holdingcompany")
_GROUP = re.compile(r"consolidated|group")

#: How the words before a parent company's title end; an issuer's name may contain the word.
_PARENT_ENDINGS = ("company", "parent", "standalone", "separate")

_LONGEST_NAME = 48
_LONGEST_REST = 14


@dataclass(frozen=True, slots=True)
class Title:
    """What a line of a page entitles. ``foreign`` when it is not a statement of the entity itself,
    ``company_only`` when it is one of the parent company alone."""

    kind: TitleKind
    foreign: bool = False
    company_only: bool = False
    continued: bool = False
    unaudited: bool = False
    parenthetical: bool = False


def squeeze(text: str) -> str:
    """Only the letters of a text, in lower case."""
    return "".join(char for char in text.lower() if char.isalpha() or char == "&")


def read_title(text: str) -> Title | None:
    """The statement that a line is the title of, or None for any other line."""
    letters = squeeze(text)
    if len(letters) > 180 or _SENTENCE.search(letters):
        return None
    for kind, pattern in _PATTERNS:
        match = pattern.search(letters)
        if match is not None:
            return _title(kind, letters, match)
    return None


def _title(kind: TitleKind, letters: str, match: re.Match[str]) -> Title | None:
    before, after = letters[: match.start()], letters[match.end() :]
    rest_before = _ALLOWED_BEFORE.sub("", before)
    rest_after = _ALLOWED_AFTER.sub("", after)
    foreign = _FOREIGN.search(letters) is not None
    if len(rest_before) > _LONGEST_NAME or len(rest_after) > _LONGEST_REST:
        return None
    company = _COMPANY_ONLY.search(before[-40:]) is not None and not _GROUP.search(letters)
    return Title(
        kind=kind,
        foreign=foreign,
        company_only=company and before.endswith(_PARENT_ENDINGS),
        continued="cont" in after.replace("contingen", ""),
        unaudited="unaudited" in letters,
        parenthetical="parenthetical" in after,
    )


def is_foreign(text: str) -> bool:
    """Whether words near a title say that the table is not the entity's own statement."""
    return _FOREIGN.search(squeeze(text)) is not None

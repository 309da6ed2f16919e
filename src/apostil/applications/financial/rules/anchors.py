"""Row labels by which a statement is known, compared as letters only."""

from __future__ import annotations

import re
from collections.abc import Sequence

from apostil.applications.financial.rules.titles import squeeze
from apostil.applications.financial.statement import StatementKind

_RESULT = (
    r"^(?:total|consolidated)?(?:net|profit|loss|income|earnings)(?:net)?(?:income|loss|profit|earnings|and|or"
    r"|total|comprehensive)*(?:for|from|after|of|before|per|including|attributable|to|\(|$)"
)
_ANCHORS: dict[StatementKind, tuple[str, ...]] = {
    StatementKind.INCOME: (
        r"^(?:total|net)?(?:net)?(?:operating)?(?:revenues?|sales|turnover)|^revenuesfrom|^totalincome",
        r"^(?:total)?interest(?:anddividend)?income|^netinterestincome|^premiums|^totalnoninterest",
        r"^(?:total)?costs?of|^costs?and|^merchandisecosts|^costofsales",
        r"^gross(?:profit|margin|loss|income)",
        r"^(?:total)?(?:selling|general|administrati|marketing|research|staffcosts|salaries|employee)",
        r"^(?:income|profit|loss|earnings)?(?:loss)?(?:from)?operat(?:ing|ions)(?:income|profit|loss|earnings)?",
        r"^(?:income|profit|loss|earnings|netincome)[a-z]{0,40}before[a-z]*(?:tax|incometax)",
        r"^(?:provision|benefit|incometax|taxation|tax|currenttax)",
        _RESULT,
        r"^(?:basic|diluted)|pershare",
    ),
    StatementKind.BALANCE: (
        r"^totalassets|^assetstotal",
        r"^total(?:current|noncurrent|fixed)assets",
        r"^total(?:current|noncurrent)?liabilities|^totaldeposits|^creditors",
        r"^total[a-z]*(?:equity|deficit|funds|capital)|^netassets|^(?:share|stock)holdersequity|^equity$",
        r"^cash",
        r"^(?:inventor|stock|merchandise)",
        r"^(?:accounts|trade|other)?(?:receivable|debtors)|^loans|^accountsreceivable|^tradeandother",
        r"^(?:property|premises|tangible|goodwill|intangible|investments|plant)",
        r"^(?:retained|accumulated|sharecapital|sharepremium|additionalpaid|reserves|commonstock|treasury)",
        r"^total[a-z]*liabilities[a-z]*(?:equity|deficit|capital|funds)|^totalequity[a-z]*liabilities",
    ),
    StatementKind.CASH_FLOW: (
        r"(?:cash|net|from|used)[a-z]*operat(?:ing|ions)[a-z]*$|^operatingcashflow",
        r"investing(?:activities)?|investment(?:activities)$",
        r"financing(?:activities)?",
        r"^depreciation|^amorti[sz]ation",
        r"(?:increase|decrease|change)[a-z]*(?:in)?(?:cash|cashheld)",
        r"cash[a-z&]*(?:beginning|start|opening|endof|attheend|end$|1january|close|closing)|^beginning|^ending",
        r"^(?:purchases?|capitalexpenditure|additions|acquisition|payments?for|expenditure)",
        r"^(?:dividends?|repurchases?|proceeds|repayments?|issuance|borrowings)",
    ),
}
_COMPILED = {
    kind: tuple(re.compile(anchor) for anchor in anchors) for kind, anchors in _ANCHORS.items()
}
_NEEDED: dict[StatementKind, tuple[tuple[int, ...], ...]] = {
    StatementKind.INCOME: ((8, 9), (0, 1, 2, 4, 5, 6, 7)),
    StatementKind.BALANCE: ((0, 2, 3, 9),),
    StatementKind.CASH_FLOW: ((0,), (1, 2, 5)),
}
_LAST: dict[StatementKind, re.Pattern[str]] = {
    StatementKind.INCOME: re.compile(rf"pershare|^basic|^diluted|{_RESULT}"),
    StatementKind.BALANCE: re.compile(
        r"^total[a-z&,]*liabilit[a-z&]*(?:equity|deficit|deficiency|capital|funds|investment|interests?)"
        r"|^totalequity[a-z&]*liabilities|^totalequity$|^netassets$|^total[a-z]*(?:equity|funds|capital)$"
        r"|^(?:shareholders|members)funds$|^liabilitiesandequity|^totalpassiva"
    ),
    StatementKind.CASH_FLOW: re.compile(
        r"cash[a-z&]*(?:end|close|closing|carriedforward)|^ending|^endofyear|^endofperiod"
    ),
}
_RESULT_FIRST = re.compile(
    r"^(?:net|consolidated|total)+(?:income|loss|profit|earnings)[a-z]*$"
    r"|^(?:profit|loss|earnings|result|income)(?:loss|profit)?(?:for|after)(?:the)?(?:financial)?"
    r"(?:year|period|tax)[a-z]*$"
)
_BEFORE_RESULT = re.compile(
    r"revenue|sales|before|operating|interest|gross|invest|rental|fee|premium"
)


def find_anchors(kind: StatementKind, labels: Sequence[str]) -> frozenset[int]:
    """Which of the known lines of this kind of statement occur among the labels."""
    letters = [squeeze(label) for label in labels]
    return frozenset(
        number
        for number, pattern in enumerate(_COMPILED[kind])
        if any(pattern.search(label) for label in letters)
    )


def has_needed(kind: StatementKind, anchors: frozenset[int]) -> bool:
    """Whether the lines without which a statement is none are there."""
    return all(anchors.intersection(group) for group in _NEEDED[kind])


def is_complete(kind: StatementKind, labels: Sequence[str]) -> bool:
    """Whether the line with which such a statement ends has been reached."""
    return any(_LAST[kind].search(squeeze(label)) for label in labels)


def begins_with_result(labels: Sequence[str]) -> bool:
    """Whether the first line is the result already: then it is a statement of other
    comprehensive income, which has the same last lines as a statement of income."""
    first = next((squeeze(label) for label in labels if label.strip()), "")
    return _RESULT_FIRST.match(first) is not None and not _BEFORE_RESULT.search(first)

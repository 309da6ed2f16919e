"""Where in a statement a row stands: the same label means different lines in different places.

Places are paths: ``assets.current``, ``liabilities.noncurrent``, ``equity``, ``mezzanine``;
``operating``, ``investing``, ``financing``, ``cash``, ``supplemental``; ``main``, ``bank``,
``attribution``, ``oci``, ``per_share``, ``shares``. An empty place is one that is not known.

Headings tell the place, and where a statement has none, the totals that follow tell it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from apostil.applications.financial.rules.concepts import concepts
from apostil.applications.financial.rules.labels import normalise
from apostil.applications.financial.statement import Row, StatementKind

_BALANCE_TOTALS = {
    "assets_current": "assets.current",
    "assets_noncurrent": "assets.noncurrent",
    "assets": "assets",
    "liabilities_current": "liabilities.current",
    "liabilities_noncurrent": "liabilities.noncurrent",
    "liabilities": "liabilities",
    "equity_parent": "equity",
    "equity_total": "equity",
    "temporary_equity": "mezzanine",
    "liabilities_and_equity": "end",
}
_AFTER = {
    "assets.current": "assets.noncurrent",
    "assets.noncurrent": "assets",
    "liabilities.current": "liabilities.noncurrent",
    "liabilities.noncurrent": "",
}
_BETWEEN = re.compile(
    r"(?<!non )\bredeemable\b|\bmezzanine\b|\btemporary\b|\bconvertible preferred\b"
)
"""What stands between liabilities and equity where no heading says so."""
_BLOCKS = ("operating", "investing", "financing")
_FLOW_TOTALS = {"cfo": "operating", "cfi": "investing", "cff": "financing"}
_PER_SHARE = re.compile(r"\bper (?:\w+ )?shares?\b|\beps\b|\bper (?:ads|unit)\b")
_SHARES = re.compile(
    r"^(?:total )?(?:basic |diluted )?(?:weighted|average|shares|number of|common shares|denominator)\b|\bshares (?:outstanding|used)\b|\bweighted average\b"
)
_BARE = re.compile(r"^(?:and |assuming )?(?:basic|diluted|dilution|basic and diluted)$")
"""A label that goes on from the line above it: "Net income per share: Basic", then "Diluted"."""
_BANK = re.compile(r"^net interest (?:income|revenue)\b")
_BANK_TOO = re.compile(
    r"\bprovisions? for (?:credit|loan)|\bnoninterest (?:income|expense|revenue)\b|^total interest (?:income|expense)\b"
    r"|\bfee and commission income\b|\bexpected credit losses\b"
)
"""Net interest alone makes no bank: industrial companies print it below the operating result."""
_SUPPLEMENT = re.compile(
    r"\bsuppl[ei]ment|\bnon ?cash (?:investing|financing|transactions|activities|items)|^cash paid\b|^cash flow from changes\b|\breconciliation of cash\b"
)


def places(kind: StatementKind, rows: Sequence[Row]) -> tuple[str, ...]:
    """The place of each row, in the order of the rows."""
    if kind is StatementKind.BALANCE:
        return _BalancePlaces(rows).read()
    if kind is StatementKind.CASH_FLOW:
        return _flow_places(rows)
    return _income_places(rows)


class _BalancePlaces:
    """Walks down a balance sheet; rows wait until a heading or a total tells where they stood."""

    def __init__(self, rows: Sequence[Row]) -> None:
        self._rows = rows
        self._labels = [normalise(row.label, balance=True) for row in rows]
        self._found = [""] * len(rows)
        self._waiting: list[int] = []
        self._here = ""
        self._seen: set[str] = set()

    def read(self) -> tuple[str, ...]:
        for index, row in enumerate(self._rows):
            label = self._labels[index]
            total = _balance_total(label) if row.amounts else None
            if not row.amounts:
                self._heading(label)
            elif total is not None:
                self._total(index, total)
            else:
                self._found[index] = self._here
                self._waiting.append(index)
        return tuple(self._found)

    def _heading(self, label: str) -> None:
        place = balance_heading(label, after_current="liabilities.current" in self._seen)
        if place is not None:
            self._waiting.clear()
            self._here = place

    def _total(self, index: int, place: str) -> None:
        self._found[index] = place if place != "end" else ""
        if self._may_claim(place):
            for waiting in self._waiting:
                self._found[waiting] = self._claimed(waiting, place)
        self._waiting.clear()
        self._seen.add(place)
        self._here = self._next(place)

    def _may_claim(self, place: str) -> bool:
        if place in {"end", "mezzanine"}:
            return False
        return place != "equity" or self._here == "equity" or bool(self._seen & {"liabilities"})

    def _claimed(self, index: int, place: str) -> str:
        """The place of a waiting row that a total of ``place`` follows."""
        before = self._found[index]
        if place in {"assets", "liabilities"}:
            return before if before.startswith(f"{place}.") else self._split(place, before)
        if place == "equity":
            return "mezzanine" if _BETWEEN.search(self._labels[index]) else place
        return place

    def _split(self, side: str, before: str) -> str:
        return f"{side}.noncurrent" if f"{side}.current" in self._seen else (before or side)

    def _next(self, place: str) -> str:
        if place in _AFTER:
            return _AFTER[place]
        if place == "liabilities":
            return "mezzanine"
        return ""


def _balance_total(label: str) -> str | None:
    for match in concepts().match(StatementKind.BALANCE, label):
        if match.concept.name in _BALANCE_TOTALS and label not in {"total", "capital"}:
            return _BALANCE_TOTALS[match.concept.name]
    return None


def balance_heading(label: str, *, after_current: bool = False) -> str | None:
    """The place that a heading of a balance sheet opens, None when it opens none."""
    if re.search(r"\bmezzanine\b|\btemporary equity\b", label):
        return "mezzanine"
    equity = re.search(
        r"\bequity\b|\bshareholders (?:deficit|investment|funds|income)\b|\bcapital and reserves\b|\bdeficit$",
        label,
    )
    liabilities = re.search(r"\bliabilities\b|\bcreditors\b", label)
    if equity and liabilities:
        return ""
    if equity and not re.search(r"\bsecurities\b|\binvestments?\b|\bmethod\b", label):
        return "equity"
    if liabilities:
        return _liabilities_heading(label, after_current=after_current)
    if re.search(r"\bassets\b", label):
        return _assets_heading(label)
    return None


def _liabilities_heading(label: str, *, after_current: bool) -> str:
    if re.search(r"\bnoncurrent\b|\blong term\b|\bafter (?:more than )?one\b", label):
        return "liabilities.noncurrent"
    if re.search(r"\bcurrent\b|\bwithin one\b", label):
        return "liabilities.current"
    return "liabilities.noncurrent" if after_current else "liabilities"


def _assets_heading(label: str) -> str:
    if re.search(r"\bnoncurrent\b|\bfixed\b|\bother\b|\blong term\b", label):
        return "assets.noncurrent"
    return "assets.current" if re.search(r"\bcurrent\b", label) else "assets"


def _flow_places(rows: Sequence[Row]) -> tuple[str, ...]:
    found: list[str] = []
    here = ""
    closed = False
    waiting: list[int] = []
    for index, row in enumerate(rows):
        label = normalise(row.label)
        block = None if row.amounts else _flow_heading(label, closed=closed)
        name = _flow_concept(label) if row.amounts else None
        if block is not None:
            here, waiting = block, []
        found.append(
            "cash" if name in {"cash_begin", "cash_end", "net_change_cash", "fx_effect"} else here
        )
        if name in _FLOW_TOTALS:
            for earlier in waiting:
                found[earlier] = found[earlier] or (_FLOW_TOTALS[name] if name == "cfo" else "")
            closed = closed or name == "cff"
            found[index] = _FLOW_TOTALS[name]
            here, waiting = ("cash" if name == "cff" else ""), []
        elif name == "cash_end" and any(place in _BLOCKS for place in found):
            here = "supplemental"
        elif row.amounts:
            waiting.append(index)
    return tuple(found)


def _flow_heading(label: str, *, closed: bool) -> str | None:
    """``closed``: all blocks have been summed up; non-cash items before that are adjustments."""
    if _SUPPLEMENT.search(label) and (closed or "suppl" in label):
        return "supplemental"
    named = [block for block in _BLOCKS if re.search(rf"\b{block} activities\b", label)]
    if len(named) == 1:
        return named[0]
    return None


def _flow_concept(label: str) -> str | None:
    names = {match.concept.name for match in concepts().match(StatementKind.CASH_FLOW, label)}
    known = names & {*_FLOW_TOTALS, "cash_begin", "cash_end", "net_change_cash", "fx_effect"}
    return known.pop() if len(known) == 1 else None


def _income_places(rows: Sequence[Row]) -> tuple[str, ...]:
    usual = "bank" if _is_bank(rows) else "main"
    found: list[str] = []
    here = usual
    counted = ""
    for row in rows:
        label = normalise(row.label)
        own = income_place(label)
        if own is None and row.amounts and counted and _BARE.match(label):
            own = counted
        counted = own if row.amounts and own in {"per_share", "shares"} else ""
        if not row.amounts:
            here = own or (usual if _reopens(label, here) else here)
        elif own is None and here == "attribution" and re.match(r"^(?:basic|diluted)\b", label):
            own = ""
        found.append(here if own is None or (own == "oci" and row.amounts) else own)
    return tuple(found)


def _is_bank(rows: Sequence[Row]) -> bool:
    labels = [normalise(row.label) for row in rows if row.amounts]
    return any(map(_BANK.match, labels)) and any(map(_BANK_TOO.search, labels))


def income_place(label: str) -> str | None:
    """The place that a label of an income statement names itself, None when it names none."""
    if _SHARES.search(label):
        return "shares"
    if _PER_SHARE.search(label):
        return "per_share"
    if re.search(r"\bcomprehensive\b", label):
        return "oci"
    if re.search(r"\battributable to$|^attributable\b", label):
        return "attribution"
    return None


def _reopens(label: str, here: str) -> bool:
    """Whether a heading ends the numbers per share: "Basic:" below "Earnings per share" does not."""
    return here in {"per_share", "shares"} and not re.search(
        r"^(?:basic|diluted|continuing|discontinued|attributable|from|income)\b", label
    )

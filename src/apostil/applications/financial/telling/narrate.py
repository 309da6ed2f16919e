"""Says in sentences what was found: every number in them is that of a fact or of a computed value."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from apostil.applications.financial.mapping.facts import period_key
from apostil.applications.financial.result import (
    DISCLAIMER,
    Basis,
    Derived,
    DocInfo,
    Fact,
    Verdict,
)
from apostil.applications.financial.statement import PeriodKind
from apostil.applications.financial.telling.derive import MARGINS, title
from apostil.applications.financial.telling.missing import MAIN
from apostil.applications.financial.telling.sentences import (
    Evidence,
    Item,
    percent,
    points,
    spoken_amount,
    spoken_period,
    verified,
)
from apostil.evidence import Check, CheckStatus, Statement

TABLE = (MAIN[0], ("gross_profit",), *MAIN[1:])
"""The lines of the overview; the first concept of a line that is printed is shown."""

NOTABLE_CHANGE = Decimal("0.1")
NOTABLE_MOVE = Decimal("0.02")
NOTABLE = (
    "revenue_growth",
    "operating_income_growth",
    "net_income_growth",
    "eps_diluted_growth",
    "cfo_growth",
    "assets_growth",
)
MOST_PERIODS = 3
_STATEMENTS = {"IS": "income statement", "BS": "balance sheet", "CF": "cash-flow statement"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """Everything that the narrative may use. ``pages`` gives the page of each citation."""

    document: DocInfo
    facts: tuple[Fact, ...]
    derived: tuple[Derived, ...]
    checks: tuple[Check, ...]
    pages: Mapping[str, int]

    def evidence(self) -> Evidence:
        items: dict[str, Item] = {}
        for found in (self.facts, self.derived, self.checks):
            items.update({item.id: item for item in found})
        return Evidence(items=items, pages=self.pages)

    def main_facts(self) -> list[Fact]:
        return [
            f
            for f in self.facts
            if f.consolidated and not f.restated and f.basis is not Basis.NON_GAAP
        ]


def narrate(material: Material) -> tuple[dict[str, tuple[Statement, ...]], int]:
    """The sections by name, and how many sentences were dropped because a number was not backed."""
    evidence = material.evidence()
    sections: dict[str, tuple[Statement, ...]] = {}
    dropped = 0
    for name, made in (
        ("analysis", _analysis(material)),
        ("key_findings", _key_findings(material)),
        ("checks", _checks(material)),
    ):
        sections[name], lost = verified(made, evidence)
        dropped += lost
    sections["disclaimer"] = (Statement(text=DISCLAIMER),)
    return sections, dropped


def _analysis(material: Material) -> Iterator[Statement]:
    yield from _overview(material)
    facts = material.main_facts()
    for line in TABLE:
        for chosen in _lines(facts, line):
            yield _amounts(chosen, material.pages)


def _overview(material: Material) -> Iterator[Statement]:
    document = material.document
    if document.document_type and document.issuer:
        yield Statement(
            text=f"The document is a report of {document.issuer} of the kind {document.document_type}.",
            citations=tuple(
                document.support[role] for role in ("name", "heading") if role in document.support
            ),
        )
    for place in document.statements:
        page = material.pages.get(place.citations[0])
        if page is not None:
            yield Statement(
                text=f"The {_STATEMENTS[place.kind]} stands on page {page}.",
                citations=place.citations,
            )
    if document.verdict is Verdict.VERIFIED:
        yield Statement(
            text="The identities that tie the three statements of the latest period together hold."
        )
    elif document.verdict is Verdict.NOT and material.facts:
        yield Statement(text="None of the figures could be confirmed by an identity.")
    elif material.facts:
        yield Statement(
            text="Not all identities of the latest period could be confirmed; see the checks."
        )


def _lines(facts: Sequence[Fact], names: Sequence[str]) -> Iterator[list[Fact]]:
    """The facts of a line: one list for each length of period, the latest first."""
    name = next((name for name in names if any(fact.concept == name for fact in facts)), None)
    groups: dict[object, list[Fact]] = {}
    for fact in facts:
        if fact.concept == name and fact.value is not None:
            groups.setdefault(fact.period.bucket, []).append(fact)
    for group in groups.values():
        yield sorted(group, key=lambda fact: fact.period.end, reverse=True)[:MOST_PERIODS]


def _amounts(facts: Sequence[Fact], pages: Mapping[str, int]) -> Statement:
    """A sentence such as "Revenue: USD 14,694 million for the year to 2023-06-30 (page 8)."."""
    shown = [pages.get(fact.citations[0]) for fact in facts]
    parts: list[str] = []
    for fact, page, following in zip(facts, shown, [*shown[1:], None], strict=True):
        where = f" (page {page})" if page is not None and page != following else ""
        parts.append(f"{spoken_amount(fact)} {_when(fact)}{where}")
    return Statement(
        text=f"{title(facts[0].concept or '')}: {', '.join(parts)}.",
        findings=tuple(fact.id for fact in facts),
        citations=tuple(dict.fromkeys(citation for fact in facts for citation in fact.citations)),
    )


def _when(fact: Fact) -> str:
    at = "at" if fact.period.kind is PeriodKind.INSTANT else "for"
    return f"{at} {spoken_period(fact.period)}"


def _key_findings(material: Material) -> Iterator[Statement]:
    facts = {fact.id: fact for fact in material.facts}
    derived = {one.id: one for one in material.derived}
    latest = _latest(material.main_facts())
    for name in NOTABLE:
        for one in material.derived:
            if (
                one.name == name
                and one.period in latest
                and one.value is not None
                and one.value >= -1  # a profit that became a loss has no meaningful percentage
                and abs(one.value) > NOTABLE_CHANGE
            ):
                yield _change(one, facts)
    for margin, _ in MARGINS:
        for one in material.derived:
            if (
                one.name == f"{margin}_change"
                and one.period in latest
                and one.value is not None
                and abs(one.value) > NOTABLE_MOVE
            ):
                yield _move(one, derived, facts)
    yield from _losses(material.main_facts(), latest)
    yield from (_failure(check) for check in material.checks if check.status is CheckStatus.FAIL)


def _latest(facts: Sequence[Fact]) -> set[str]:
    """The keys of all periods that end on the last day for which there are facts of that kind."""
    keys: set[str] = set()
    for kind in PeriodKind:
        ends = [fact.period.end for fact in facts if fact.period.kind is kind]
        keys |= {
            period_key(fact.period)
            for fact in facts
            if fact.period.kind is kind and fact.period.end == max(ends)
        }
    return keys


def _change(one: Derived, facts: Mapping[str, Fact]) -> Statement:
    now, before = (facts[operand] for operand in one.derivation.operands)
    value = one.value if one.value is not None else Decimal(0)
    verb = "rose" if value > 0 else "fell"
    return Statement(
        text=f"{title(one.name)} {verb} by {percent(abs(value))} to {spoken_amount(now)} {_when(now)}, "
        f"from {spoken_amount(before)} {_when(before)}.",
        findings=(one.id, now.id, before.id),
        citations=(*now.citations, *before.citations),
    )


def _move(one: Derived, derived: Mapping[str, Derived], facts: Mapping[str, Fact]) -> Statement:
    now, before = (derived[operand] for operand in one.derivation.operands)
    value = one.value if one.value is not None else Decimal(0)
    verb = "widened" if value > 0 else "narrowed"
    operands = tuple(dict.fromkeys((*now.derivation.operands, *before.derivation.operands)))
    period = spoken_period(facts[now.derivation.operands[0]].period)
    return Statement(
        text=f"{title(one.name)} {verb} by {points(value)} to {percent(now.value or Decimal(0))} for {period}.",
        findings=(one.id, now.id, before.id, *operands),
        citations=tuple(citation for operand in operands for citation in facts[operand].citations),
    )


def _losses(facts: Sequence[Fact], latest: set[str]) -> Iterator[Statement]:
    for name, words in (
        ("net_income", "The result was a loss"),
        ("cfo", "Operating activities used cash"),
        ("equity_total", "Equity is negative"),
    ):
        for fact in facts:
            if (
                fact.concept == name
                and fact.value is not None
                and fact.value < 0
                and period_key(fact.period) in latest
            ):
                yield Statement(
                    text=f"{words}: {title(name).lower()} was {spoken_amount(fact)} {_when(fact)}.",
                    findings=(fact.id,),
                    citations=fact.citations,
                )


def _failure(check: Check) -> Statement:
    period = check.period.rpartition(":")[2]
    numbers = (
        f": expected {check.expected:,}, found {check.found:,}"
        if check.expected is not None and check.found is not None
        else ""
    )
    return Statement(
        text=f"The check {check.id.partition('@')[0]} ({_wordless(check.formula)}) does not hold for {period or 'the document'}{numbers}.",
        findings=(check.id,),
    )


def _wordless(formula: str) -> str:
    """A formula without digits: labels in it may hold numbers that no finding says."""
    return formula if not any(char.isdigit() for char in formula) else "a sum of printed lines"


def _checks(material: Material) -> Iterator[Statement]:
    """One sentence a period for the checks that hold, one for each that does not."""
    held: dict[str, list[Check]] = {}
    for check in material.checks:
        if check.status is CheckStatus.PASS:
            held.setdefault(check.period, []).append(check)
    for period, checks in held.items():
        rules = ", ".join(
            dict.fromkeys(
                check.id.partition("@")[0] for check in checks if not check.id.startswith("X3")
            )
        )
        if rules:
            yield Statement(
                text=f"Checks that hold for {period.rpartition(':')[2] or 'the document'}: {rules}.",
                findings=tuple(check.id for check in checks),
            )
    yield from (_failure(check) for check in material.checks if check.status is CheckStatus.FAIL)

"""The few numbers that the narrative computes: changes from year to year and margins.

Each names its operands and its formula. A change from a base that is zero or negative means
nothing and is not computed; margins need a positive revenue.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal

from apostil.applications.financial.mapping.facts import period_key
from apostil.applications.financial.result import Basis, Derived, Fact
from apostil.applications.financial.rules.concepts import concepts
from apostil.applications.financial.statement import Period, PeriodKind
from apostil.evidence import Derivation

GROWTH_OF = (
    "revenue",
    "gross_profit",
    "operating_income",
    "net_income",
    "eps_diluted",
    "assets",
    "equity_total",
    "equity_parent",
    "cash",
    "cfo",
)
MARGINS = (
    ("gross_margin", "gross_profit"),
    ("operating_margin", "operating_income"),
    ("net_margin", "net_income"),
)
YEAR_DAYS = (350, 380)
"""Distance in days between the ends of a period and the one a year before: 52 and 53 weeks count."""
_SOURCE = "CFA Program curriculum, Financial Statement Analysis"


def derive(facts: Sequence[Fact]) -> tuple[Derived, ...]:
    """Changes from year to year, margins and their moves, and liabilities where they are not printed."""
    main = [
        fact
        for fact in facts
        if fact.consolidated and not fact.restated and fact.basis is not Basis.NON_GAAP
    ]
    made: list[Derived] = []
    for derived in (*_growth(main), *_margins(main), *_liabilities(main)):
        made.append(_numbered(derived, len(made) + 1))
    for move in _margin_moves(made):
        made.append(_numbered(move, len(made) + 1))
    return tuple(made)


def _numbered(derived: Derived, number: int) -> Derived:
    return replace(derived, id=f"d{number}", label=_label(derived.name))


def _named(facts: Sequence[Fact], name: str) -> list[Fact]:
    found = [fact for fact in facts if fact.concept == name and fact.value is not None]
    return sorted(found, key=lambda fact: (fact.period.end, str(fact.period.bucket)), reverse=True)


def year_before(period: Period, other: Period) -> bool:
    """Whether ``other`` is the same stretch of time one year earlier."""
    days = (period.end - other.end).days
    return (
        period.kind is other.kind
        and period.bucket is other.bucket
        and YEAR_DAYS[0] <= days <= YEAR_DAYS[1]
    )


def _growth(facts: Sequence[Fact]) -> Iterator[Derived]:
    for name in GROWTH_OF:
        rows = _named(facts, name)
        for fact in rows:
            before = next((other for other in rows if year_before(fact.period, other.period)), None)
            if (
                before is None
                or before.scale != fact.scale
                or not before.value
                or fact.value is None
            ):
                continue
            if before.value <= 0:
                continue
            yield Derived(
                id="",
                name=f"{name}_growth",
                period=period_key(fact.period),
                value=fact.value / before.value - 1,
                unit="%",
                derivation=Derivation(
                    formula=f"{name}[t] / {name}[t-1] - 1",
                    operands=(fact.id, before.id),
                    source=_SOURCE,
                ),
            )


def _margins(facts: Sequence[Fact]) -> Iterator[Derived]:
    revenues = {period_key(fact.period): fact for fact in _named(facts, "revenue")}
    for margin, name in MARGINS:
        for fact in _named(facts, name):
            revenue = revenues.get(period_key(fact.period))
            if (
                revenue is None
                or not revenue.value
                or revenue.value <= 0
                or revenue.scale != fact.scale
                or fact.value is None
            ):
                continue
            yield Derived(
                id="",
                name=margin,
                period=period_key(fact.period),
                value=fact.value / revenue.value,
                unit="%",
                derivation=Derivation(
                    formula=f"{name} / revenue", operands=(fact.id, revenue.id), source=_SOURCE
                ),
            )


def _liabilities(facts: Sequence[Fact]) -> Iterator[Derived]:
    """Total liabilities are often not printed: what remains of assets after equity."""
    printed = {period_key(fact.period) for fact in _named(facts, "liabilities")}
    by_date: dict[str, dict[str, Fact]] = {}
    for fact in facts:
        if fact.concept is not None and fact.period.kind is PeriodKind.INSTANT:
            by_date.setdefault(period_key(fact.period), {}).setdefault(fact.concept, fact)
    for date, held in by_date.items():
        equity = held.get("equity_total") or held.get("equity_parent")
        assets = held.get("assets")
        if date in printed or assets is None or equity is None or assets.scale != equity.scale:
            continue
        between = held.get("temporary_equity")
        operands = [assets, equity, *([between] if between is not None else [])]
        value = sum(
            (-(fact.value or Decimal(0)) for fact in operands[1:]), assets.value or Decimal(0)
        )
        yield Derived(
            id="",
            name="liabilities",
            period=date,
            value=value * Decimal(str(assets.scale or 1)),
            unit=assets.currency or "currency",
            derivation=Derivation(
                formula=" - ".join(fact.concept or "" for fact in operands),
                operands=tuple(fact.id for fact in operands),
            ),
            flags=() if assets.scale is not None else ("scale_unknown",),
        )


def _margin_moves(made: Sequence[Derived]) -> Iterator[Derived]:
    names = {margin for margin, _ in MARGINS}
    growth = {
        (one.period, one.derivation.operands): one for one in made if one.name == "revenue_growth"
    }
    earlier_of = {operands[0]: operands[1] for (_, operands) in growth}
    for one in made:
        if one.name not in names or one.value is None:
            continue
        earlier = earlier_of.get(one.derivation.operands[1])
        other = next(
            (o for o in made if o.name == one.name and o.derivation.operands[1] == earlier), None
        )
        if other is None or other.value is None:
            continue
        yield Derived(
            id="",
            name=f"{one.name}_change",
            period=one.period,
            value=one.value - other.value,
            unit="points",
            derivation=Derivation(
                formula=f"{one.name}[t] - {one.name}[t-1]", operands=(one.id, other.id)
            ),
        )


def _label(name: str) -> str:
    """What a person reads: "Revenue growth", "Change of gross margin"."""
    if name.endswith("_change"):
        return f"Change of {title(name).lower()}"
    return f"{title(name)} growth" if name.endswith("_growth") else title(name)


def title(name: str) -> str:
    """The name of a concept or computed number as a person writes it."""
    base = name.removesuffix("_growth").removesuffix("_change")
    return concepts()[base].title if base in concepts() else base.replace("_", " ").capitalize()

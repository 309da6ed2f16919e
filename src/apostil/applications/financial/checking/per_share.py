"""Income per share: income, earnings and numbers of shares must agree."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from apostil.applications.financial.checking.frame import (
    ZERO,
    View,
    check_id,
    compared,
    not_applicable,
    views,
)
from apostil.applications.financial.result import Fact
from apostil.evidence import Check, CheckStatus

MOST_OTHER_CLASSES = Decimal("0.25")
"""Share of income that other classes of stock may take: preferred dividends, participating shares,
changes of redeemable interests."""
LEAST_AGREEING = 2
"""In how many other columns the identity must hold to say that there are no such classes."""


def per_share_checks(view: View) -> Iterator[Check]:
    """I6 and I7: income is earnings per share times shares; dilution and signs are in order."""
    yield _product_check(view, "I6", "eps_basic", "shares_basic")
    yield _product_check(view, "I7", "eps_diluted", "shares_diluted")
    yield from _in_order(view)


def _product_check(view: View, rule: str, earnings: str, shares: str) -> Check:
    """Income is earnings per share times shares, within what rounding hides.

    The numerator may be without the share of other classes of stock, and that of diluted earnings
    may be another one: a difference is a failure only where the identity holds in all other
    columns, or where it is larger than such a share could be.
    """
    income = next(
        (n for n in ("net_income_common", "net_income", "net_income_total") if n in view.facts),
        "net_income",
    )
    formula = f"{earnings} x {shares} = {income}"
    facts = [view.facts[name] for name in (earnings, shares, income) if name in view.facts]
    product = _product(facts)
    if product is None:
        return not_applicable(rule, view, formula, "not all three are printed with their scale")
    expected, total, allowed = product
    others = [
        _agrees(other, (earnings, shares, income))
        for other in views(view.book)
        if other.index == view.index and other.column.index != view.column.index
    ]
    share = abs(total - expected) / max(abs(total), Decimal(1))
    alone = len(others) >= LEAST_AGREEING and all(others)
    soft = rule == "I7" or (share <= MOST_OTHER_CLASSES and not alone)
    return compared(
        rule,
        view,
        formula=formula,
        operands=[fact.id for fact in facts],
        expected=expected,
        found=total,
        allowed=allowed,
        worst=CheckStatus.WARNING if soft else CheckStatus.FAIL,
        note="in units of currency; the numerator may be without the share of other classes of stock",
    )


def _agrees(view: View, names: Sequence[str]) -> bool:
    product = _product([view.facts[name] for name in names if name in view.facts])
    return product is not None and abs(product[0] - product[1]) <= product[2]


def _product(facts: Sequence[Fact]) -> tuple[Decimal, Decimal, Decimal] | None:
    """Earnings times shares, the income, and how far rounding may keep the two apart."""
    amounts = [fact.absolute for fact in facts if fact.absolute is not None]
    if len(amounts) != 3 or len(facts) != 3:
        return None
    eps, count, total = amounts
    rounding = abs(count) * _half_unit(facts[0]) + abs(eps) * _half_unit(facts[1])
    return eps * count, total, rounding + _half_unit(facts[2])


def _half_unit(fact: Fact) -> Decimal:
    """Half a unit of print, in units of currency or shares: what rounding may hide."""
    exponent = fact.value.as_tuple().exponent if fact.value is not None else 0
    step = Decimal(1).scaleb(exponent if isinstance(exponent, int) else 0)
    return step * Decimal(str(fact.scale or 1)) / 2


def _in_order(view: View) -> Iterator[Check]:
    """Dilution does not raise earnings per share, and a loss is a loss per share."""
    basic, diluted = view.facts.get("eps_basic"), view.facts.get("eps_diluted")
    if basic is not None and diluted is not None:
        high, low = basic.value or ZERO, diluted.value or ZERO
        yield _ordered(
            view,
            "I7.order",
            "eps_diluted <= eps_basic",
            [diluted, basic],
            holds=low <= high or max(low, high) < 0,
        )
    income = view.facts.get("net_income_common") or view.facts.get("net_income")
    shown = basic or diluted
    if income is not None and shown is not None and income.value and shown.value:
        yield _ordered(
            view,
            "X4.eps",
            f"{shown.concept} has the sign of {income.concept}",
            [shown, income],
            holds=shown.value * income.value > 0,
        )


def _ordered(view: View, rule: str, formula: str, facts: Sequence[Fact], *, holds: bool) -> Check:
    return Check(
        id=check_id(rule, view),
        formula=formula,
        operands=tuple(fact.id for fact in facts),
        status=CheckStatus.PASS if holds else CheckStatus.FAIL,
        period=view.period,
        expected=facts[1].value,
        found=facts[0].value,
    )

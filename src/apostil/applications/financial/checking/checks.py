"""Runs all checks over the facts of a document, and lets them weigh on what they touch."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from apostil.applications.financial.checking.across import (
    cash_carried_forward,
    cash_of_balance,
    contradictions,
    depreciation_covers,
    flow_start,
    one_currency,
    one_scale,
    plausible,
    printed_changes,
)
from apostil.applications.financial.checking.frame import View, views
from apostil.applications.financial.checking.statements import (
    balance_checks,
    flow_checks,
    income_checks,
)
from apostil.applications.financial.mapping.facts import CONFIRMED, FAILED, OCR_CAP, Book
from apostil.applications.financial.result import Fact, Verdict
from apostil.applications.financial.rules.concepts import How
from apostil.applications.financial.statement import StatementKind
from apostil.evidence import Check, CheckStatus

_MUST_PASS = ("B1", "B2")
_MUST_NOT_FAIL = ("B1", "B2", "I2", "I3", "I4", "I5", "C1")


def run_checks(book: Book) -> tuple[Check, ...]:
    """Every check of every period, also those that could not be made and why."""
    checks: dict[str, Check] = {}
    for view in views(book):
        for check in _of_view(view):
            checks.setdefault(check.id, check)
    for check in (*contradictions(book), *one_currency(book), *one_scale(book)):
        checks.setdefault(check.id, check)
    return tuple(checks.values())


def _of_view(view: View) -> Iterator[Check]:
    kind = view.mapped.statement.kind
    if kind is StatementKind.BALANCE:
        yield from balance_checks(view)
    elif kind is StatementKind.INCOME:
        yield from income_checks(view)
        yield depreciation_covers(view)
        yield from plausible(view)
    else:
        yield from flow_checks(view)
        yield cash_of_balance(view)
        yield flow_start(view)
        yield cash_carried_forward(view)
    yield from printed_changes(view)


def weigh(facts: Sequence[Fact], checks: Sequence[Check]) -> tuple[Fact, ...]:
    """The facts with the confidence that the checks leave them: a failed one lowers it, a passed one
    raises that of a fact that was found by its label."""
    failed = {
        operand
        for check in checks
        if check.status is CheckStatus.FAIL
        for operand in check.operands
    }
    passed = {
        operand
        for check in checks
        if check.status is CheckStatus.PASS
        for operand in check.operands
    }
    return tuple(
        _weighed(fact, failed=fact.id in failed, passed=fact.id in passed) for fact in facts
    )


def _weighed(fact: Fact, *, failed: bool, passed: bool) -> Fact:
    if failed:
        return replace(fact, confidence=round(fact.confidence * FAILED, 4))
    by_label = fact.how in {How.EXACT, How.SYNONYM}
    if passed and by_label and fact.confidence > OCR_CAP:
        return replace(fact, confidence=CONFIRMED)
    return fact


def verdict(book: Book, checks: Sequence[Check]) -> Verdict:
    """Verified when the identities of the latest period hold in all three statements."""
    if not any(_is_identity(check) and check.status is CheckStatus.PASS for check in checks):
        return Verdict.NOT
    latest: dict[StatementKind, str] = {}
    for view in views(book):
        period = view.column.period
        if period is None or not view.column.consolidated or view.column.restated:
            continue
        kind = view.mapped.statement.kind
        end = period.end.isoformat()
        latest[kind] = max(latest.get(kind, ""), end)
    if set(latest) != set(StatementKind):
        return Verdict.PARTLY
    current = [check for check in checks if check.period[-10:] == latest[_kind_of(check)]]
    statuses = {(check.id.partition("@")[0].partition(".")[0], check.status) for check in current}
    holds = any((rule, CheckStatus.PASS) in statuses for rule in _MUST_PASS)
    flows = ("C1", CheckStatus.PASS) in statuses
    leads = any((rule, CheckStatus.PASS) in statuses for rule in ("I2", "I3", "I4"))
    broken = any((rule, CheckStatus.FAIL) in statuses for rule in _MUST_NOT_FAIL)
    return Verdict.VERIFIED if holds and flows and leads and not broken else Verdict.PARTLY


def _is_identity(check: Check) -> bool:
    """Whether it ties figures to each other; what is only plausible or repeated proves none."""
    return not check.id.startswith("X")


def _kind_of(check: Check) -> StatementKind:
    letter = check.id[:1]
    if letter == "B":
        return StatementKind.BALANCE
    return StatementKind.CASH_FLOW if letter == "C" else StatementKind.INCOME

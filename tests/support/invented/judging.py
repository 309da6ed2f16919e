"""Compares what was read from a report with what is true about it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from apostil.applications.financial.report import Reviewed, review
from apostil.applications.financial.result import Basis, Fact
from apostil.applications.financial.segments import read_statements
from apostil.documents import parse
from apostil.evidence import CheckStatus
from invented.lines import Moment, TrueFact, Truth
from invented.making import CORE

#: A parent's result is asked for as net income by reports without other owners.
_SAME = {
    "net_income": ("net_income", "net_income_total"),
    "net_income_total": ("net_income_total", "net_income"),
    "equity_total": ("equity_total", "equity_parent", "net_assets"),
    "equity_parent": ("equity_parent", "equity_total"),
}
_AS_GOOD_AS_FAILED = ("X3",)


@dataclass(slots=True)
class Verdict:
    """What came of one report, or of several together."""

    right: int = 0
    wrong: int = 0
    missing: int = 0
    invented: int = 0
    on_page: int = 0
    alarms: int = 0
    warnings: int = 0
    notes: list[str] = field(default_factory=list)

    def add(self, other: Verdict) -> None:
        for name in ("right", "wrong", "missing", "invented", "on_page", "alarms", "warnings"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.notes += other.notes

    @property
    def precision(self) -> float:
        return self.right / max(1, self.right + self.wrong + self.invented)

    @property
    def recall(self) -> float:
        return self.right / max(1, self.right + self.wrong + self.missing)

    @property
    def pages(self) -> float:
        return self.on_page / max(1, self.right)


def read(path: Path) -> Reviewed:
    """The facts and checks of a report, read by the real steps."""
    document = parse(path)
    identity, statements = read_statements(document)
    return review(document, identity, statements)


def judge(truth: Truth, reviewed: Reviewed, *, core: bool = True) -> Verdict:
    """Right, wrong, missing and invented facts; with ``core`` only those that everybody asks for."""
    verdict = Verdict()
    facts = [fact for fact in reviewed.facts if fact.basis is not Basis.NON_GAAP]
    used: set[str] = set()
    for true in truth.facts:
        if core and true.concept not in CORE:
            continue
        _judge_one(true, facts, reviewed, verdict, used)
    wanted = CORE if core else frozenset(true.concept for true in truth.facts) | truth.absent
    stated = {_key(true.concept, true.moment) for true in truth.facts}
    for fact in facts:
        if fact.concept in wanted and fact.id not in used and not _is_stated(fact, stated):
            verdict.invented += 1
            verdict.notes.append(f"INVENTED {_named(fact)} = {fact.absolute} ({fact.label!r})")
    verdict.alarms = sum(check.status is CheckStatus.FAIL for check in reviewed.checks)
    verdict.warnings = sum(check.status is CheckStatus.WARNING for check in reviewed.checks)
    verdict.notes += [
        f"ALARM {check.id}: {check.formula}, off by {check.difference}"
        for check in reviewed.checks
        if check.status is CheckStatus.FAIL
    ]
    return verdict


def _judge_one(
    true: TrueFact, facts: list[Fact], reviewed: Reviewed, verdict: Verdict, used: set[str]
) -> None:
    found = [
        fact
        for fact in facts
        if fact.concept in _SAME.get(true.concept, (true.concept,))
        and _is_at(fact, true.moment)
        and fact.consolidated == true.consolidated
    ]
    named = f"{true.concept} {_when(true.moment)}{'' if true.consolidated else ' alone'}"
    exact = [fact for fact in found if fact.concept == true.concept]
    hits = [fact for fact in found if fact.absolute == true.value]
    used.update(fact.id for fact in (*hits, *exact))
    if hits and all(fact in hits for fact in exact):
        verdict.right += 1
        pages = {reviewed.citations[key].page for fact in hits for key in fact.citations}
        verdict.on_page += true.page in pages
        if true.page not in pages:
            verdict.notes.append(f"PAGE {named}: {pages} and not {true.page}")
    elif exact:
        verdict.wrong += 1
        got = sorted({str(fact.absolute) for fact in exact})
        verdict.notes.append(f"WRONG {named}: {true.value}, read {got}")
    else:
        verdict.missing += 1
        verdict.notes.append(f"MISSING {named}: {true.value} on page {true.page}")


def _is_at(fact: Fact, moment: Moment) -> bool:
    if fact.period.end != moment.end:
        return False
    if moment.start is None or fact.period.start is None:
        return moment.start is None and fact.period.start is None
    return abs((fact.period.start - moment.start).days) <= 8


def _is_stated(fact: Fact, stated: set[tuple[str, object, int]]) -> bool:
    moment = Moment(fact.period.end, fact.period.start)
    return any(
        _key(name, moment) in stated
        for name in _SAME.get(fact.concept or "", (fact.concept or "",))
    )


def _key(concept: str, moment: Moment) -> tuple[str, object, int]:
    return (concept, moment.end, moment.months)


def _when(moment: Moment) -> str:
    return f"{moment.months}M {moment.end}" if moment.start else str(moment.end)


def _named(fact: Fact) -> str:
    return f"{fact.concept} {_when(Moment(fact.period.end, fact.period.start))}"


def alarm(reviewed: Reviewed) -> str:
    """The loudest thing that the checks say: "fail", "warning" or nothing.

    A failed check, or a printed change that is not the computed one, is an error shown; other
    warnings are of identities that honest reports may break, too.
    """
    failed = any(
        check.status is CheckStatus.FAIL
        or (check.status is CheckStatus.WARNING and check.id.startswith(_AS_GOOD_AS_FAILED))
        for check in reviewed.checks
    )
    warned = any(check.status is CheckStatus.WARNING for check in reviewed.checks)
    return "fail" if failed else "warning" if warned else ""


def by_trap(verdicts: list[tuple[Truth, Verdict]]) -> dict[str, Verdict]:
    """The verdicts summed over the reports that set each trap."""
    summed: dict[str, Verdict] = {}
    for truth, verdict in verdicts:
        for trap in truth.traps:
            summed.setdefault(trap, Verdict()).add(verdict)
    return summed


def counted(verdicts: list[tuple[Truth, Verdict]]) -> Counter[str]:
    return Counter(trap for truth, _ in verdicts for trap in truth.traps)

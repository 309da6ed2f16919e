"""Main figures that are not among the facts: said aloud, with what was searched."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from apostil.applications.financial.result import Basis, Fact, Missing, State
from apostil.applications.financial.rules.concepts import concepts
from apostil.applications.financial.statement import Statement, StatementKind
from apostil.evidence import Check, CheckStatus, NotFound

MAIN = (
    ("revenue",),
    ("operating_income",),
    ("pretax_income",),
    ("income_tax",),
    ("net_income", "net_income_total", "net_income_common"),
    ("eps_basic",),
    ("eps_diluted",),
    ("assets",),
    ("liabilities",),
    ("equity_total", "equity_parent"),
    ("cash",),
    ("cfo",),
    ("cfi",),
    ("cff",),
    ("capex",),
)
"""What every reader asks for; each line is answered by any of its concepts."""

MOST_TERMS = 8
_STATEMENTS = {
    StatementKind.INCOME: "income statement",
    StatementKind.BALANCE: "balance sheet",
    StatementKind.CASH_FLOW: "cash-flow statement",
}
_PROOF = {StatementKind.INCOME: "I", StatementKind.BALANCE: "B", StatementKind.CASH_FLOW: "C"}


def missing(
    facts: Sequence[Fact],
    statements: Sequence[Statement],
    checks: Sequence[Check],
    *,
    pages: int,
    unreadable: Sequence[int] = (),
) -> Iterator[Missing]:
    """An explicit absence for each main figure without a fact.

    ``not_reported`` when its statement was found and a check of it passed, so that the line is
    truly absent; ``not_found`` when the statement is missing or was not read with certainty.
    """
    there = {
        fact.concept for fact in facts if fact.consolidated and fact.basis is not Basis.NON_GAAP
    }
    everywhere = "the only page" if pages == 1 else f"all {pages} pages"
    number = 0
    for names in MAIN:
        if there & set(names):
            continue
        number += 1
        concept = concepts()[names[0]]
        found = [one for one in statements if one.kind is concept.statement]
        name = _STATEMENTS[concept.statement]
        proven = any(
            check.status is CheckStatus.PASS and check.id.startswith(_PROOF[concept.statement])
            for check in checks
        )
        searched = tuple(f"{name} on page {page}" for one in found for page in one.pages)
        yield Missing(
            id=f"n{number}",
            concept=concept.name,
            title=concept.title,
            state=State.NOT_REPORTED if found and proven else State.NOT_FOUND,
            not_found=NotFound(
                question=f"What is {concept.title}?",
                searched=searched or (f"{everywhere} for {name}s",),
                terms=tuple(synonym.partition("@")[0] for synonym in concept.synonyms[:MOST_TERMS]),
                unreadable_pages=tuple(unreadable),
            ),
        )

"""The second half of the analysis: from dated statements to facts, checks and sentences."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from apostil.applications.financial.checking.checks import run_checks, verdict, weigh
from apostil.applications.financial.mapping.basis import accounting_basis
from apostil.applications.financial.mapping.facts import assert_facts
from apostil.applications.financial.mapping.rows import MappedStatement, map_rows
from apostil.applications.financial.reading.identify import DocumentType, Identity
from apostil.applications.financial.result import (
    Basis,
    DocInfo,
    Fact,
    FinancialResult,
    StatementPlace,
    Verdict,
)
from apostil.applications.financial.statement import Statement
from apostil.applications.financial.telling.derive import derive
from apostil.applications.financial.telling.missing import missing
from apostil.applications.financial.telling.narrate import Material, narrate
from apostil.documents import ParsedDocument
from apostil.evidence import Answered, Check, Citation, CitationIndex, CitedDocument

_US_FORMS = {DocumentType.ANNUAL_10K, DocumentType.QUARTERLY_10Q}
_KINDS = ("IS", "BS", "CF")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reviewed:
    """The facts of the statements with the checks that they went through."""

    facts: tuple[Fact, ...]
    unmapped: tuple[Fact, ...]
    checks: tuple[Check, ...]
    verdict: Verdict
    basis: Basis
    citations: dict[str, Citation]


def review(
    document: ParsedDocument, identity: Identity, statements: Sequence[Statement]
) -> Reviewed:
    """Maps every row, asserts what is certain, and checks it."""
    return check(document, identity, [map_rows(statement) for statement in statements])


def check(
    document: ParsedDocument, identity: Identity, mapped: Sequence[MappedStatement]
) -> Reviewed:
    """Asserts what is certain of mapped rows, and checks it."""
    basis = accounting_basis(
        (page.text for page in document.pages), is_us_form=identity.type in _US_FORMS
    )
    citations = CitationIndex()
    book = assert_facts(mapped, citations, basis=basis)
    checks = run_checks(book)
    return Reviewed(
        facts=weigh(book.facts, checks),
        unmapped=book.unmapped,
        checks=checks,
        verdict=verdict(book, checks),
        basis=basis,
        citations=citations.by_id(),
    )


def tell(
    *,
    document: ParsedDocument,
    name: str,
    identity: Identity,
    statements: Sequence[Statement],
    reviewed: Reviewed,
    runners_up: Sequence[str] = (),
) -> Answered:
    """The whole answer: facts, checks, computed values, sentences, and what was not found."""
    citations = CitationIndex()
    for citation in reviewed.citations.values():
        citations.add(citation)
    info = _doc_info(document, identity, statements, reviewed, citations)
    derived = derive(reviewed.facts)
    pages = {key: one.page for key, one in citations.by_id().items() if one.page is not None}
    material = Material(
        document=info, facts=reviewed.facts, derived=derived, checks=reviewed.checks, pages=pages
    )
    sections, dropped = narrate(material)
    unreadable = unreadable_pages(document)
    body = FinancialResult(
        document=info,
        facts=reviewed.facts,
        unmapped=reviewed.unmapped,
        checks=reviewed.checks,
        derived=derived,
        not_found=tuple(
            missing(
                reviewed.facts,
                statements,
                reviewed.checks,
                pages=len(document.pages),
                unreadable=unreadable,
            )
        ),
        sections=sections,
        diagnostics={
            "sentences_kept": sum(len(section) for section in sections.values()),
            "sentences_dropped": dropped,
            "unreadable_pages": list(unreadable),
            "statements_passed_over": list(runners_up),
            "statements_not_found": [
                kind for kind in _KINDS if all(kind != one.kind.value for one in statements)
            ],
        },
    )
    cited = CitedDocument(
        sha256=document.sha256,
        name=name,
        media_type=document.media_type,
        pages=len(document.pages),
        warnings=document.warnings,
    )
    return Answered(documents=(cited,), citations=citations.by_id(), body=body)


def unreadable_pages(document: ParsedDocument) -> tuple[int, ...]:
    """Pages that show something but gave no words."""
    return tuple(
        page.number for page in document.pages if page.quality.marks and not page.quality.words
    )


def _doc_info(
    document: ParsedDocument,
    identity: Identity,
    statements: Sequence[Statement],
    reviewed: Reviewed,
    citations: CitationIndex,
) -> DocInfo:
    support = {
        role: citations.add(citation)
        for role, citation in (
            ("heading", identity.type_citation),
            ("name", identity.issuer_citation),
            ("header", identity.period_citation),
            ("unit", identity.currency_citation),
            ("passage", identity.audited_citation),
        )
        if citation is not None
    }
    places = tuple(
        StatementPlace(
            kind=statement.kind.value,
            title=statement.title,
            pages=statement.pages,
            confidence=statement.confidence,
            citations=(citations.add(statement.title_citation),),
        )
        for statement in statements
    )
    return DocInfo(
        document_type=identity.type.value if identity.type is not DocumentType.UNKNOWN else None,
        issuer=identity.issuer,
        period_of_report=identity.period_end.isoformat() if identity.period_end else None,
        fiscal_year_end=identity.fiscal_end.isoformat() if identity.fiscal_end else None,
        currency=identity.currency,
        basis=reviewed.basis,
        audited=identity.audited,
        verdict=reviewed.verdict,
        pages=len(document.pages),
        statements=places,
        support=support,
    )

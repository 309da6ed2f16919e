"""The table of concepts: what a line of a statement can mean, and by which labels it is known.

``concepts.csv`` is data of this package. A synonym may carry a place, ``basic@per_share``: it then
counts only for rows of that place. The column ``section`` is the place where a concept normally
stands; it only rules out rows that are known to stand elsewhere.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files

from apostil.applications.financial.rules.labels import normalise, plain, similarity
from apostil.applications.financial.statement import PeriodKind, StatementKind

FUZZY_LEAST = 0.92
"""Least share of common words for a label that is no synonym."""

_COMPANY = "[company]"
_NOT_A_COMPANY = {
    "nci", "liabilities", "equity", "continuing", "discontinued", "preferred", "common",
    "redeemable", "total", "net", "including", "before", "per", "operations", "participating",
}  # fmt: skip
_COMPANY_WORDS = 7
_FORM_WORDS = {"co", "inc", "corp", "company", "plc", "group", "corporation", "limited", "ltd"}
_TERM = re.compile(r"\b(?:current|noncurrent|long|short|prepaid)\b")
"""Words by which a label itself says whether a line is current, where the place does not: "Other
assets" of a balance sheet without current assets is neither."""
_TELLING = {
    "nci", "continuing", "discontinued", "noncurrent", "current", "before", "after", "basic",
    "diluted", "operating", "nonoperating", "investing", "financing", "parent", "common", "per",
    "other", "total", "net", "gross", "restricted", "redeemable", "beginning", "end", "excluding",
    "including", "accumulated", "deferred", "short", "long", "comprehensive", "less", "nonrecurring",
}  # fmt: skip
"""Words that change which line is meant: a label that differs by one of them is not similar."""


class Unit(StrEnum):
    AMOUNT = "amount"
    SHARES = "shares"
    PER_SHARE = "per_share"


class How(StrEnum):
    """How a row came to its concept; the confidence of a fact starts from it."""

    EXACT = "exact"
    SYNONYM = "synonym"
    FUZZY = "fuzzy"
    STRUCTURAL = "structural"


@dataclass(frozen=True, slots=True, kw_only=True)
class Concept:
    """One line of the table. ``signed`` is false for what is stored positive whatever the print.

    ``us_gaap`` and ``ifrs`` are local names of the taxonomies, the closest one first.
    """

    name: str
    title: str
    statement: StatementKind
    section: str
    unit: Unit
    period_kind: PeriodKind
    signed: bool
    us_gaap: tuple[str, ...]
    ifrs: tuple[str, ...]
    synonyms: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Match:
    concept: Concept
    how: How
    placed: bool = False


@dataclass(frozen=True, slots=True)
class _Synonym:
    concept: Concept
    text: str
    plain: str
    place: str
    pattern: re.Pattern[str] | None


def within(place: str, section: str) -> bool:
    """Whether a place lies in a section: ``assets.current`` lies in ``assets``."""
    return place == section or place.startswith(section + ".")


def fits(place: str, concept: Concept) -> bool:
    """Whether a row of this place may be this concept. An unknown place ("") rules nothing out."""
    if place in {Unit.PER_SHARE, Unit.SHARES}:
        return concept.section == place
    if place in {"oci", "attribution"}:
        return concept.name.startswith(
            ("net_income", "comprehensive_income", "other_comprehensive")
        )
    if not place or not concept.section:
        return concept.unit is Unit.AMOUNT or not place
    return within(place, concept.section) or within(concept.section, place)


class ConceptTable:
    """Looks rows up by statement, label and place."""

    def __init__(self, concepts: Iterable[Concept]) -> None:
        self._by_name: dict[str, Concept] = {concept.name: concept for concept in concepts}
        self._exact: dict[tuple[StatementKind, str], list[_Synonym]] = {}
        self._patterns: dict[StatementKind, list[_Synonym]] = {kind: [] for kind in StatementKind}
        for concept in self._by_name.values():
            for synonym in _synonyms(concept):
                if synonym.pattern is not None:
                    self._patterns[concept.statement].append(synonym)
                else:
                    self._exact.setdefault((concept.statement, synonym.text), []).append(synonym)

    def __getitem__(self, name: str) -> Concept:
        return self._by_name[name]

    def __contains__(self, name: object) -> bool:
        return name in self._by_name

    def names(self) -> tuple[str, ...]:
        return tuple(self._by_name)

    def claims(self) -> Mapping[tuple[StatementKind, str], tuple[tuple[str, str], ...]]:
        """Each spelling with the (concept, place) pairs that claim it: for the table's own test."""
        return {
            key: tuple(
                (synonym.concept.name, synonym.place or synonym.concept.section)
                for synonym in found
            )
            for key, found in self._exact.items()
        }

    def match(self, kind: StatementKind, label: str, place: str = "") -> tuple[Match, ...]:
        """The concepts that a row with this label at this place may be, best first.

        More than one only where the table itself cannot tell them apart: "Basic and diluted" is
        both; for the rest the caller decides or leaves the row unmapped.
        """
        text = normalise(label, balance=kind is StatementKind.BALANCE)
        if not text:
            return ()
        found = [s for s in self._exact.get((kind, text), ()) if _allowed(s, place)]
        if not found:
            found = [
                s
                for s in self._patterns[kind]
                if s.pattern is not None
                and _is_company(s.pattern.fullmatch(text))
                and _allowed(s, place)
            ]
        if found:
            return _best(found, plain(label))
        return self._fuzzy(kind, text, place)

    def _fuzzy(self, kind: StatementKind, text: str, place: str) -> tuple[Match, ...]:
        best: tuple[float, Concept | None] = (0.0, None)
        for (statement, synonym), claims in self._exact.items():
            if statement is not kind:
                continue
            score = similarity(text, synonym)
            if (
                score < FUZZY_LEAST
                or score <= best[0]
                or (set(text.split()) ^ set(synonym.split())) & _TELLING
            ):
                continue
            allowed = [claim for claim in claims if _allowed(claim, place)]
            if len(allowed) == 1:
                best = (score, allowed[0].concept)
        return () if best[1] is None else (Match(best[1], How.FUZZY),)


def _synonyms(concept: Concept) -> Iterable[_Synonym]:
    for entry in concept.synonyms:
        label, _, place = entry.partition("@")
        text = normalise(label, balance=concept.statement is StatementKind.BALANCE)
        pattern = None
        if _COMPANY in text:
            word = rf"(?P<company>[a-z0-9]+(?: [a-z0-9]+){{0,{_COMPANY_WORDS - 1}}})"
            pattern = re.compile(re.escape(text).replace(re.escape(_COMPANY), word))
        yield _Synonym(concept, text, plain(label), place, pattern)


def _allowed(synonym: _Synonym, place: str) -> bool:
    section = synonym.concept.section
    if synonym.place:
        return within(place, synonym.place)
    if synonym.text.startswith("other") and "." in section and not within(place, section):
        return bool(_TERM.search(synonym.text)) and fits(place, synonym.concept)
    return fits(place, synonym.concept)


def _is_company(match: re.Match[str] | None) -> bool:
    if match is None:
        return False
    words = match.group("company").split()
    telling = [word for word in words if word not in _FORM_WORDS]
    if not words or "and" in {words[0], words[-1]}:
        return False  # "total debt and shareholders' equity", but "Smith & Sons" is a name
    return not set(telling) & _NOT_A_COMPANY


def _best(found: list[_Synonym], printed: str) -> tuple[Match, ...]:
    placed = [synonym for synonym in found if synonym.place]
    chosen = placed or found
    matches: dict[str, Match] = {}
    for synonym in chosen:
        how = How.EXACT if synonym.plain == printed else How.SYNONYM
        if synonym.concept.name not in matches or how is How.EXACT:
            matches[synonym.concept.name] = Match(synonym.concept, how, bool(synonym.place))
    return tuple(matches.values())


@cache
def concepts() -> ConceptTable:
    """The packaged table. ValueError when a line of it has a value that is not known."""
    text = files("apostil.applications.financial.rules").joinpath("concepts.csv").read_text("utf-8")
    return ConceptTable(_concept(line) for line in csv.DictReader(text.splitlines(), delimiter=";"))


def _concept(line: Mapping[str, str]) -> Concept:
    if line["sign"] not in {"+", "+/-"}:
        raise ValueError(f"{line['concept']}: a sign is + or +/-, not {line['sign']}")
    return Concept(
        name=line["concept"],
        title=line["title"],
        statement=StatementKind(line["statement"]),
        section=line["section"],
        unit=Unit(line["unit"]),
        period_kind=PeriodKind(line["period_type"]),
        signed=line["sign"] == "+/-",
        us_gaap=tuple(filter(None, line["us_gaap"].split("|"))),
        ifrs=tuple(filter(None, line["ifrs"].split("|"))),
        synonyms=tuple(line["synonyms"].split("|")),
    )

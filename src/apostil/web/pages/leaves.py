"""The pages that a result cites, each with its boxes and its margin, ready for the template."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from apostil.evidence import Box
from apostil.web.pages.margin import FULL_WIDTH, NOTE_WIDTH, NOTE_X, PAGE_WIDTH, Cited, Note, notes
from apostil.web.pages.pivot import Table, computed, has_period, period_name, tables
from apostil.web.pages.reading import Absence, Checked, Proof, Reading, Value

IMAGE_WIDTH = 1240
"""Pixels across a page image: sharp on a dense screen at half of a wide window."""

LONGEST_VALUE = 18
"""Characters that a note has room for beside its label."""

PageSize = Callable[[str, int], tuple[float, float]]
"""(width, height) in points of a page as displayed, for a document's SHA-256 and page number."""

SENTENCE_KEYS = frozenset({"sections", "answer", "parts", "narrative", "summary"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """The boxes of one citation as a link: ``kind`` is sel, bad, opd or empty."""

    citation: str
    label: str
    kind: str
    boxes: tuple[Box, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaf:
    """One page. ``tints`` are lit, ``about`` are the words that the selected value rests on."""

    document: str
    number: int
    height: float
    pixels: tuple[int, int]
    marks: tuple[Mark, ...]
    notes: tuple[Note, ...]
    tints: tuple[Box, ...]
    about: tuple[Box, ...]
    ticks: str
    is_first: bool
    """Whether the eye begins here: the selected value's page, else that of the first table."""

    @property
    def count(self) -> int:
        return len(self.marks)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tab:
    title: str
    anchor: str
    failed: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultView:
    """Everything that the result page shows."""

    job: str
    name: str
    document: str
    facts: str
    selected: str
    reading: Reading
    leaves: tuple[Leaf, ...]
    tables: tuple[Table, ...]
    computed: Table | None
    others: tuple[Value, ...]
    sentences: tuple[Value, ...]
    notices: tuple[str, ...] = ()

    full = FULL_WIDTH
    note_x = NOTE_X
    note_end = NOTE_X + NOTE_WIDTH - 7

    period_name = staticmethod(period_name)

    @property
    def checks(self) -> tuple[Checked, ...]:
        return self.reading.checks

    @property
    def loud_checks(self) -> list[Checked]:
        """Those that a reader must see: failures first, then warnings."""
        return [check for check in self.checks if check.status in {"fail", "warning"}]

    @property
    def quiet_checks(self) -> dict[tuple[str, str], list[str]]:
        """The periods of all other checks by status and formula."""
        found: dict[tuple[str, str], list[str]] = {}
        for check in self.checks:
            if check.status not in {"fail", "warning"}:
                periods = found.setdefault((check.status, check.formula), [])
                periods.append(period_name(check.period.rpartition(":")[2]) or check.note)
        return found

    def operands_of(self, value: Value) -> list[Value]:
        """The values that a computed one was made of, as far as they are in the result."""
        named = self.reading.by_id()
        return [named[one] for one in value.operands if one in named]

    @property
    def failed(self) -> tuple[Checked, ...]:
        return self.reading.failed_checks

    @property
    def absences(self) -> tuple[Absence, ...]:
        return self.reading.absences

    @property
    def warnings(self) -> list[str]:
        own = [str(one) for doc in self.reading.documents for one in doc.get("warnings") or ()]
        return [*self.notices, *own]

    @property
    def unpaged(self) -> list[Proof]:
        return [proof for proof in self.reading.proofs.values() if proof.page is None]

    @property
    def tabs(self) -> list[Tab]:
        shown = [Tab(title=t.title, anchor=f"table{i}") for i, t in enumerate(self.tables, 1)][:4]
        if self.computed:
            shown.append(Tab(title="Ratios", anchor="computed"))
        if self.others:
            shown.append(Tab(title="Findings", anchor="findings"))
        if self.sentences:
            shown.append(Tab(title="In words", anchor="answer"))
        if self.checks:
            shown.append(Tab(title="Checks", anchor="checks", failed=len(self.failed)))
        if self.absences:
            shown.append(Tab(title="Not found", anchor="missing"))
        return shown

    def page_of(self, citation: str) -> int | None:
        proof = self.reading.proofs.get(citation)
        return proof.page if proof else None


def view_result(
    reading: Reading,
    *,
    job: str,
    name: str,
    facts: str,
    selected: str,
    page_size: PageSize,
    notices: tuple[str, ...] = (),
) -> ResultView:
    """Lay a result out; ``selected`` is the id of the one citation that is lit, or empty."""
    first = str(reading.documents[0].get("sha256", "")) if reading.documents else ""
    sentences = tuple(v for v in reading.values if v.group in SENTENCE_KEYS and not v.id)
    return ResultView(
        job=job,
        name=name,
        document=first,
        facts=facts,
        selected=selected,
        reading=reading,
        leaves=_leaves(reading, selected, page_size),
        tables=tables(reading),
        computed=computed(reading),
        others=tuple(v for v in reading.values if _is_other(v) and v not in sentences),
        sentences=sentences,
        notices=notices,
    )


def _is_other(value: Value) -> bool:
    """Whether it says something that no table shows."""
    return not has_period(value) and bool(value.text or value.formula)


def _leaves(reading: Reading, selected: str, page_size: PageSize) -> tuple[Leaf, ...]:
    cited = _first_value_of_each_citation(reading)
    failed = {
        citation
        for check in reading.failed_checks
        for value in check.operands
        for citation in value.citations
    }
    about = _support_of(reading, selected)
    start = selected or next((v.citations[0] for v in reading.values if v.citations), "")
    pages: dict[tuple[int, str, int], list[Proof]] = defaultdict(list)
    order = {str(doc.get("sha256")): place for place, doc in enumerate(reading.documents)}
    for key in (*cited, *about):
        proof = reading.proofs.get(key)
        if proof and proof.page is not None and proof.boxes:
            pages[order.get(proof.document, 99), proof.document, proof.page].append(proof)
    return tuple(
        _leaf(document, number, proofs, cited=cited, failed=failed, about=about,
              selected=selected, start=start, size=page_size(document, number))
        for (_, document, number), proofs in sorted(pages.items())
    )  # fmt: skip


def _first_value_of_each_citation(reading: Reading) -> dict[str, Value]:
    found: dict[str, Value] = {}
    for value in reading.values:
        for citation in value.citations:
            found.setdefault(citation, value)
    return found


def _support_of(reading: Reading, selected: str) -> tuple[str, ...]:
    """The citations of the words that the selected value rests on: label, header, unit."""
    for value in reading.values:
        if selected and selected in value.citations:
            return tuple(dict.fromkeys(value.support.values()))
    return ()


def _leaf(  # noqa: PLR0913 - one page gathers what six sources say of it
    document: str,
    number: int,
    proofs: Sequence[Proof],
    *,
    cited: Mapping[str, Value],
    failed: set[str],
    about: Sequence[str],
    selected: str,
    start: str,
    size: tuple[float, float],
) -> Leaf:
    scale = PAGE_WIDTH / size[0]
    height = round(size[1] * scale, 2)
    values = [proof for proof in dict.fromkeys(proofs) if proof.id in cited]
    lit = [box for proof in values if proof.id == selected for box in _scaled(proof, scale)]
    return Leaf(
        document=document,
        number=number,
        height=height,
        pixels=(IMAGE_WIDTH, round(IMAGE_WIDTH * size[1] / size[0])),
        marks=tuple(
            _mark(p, cited[p.id], failed=failed, selected=selected, scale=scale) for p in values
        ),
        notes=tuple(
            notes(
                [
                    _cited(p, cited[p.id], failed=failed, selected=selected, scale=scale)
                    for p in values
                ],
                height=height,
            )
        ),
        tints=tuple(lit),
        about=tuple(b for p in proofs if p.id in about for b in _scaled(p, scale)),
        ticks=_ticks(values, size[1]),
        is_first=any(proof.id == start for proof in values),
    )


def _scaled(proof: Proof, scale: float) -> tuple[Box, ...]:
    return tuple(Box(*(round(edge * scale, 2) for edge in box)) for box in proof.boxes)


def _mark(proof: Proof, value: Value, *, failed: set[str], selected: str, scale: float) -> Mark:
    kind = "sel" if proof.id == selected else "bad" if proof.id in failed else ""
    return Mark(citation=proof.id, label=value.label, kind=kind, boxes=_scaled(proof, scale))


def _cited(proof: Proof, value: Value, *, failed: set[str], selected: str, scale: float) -> Cited:
    return Cited(
        citation=proof.id,
        label=value.label if value.id else proof.quote,
        value=value.text if len(value.text) <= LONGEST_VALUE else "",
        box=_scaled(proof, scale)[0],
        detail=value.detail,
        quote=proof.quote,
        is_failed=proof.id in failed,
        is_selected=proof.id == selected,
    )


def _ticks(proofs: Sequence[Proof], height: float) -> str:
    """One stroke for each cited line, at its height on the little page."""
    places = sorted({round(proof.boxes[0].y0 / height * 26) + 1 for proof in proofs})
    return "".join(f"M0 {place}.5h4" for place in places)

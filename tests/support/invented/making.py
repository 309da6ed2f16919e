"""Makes a report from a seed: the PDF, and everything that is true about it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from random import Random

from invented.books import group_and_company, statements
from invented.choice import choose
from invented.damage import Damage, damaged
from invented.decoys import DECOYS, FRONT
from invented.front import auditor, cover, event
from invented.heads import subtitle
from invented.layout import Layout
from invented.lines import Content, Line, TrueFact, Truth
from invented.press import Press
from invented.printing_statements import rows, table, truths
from invented.style import PrintedRow

_TITLES = {
    "IS": ("STATEMENTS OF INCOME", "STATEMENTS OF OPERATIONS", "STATEMENTS OF EARNINGS"),
    "BS": ("BALANCE SHEETS", "BALANCE SHEETS", "STATEMENTS OF FINANCIAL POSITION"),
    "CF": ("STATEMENTS OF CASH FLOWS", "STATEMENTS OF CASH FLOWS", "STATEMENTS OF CASH FLOWS"),
    "OCI": ("STATEMENTS OF COMPREHENSIVE INCOME",) * 3,
}
_EUROPEAN = {
    "IS": ("INCOME STATEMENT", "STATEMENT OF PROFIT OR LOSS"),
    "BS": ("BALANCE SHEET", "STATEMENT OF FINANCIAL POSITION"),
    "CF": ("CASH FLOW STATEMENT", "STATEMENT OF CASH FLOWS"),
    "OCI": ("STATEMENT OF COMPREHENSIVE INCOME",) * 2,
}
_SHORT_UNIT = 46
FIGURE_SEED = 1_000_003
_FOOTER = "See accompanying notes to consolidated financial statements."
CORE = frozenset(
    {
        *("revenue", "cost_of_revenue", "gross_profit", "operating_income", "pretax_income"),
        *("income_tax", "net_income_total", "net_income", "eps_basic", "eps_diluted"),
        *("shares_basic", "shares_diluted", "cash", "assets_current", "assets"),
        *("liabilities_current", "liabilities", "equity_parent", "equity_total"),
        *("liabilities_and_equity", "cfo", "cfi", "cff", "capex", "cash_end"),
    }
)


def make_report(
    seed: int, path: Path, *, family: str | None = None, damage: Damage | None = None
) -> Truth:
    """Prints report ``seed`` at ``path`` and says what a reader must find in it."""
    layout = choose(seed, family)
    rng = Random(seed + FIGURE_SEED)  # noqa: S311 - figures must be the same for the same seed
    press = Press(path, replace(layout.page, leaders=layout.leaders), layout.numbers)
    if layout.family == "event":
        event(press, layout)
        press.save()
        return Truth(facts=(), absent=CORE, traps=layout.traps)
    contents = [one for one in statements(layout, rng) if one.kind != layout.missing]
    printer = _Printer(press, layout, rng, damage)
    cover(press, layout)
    for name in layout.decoys:
        if name in FRONT:
            DECOYS[name](press, layout, rng)
            press.turn()
    if layout.family not in {"release", "us-quarter", "ifrs-half", "india"}:
        auditor(press, layout)
    if layout.balance_first and not layout.missing:
        contents.sort(key=lambda content: content.kind != "BS")
    facts = [fact for content in contents for fact in printer.print_statement(content)]
    for name in layout.decoys:
        if name not in FRONT:
            DECOYS[name](press, layout, rng)
            press.turn()
    press.save()
    named = {fact.concept for fact in facts}
    return Truth(facts=tuple(facts), absent=frozenset(CORE - named), traps=layout.traps)


class _Printer:
    """Prints statements one after the other, all in the style of the report."""

    def __init__(self, press: Press, layout: Layout, rng: Random, damage: Damage | None) -> None:
        self._press = press
        self._layout = layout
        self._damage = damage
        abroad = layout.header.startswith("eu") or layout.family == "india"
        choices = _EUROPEAN if abroad else _TITLES
        at = rng.randrange(len(choices["IS"]))
        self._titles = {kind: names[at] for kind, names in choices.items()}

    def print_statement(self, content: Content) -> list[TrueFact]:
        """The statement on its own page or pages; returns what is true of it."""
        layout = self._layout
        extra = layout.change if content.kind == "IS" else "none"
        if layout.pair:
            group, alone = group_and_company(content)
            printed = [
                replace(mine, cells=mine.cells + theirs.cells[1 if layout.notes else 0 :])
                for mine, theirs in zip(
                    rows(layout, alone), rows(layout, damaged(group, self._damage)), strict=True
                )
            ]
            pages = self._pages(content, printed, extra=extra)
            return [
                *truths(layout, group, pages),
                *truths(layout, alone, pages, consolidated=False),
            ]
        printed = rows(layout, damaged(content, self._damage), extra=extra)
        pages = self._pages(content, printed, extra=extra)
        return truths(layout, content, pages)

    def _pages(self, content: Content, printed: list[PrintedRow], *, extra: str) -> list[int]:
        """Prints the rows on one page, or on two, and gives the page of each."""
        split = {"BS": self._layout.split_balance, "CF": self._layout.split_cash}.get(content.kind)
        cut = content.split_at if split else None
        if cut is None:
            first = self._sheet(content, printed, extra=extra, continued=False)
            return [first] * len(printed)
        first = self._sheet(content, printed[:cut], extra=extra, continued=False)
        second = self._sheet(content, printed[cut:], extra=extra, continued=True)
        return [first] * cut + [second] * (len(printed) - cut)

    def _sheet(
        self, content: Content, printed: list[PrintedRow], *, extra: str, continued: bool
    ) -> int:
        layout, press = self._layout, self._press
        self._title(content, continued=continued)
        text = self._scale_text(content)
        if text and not layout.unit_in_head:
            press.line(text, size=9, align="centre")
        press.skip(4)
        unit = text if layout.unit_in_head and len(text) < _SHORT_UNIT else ""
        if text and layout.unit_in_head and not unit:
            press.line(text, size=9, align="centre")
        words = self._column_words(content)
        press.table(
            table(layout, content, printed, extra=extra, words=words, unit=unit),
            room=press.room - 16,
        )
        page = press.page
        press.turn(_FOOTER if layout.family != "release" else "")
        return page

    def _title(self, content: Content, *, continued: bool) -> None:
        layout, press = self._layout, self._press
        title = self._worded(content, continued=continued)
        if layout.title == "beside":
            press.apart(title, layout.company)
        else:
            if layout.title.startswith("{company}"):
                press.line(layout.company, size=12, bold=True, align="centre")
            press.line(title, size=12, bold=True, align="centre")
        if layout.unaudited == "line":
            press.line("(Unaudited)", size=9, align="centre")
        line = subtitle(layout, content.kind, content.moments)
        if line:
            press.line(line, size=10, align="centre")

    def _worded(self, content: Content, *, continued: bool) -> str:
        layout = self._layout
        title = self._titles[content.kind]
        if content.kind == "IS" and layout.comprehensive == "joined":
            title += " AND COMPREHENSIVE INCOME"
        if not layout.pair:
            title = f"CONSOLIDATED {title}"
        if layout.condensed:
            title = f"CONDENSED {title}"
        if layout.title == "Consolidated {}":
            title = _lowered(title)
        if continued and content.kind == "CF":
            title += " (Continued)"
        if layout.unaudited == "title" and content.kind != "BS":
            title += " (UNAUDITED)" if title.isupper() else " (Unaudited)"
        if layout.title == "kerned" and title[-1].isalpha():
            title = _lowered(f"{title[:-1]} {title[-1].lower()}")
        return title

    def _scale_text(self, content: Content) -> str:
        text = self._layout.scale.text
        if content.kind in {"CF", "OCI"}:
            text = text.replace(", except per share amounts", "").replace(
                ", except per share data", ""
            )
        return _other_scale(text) if self._is_rescaled(content) else text

    def _column_words(self, content: Content) -> str:
        words = self._layout.scale.column
        return _other_scale(words) if self._is_rescaled(content) else words

    def _is_rescaled(self, content: Content) -> bool:
        damage = self._damage
        return damage is not None and damage.kind == "scale" and damage.statement == content.kind


def _lowered(title: str) -> str:
    lowered = title.title()
    for word in (" Of ", " Or ", " And "):
        lowered = lowered.replace(word, word.lower())
    return lowered[:-1] + title[-1]


def _other_scale(text: str) -> str:
    """The unit words with another factor in them."""
    for old, new in (
        ("millions", "thousands"),
        ("million", "thousand"),
        ("thousands", "millions"),
        ("crore", "lakhs"),
        ("lakhs", "crore"),
        ("\u2019000", "m"),
        ("m", "\u2019000"),
    ):
        if old in text:
            return text.replace(old, new, 1)
    return text


def damageable(content: Content) -> list[Line]:
    """The lines of core concepts in which an error must be noticed."""
    return [line for line in content.lines if line.concept in CORE and any(line.cells)]

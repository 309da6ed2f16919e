"""The choices that make one report differ from the next, drawn from a seed."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from invented.balance import BalanceForm
from invented.cash import CashForm
from invented.forms import IncomeForm, Scaling
from invented.lines import Moment
from invented.style import NumberStyle, PageStyle

FAMILIES = (
    "us-annual",
    "us-quarter",
    "release",
    "ifrs-annual",
    "ifrs-half",
    "india",
    "bank",
    "event",
)
NAMES = (
    "Corvane Industries, Inc.",
    "Tallowmere Technologies, Inc.",
    "Pinehurst Logistics Corporation",
    "Quillback Foods Company",
    "Ostrava Bay Holdings, Inc.",
    "Verdanta Health Group, Inc.",
    "Halewick & Sons Co.",
)
ABROAD = ("Brackenfold plc", "Nordhaven Group plc", "Lindqvale AG", "Saltmarsh Energy plc")
INDIAN = ("Sundarpal Motors Limited", "Kaverine Chemicals Limited")
FONTS = (("Times-Roman", "Times-Bold"), ("Helvetica", "Helvetica-Bold"))
LETTER, A4 = (612.0, 792.0), (595.3, 841.9)
MONTH_ENDS = ((12, 31), (12, 31), (12, 31), (6, 30), (9, 30), (3, 31))


@dataclass(frozen=True, slots=True, kw_only=True)
class ScaleWords:
    """The words that give the unit; ``amounts`` is their factor, ``column`` words for a header."""

    text: str
    amounts: int
    shares: int
    column: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """Everything about a report that is not a figure."""

    seed: int
    family: str
    company: str
    year_end: dt.date
    income_moments: tuple[Moment, ...]
    flow_moments: tuple[Moment, ...]
    dates: tuple[Moment, ...]
    income: IncomeForm
    balance: BalanceForm
    cash: CashForm
    page: PageStyle
    numbers: NumberStyle
    scale: ScaleWords
    scaling: Scaling
    size: int
    header: str
    title: str
    change: str = "none"
    notes: bool = False
    newest_first: bool = True
    split_balance: bool = False
    split_cash: bool = False
    comprehensive: str = "apart"
    pair: bool = False
    leaders: bool = False
    unit_in_head: bool = False
    balance_first: bool = False
    condensed: bool = False
    unaudited: str = ""
    rounding: bool = False
    commas: bool = True
    restated: bool = False
    missing: str = ""
    decoys: tuple[str, ...] = ()
    traps: frozenset[str] = field(default_factory=frozenset)

"""Draws the layout of a report from its seed."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from random import Random

from invented.balance import BalanceForm
from invented.cash import CashForm
from invented.forms import IncomeForm, Scaling
from invented.layout import (
    A4,
    ABROAD,
    FAMILIES,
    FONTS,
    INDIAN,
    LETTER,
    MONTH_ENDS,
    NAMES,
    Layout,
    ScaleWords,
)
from invented.lines import Moment
from invented.style import NumberStyle, PageStyle

_US_SCALES = (
    ScaleWords(text="(In millions, except per share amounts)", amounts=10**6, shares=10**6),
    ScaleWords(text="(in millions, except per share data)", amounts=10**6, shares=10**6),
    ScaleWords(text="(In thousands, except per share data)", amounts=10**3, shares=10**3),
    ScaleWords(text="(Dollars in thousands, except per share data)", amounts=10**3, shares=10**3),
    ScaleWords(text="(In thousands, except share and per share data)", amounts=10**3, shares=1),
    ScaleWords(
        text="(In millions, except share amounts which are reflected in thousands, and per share amounts)",
        amounts=10**6,
        shares=10**3,
    ),
    ScaleWords(
        text="(U.S. dollars in millions, except per share data)", amounts=10**6, shares=10**6
    ),
    ScaleWords(
        text="(Amounts in thousands, except per share amounts)", amounts=10**3, shares=10**3
    ),
)
_EU_SCALES = (
    ScaleWords(text="", amounts=10**3, shares=1, column="\u00a3\u2019000"),
    ScaleWords(text="", amounts=10**6, shares=1, column="\u00a3m"),
    ScaleWords(text="", amounts=10**6, shares=1, column="\u20acm"),
    ScaleWords(text="in \u20ac million", amounts=10**6, shares=1),
    ScaleWords(text="in thousands of euro", amounts=10**3, shares=1),
    ScaleWords(text="(in EUR million)", amounts=10**6, shares=1),
    ScaleWords(text="", amounts=10**6, shares=1, column="US$m"),
)
_INDIAN_SCALES = (
    ScaleWords(text="(Rs. in crore)", amounts=10**7, shares=1),
    ScaleWords(text="(Rs. in lakhs)", amounts=10**5, shares=1),
    ScaleWords(text="(All amounts in INR lakhs, unless otherwise stated)", amounts=10**5, shares=1),
)
_US_TITLES = (
    "CONSOLIDATED {}", "Consolidated {}", "{company}|CONSOLIDATED {}", "kerned", "beside",
)  # fmt: skip
_DECOYS = {
    "us-annual": ("selected", "discussion", "quarterly", "guarantor", "parent", "segments", "restating", "nongaap", "equity", "index"),
    "us-quarter": ("discussion", "segments", "nongaap", "guarantor", "equity"),
    "release": ("highlights", "nongaap", "segments", "discussion"),
    "ifrs-annual": ("selected", "segments", "parent", "nongaap", "discussion"),
    "ifrs-half": ("segments", "nongaap", "highlights"),
    "india": ("segments", "highlights"),
    "bank": ("selected", "discussion", "parent", "equity", "index"),
    "event": ("discussion",),
}  # fmt: skip


def choose(seed: int, family: str | None = None) -> Layout:
    """The layout of report ``seed``; families take turns unless one is asked for."""
    rng = Random(seed)  # noqa: S311 - layouts must be the same for the same seed
    family = family or FAMILIES[seed % len(FAMILIES)]
    abroad = family in {"ifrs-annual", "ifrs-half", "india"}
    names = INDIAN if family == "india" else ABROAD if abroad else NAMES
    company = rng.choice(names)
    weeks = family in {"us-annual", "us-quarter", "release"} and rng.random() < 0.2
    year_end = _year_end(rng, family, weeks=weeks)
    scale = rng.choice(
        _INDIAN_SCALES if family == "india" else _EU_SCALES if abroad else _US_SCALES
    )
    numbers = _numbers(rng, family, scale)
    income_moments, flow_moments, dates = _moments(rng, family, year_end, weeks=weeks)
    layout = Layout(
        seed=seed,
        family=family,
        company=company,
        year_end=year_end,
        income_moments=income_moments,
        flow_moments=flow_moments,
        dates=dates,
        income=_income(rng, family),
        balance=_balance(rng, family),
        cash=_cash(rng, family),
        page=_page(rng, family),
        numbers=numbers,
        scale=scale,
        scaling=Scaling(
            tick=Decimal(scale.amounts).scaleb(-numbers.decimals),
            shares=scale.shares,
            per_share=Decimal("0.01") if scale.column.startswith("\u00a3") else Decimal(1),
        ),
        size=_size(rng, scale) * 10**numbers.decimals,
        header=_header(rng, family, weeks=weeks),
        title=rng.choice(_US_TITLES if not abroad else _US_TITLES[:3]),
    )
    return _with_traps(rng, layout)


def _year_end(rng: Random, family: str, *, weeks: bool) -> dt.date:
    year = rng.randint(2015, 2024)
    if weeks:
        last = dt.date(year, 1, 31)
        return last - dt.timedelta(days=(last.weekday() - 5) % 7)
    if family == "india":
        return dt.date(year, 3, 31)
    month, day = rng.choice(MONTH_ENDS)
    return dt.date(year, month, day)


def _months_before(day: dt.date, months: int) -> dt.date:
    """The end of the month so many months before."""
    number = day.year * 12 + day.month - months
    return dt.date(number // 12, number % 12 + 1, 1) - dt.timedelta(days=1)


def _span(end: dt.date, months: int, *, weeks: bool) -> Moment:
    if weeks:
        return Moment(end, end - dt.timedelta(days=months * 364 // 12 - 1))
    return Moment(end, _months_before(end, months) + dt.timedelta(days=1))


def _moments(
    rng: Random, family: str, year_end: dt.date, *, weeks: bool
) -> tuple[tuple[Moment, ...], tuple[Moment, ...], tuple[Moment, ...]]:
    """The spans of the income statement and of the cash flows, and the dates of the balance."""

    def back(day: dt.date, months: int) -> dt.date:
        if weeks:
            return day - dt.timedelta(days=months * 364 // 12)
        return _months_before(day, months)

    if family in {"us-quarter", "ifrs-half"}:
        months = 6 if family == "ifrs-half" else rng.choice((3, 6, 9))
        end = back(year_end, 12 - months)
        ends = (end, back(end, 12))
        flows = [_span(day, months, weeks=weeks) for day in ends]
        income = list(flows)
        if family == "us-quarter" and months > 3:
            income = [*(_span(day, 3, weeks=weeks) for day in ends), *flows]
        elif family == "ifrs-half" and rng.random() < 0.5:
            full = _span(back(end, months), 12, weeks=False)
            income, flows = [*income, full], [*flows, full]
        return tuple(income), tuple(flows), (Moment(end), Moment(back(end, months)))
    count = rng.choice((2, 3)) if family in {"us-annual", "bank"} else 2
    spans = tuple(_span(back(year_end, 12 * n), 12, weeks=weeks) for n in range(count))
    return spans, spans, tuple(Moment(span.end) for span in spans[:2])


def _income(rng: Random, family: str) -> IncomeForm:
    form = {"ifrs-annual": "ifrs", "ifrs-half": "half", "india": "india", "bank": "bank"}.get(
        family, rng.choice(("multi-step", "multi-step", "costs"))
    )
    return IncomeForm(
        form=form,
        minority=form != "bank" and rng.random() < 0.35,
        discontinued=form in {"multi-step", "costs"} and rng.random() < 0.15,
        parts_of_sales=rng.random() < 0.35,
        loss=form != "bank" and rng.random() < 0.3,
        benefit=rng.random() < 0.5,
        preferred=form == "multi-step" and rng.random() < 0.12,
        per_share_style=rng.randrange(6),
    )


def _balance(rng: Random, family: str) -> BalanceForm:
    form = {"ifrs-annual": "ifrs", "ifrs-half": "ifrs", "india": "ifrs", "bank": "bank"}.get(
        family, "us"
    )
    if family == "ifrs-annual" and rng.random() < 0.25:
        form = "uk"
    return BalanceForm(
        form=form,
        redeemable=form == "us" and rng.random() < 0.2,
        unlabelled=form == "us" and rng.random() < 0.12,
        deficit=rng.random() < 0.2,
        liabilities_total=rng.random() < 0.8,
        restricted=form == "us" and rng.random() < 0.2,
    )


def _cash(rng: Random, family: str) -> CashForm:
    abroad = family in {"ifrs-annual", "ifrs-half", "india"}
    return CashForm(
        form="ifrs" if abroad else "us",
        verb=rng.choice((4, 5)) if abroad else rng.choice((0, 0, 1, 2, 3)),
        with_exchange=rng.random() < 0.7,
        supplement=not abroad and rng.random() < 0.4,
        span="period" if family in {"us-quarter", "ifrs-half"} else rng.choice(("year", "period")),
    )


def _page(rng: Random, family: str) -> PageStyle:
    width, height = LETTER if family not in {"ifrs-annual", "ifrs-half", "india"} else A4
    if rng.random() < 0.08:
        width, height = height, width
    font, bold = rng.choice(FONTS)
    return PageStyle(
        width=width,
        height=height,
        font=font,
        bold=bold,
        size=rng.choice((8.0, 9.0, 9.5, 10.0)),
        margin=rng.choice((45.0, 54.0, 63.0)),
        label_share=rng.choice((0.46, 0.52, 0.56)),
        wrap=rng.choice(("last", "last", "first")),
        shaded=rng.random() < 0.25,
        head_align=rng.choice(("centre", "right")),
        rules=rng.random() < 0.8,
    )


def _numbers(rng: Random, family: str, scale: ScaleWords) -> NumberStyle:
    euro = "\u20ac" in scale.column + scale.text or "EUR" in scale.text or "euro" in scale.text
    continental = euro and rng.random() < 0.35
    decimals = 0
    if family == "india":
        decimals = rng.choice((0, 2))
    elif scale.amounts == 10**6 and rng.random() < 0.25:
        decimals = 1
    abroad = family in {"ifrs-annual", "ifrs-half", "india"}
    return NumberStyle(
        minus=rng.choice(("brackets", "brackets", "dash"))
        if abroad
        else rng.choice(("brackets", "brackets", "apart")),
        nothing=rng.choice(("\u2014", "\u2013", "-")),
        group="." if continental else ",",
        point="," if continental else ".",
        decimals=decimals,
        dollar="none" if abroad else rng.choice(("none", "apart", "ends", "glued")),
        indian=family == "india" and rng.random() < 0.5,
    )


def _size(rng: Random, scale: ScaleWords) -> int:
    if scale.amounts == 10**3:
        return rng.randint(80_000, 4_000_000)
    return rng.choice((rng.randint(500, 900), rng.randint(2_000, 60_000)))


def _header(rng: Random, family: str, *, weeks: bool) -> str:
    if family in {"ifrs-annual", "ifrs-half"}:
        return rng.choice(("eu-year", "eu-date", "eu-dots"))
    if weeks:
        return "weeks"
    if family == "india":
        return rng.choice(("own", "eu-date"))
    return rng.choice(("span", "span", "own", "full", "plain", "fiscal"))


def _with_traps(rng: Random, layout: Layout) -> Layout:
    """Adds what has to fit the rest, and names every trap that the report sets."""
    annual = layout.family in {"us-annual", "ifrs-annual", "bank", "india"}
    minority = layout.income.minority
    change = "none"
    if layout.family in {"release", "us-quarter"} and len(layout.income_moments) == 2:
        change = rng.choice(("none", "change", "percent", "of-revenue"))
    wanted = [name for name in _DECOYS[layout.family] if rng.random() < 0.4]
    layout = replace(
        layout,
        balance=replace(layout.balance, minority=minority),
        cash=replace(layout.cash, restricted=layout.balance.restricted),
        change=change,
        notes=layout.family in {"ifrs-annual", "ifrs-half", "india"} and rng.random() < 0.7,
        newest_first=rng.random() < 0.75,
        split_balance=rng.random() < 0.15 and layout.change == "none",
        split_cash=rng.random() < 0.2,
        comprehensive=rng.choice(("apart", "joined", "none")),
        leaders=rng.random() < 0.15,
        unit_in_head=not layout.scale.column and rng.random() < 0.2,
        balance_first=rng.random() < 0.3,
        condensed=layout.family in {"us-quarter", "release"} and rng.random() < 0.5,
        unaudited=rng.choice(("", "title", "line"))
        if layout.family in {"us-quarter", "release", "ifrs-half"}
        else "",
        rounding=rng.random() < 0.25,
        commas=rng.random() < 0.85,
        pair=layout.family == "india" and rng.random() < 0.5,
        restated=annual and len(layout.income_moments) == 2 and rng.random() < 0.12,
        missing=rng.choice(("IS", "BS", "CF")) if rng.random() < 0.06 else "",
        decoys=tuple(wanted),
    )
    return replace(layout, traps=_traps(layout))


def _traps(layout: Layout) -> frozenset[str]:
    if layout.family == "event":
        return frozenset({"family event"})
    numbers, income, balance = layout.numbers, layout.income, layout.balance
    named = {
        "older year first": not layout.newest_first,
        "balance sheet on two pages": layout.split_balance,
        "cash flows on two pages": layout.split_cash,
        "brackets as own words": numbers.minus == "apart",
        "negative with a dash": numbers.minus == "dash",
        "sign as its own word": numbers.dollar in {"apart", "ends"},
        "sign glued": numbers.dollar == "glued",
        "decimals in amounts": numbers.decimals > 0,
        "European comma": numbers.point == ",",
        "Indian groups": numbers.indian,
        "small amounts": layout.size < 1000 * 10**numbers.decimals,
        "shaded bands": layout.page.shaded,
        "landscape": layout.page.width > layout.page.height,
        "weeks": layout.header == "weeks",
        "column of notes": layout.notes,
        "unlabelled total": balance.unlabelled,
        "redeemable interests": balance.redeemable,
        "minority": income.minority,
        "discontinued": income.discontinued,
        "preferred dividends": income.preferred,
        f"per share {income.per_share_style}": income.form in {"multi-step", "costs", "bank"},
        "loss": income.loss,
        "no total liabilities": not balance.liabilities_total,
        "British net assets": balance.form == "uk",
        "restated column": layout.restated,
        "standalone and consolidated": layout.pair,
        "shares in another scale": layout.scale.amounts != layout.scale.shares
        and layout.scale.shares > 1,
        "dot leaders": layout.leaders,
        "condensed": layout.condensed,
        f"unaudited in the {layout.unaudited}": bool(layout.unaudited),
        "rounded sums": layout.rounding,
        "dates without commas": not layout.commas,
        "unit beside the heads": layout.unit_in_head,
        "balance sheet first": layout.balance_first,
        f"comprehensive {layout.comprehensive}": layout.comprehensive != "none",
        "pence": layout.scaling.per_share != 1,
        "missing statement": bool(layout.missing),
    }
    traps = {name for name, is_set in named.items() if is_set}
    traps |= {f"family {layout.family}", f"header {layout.header}", f"title {layout.title}"}
    traps |= {f"decoy {name}" for name in layout.decoys}
    if layout.change != "none":
        traps.add(f"columns of {layout.change}")
    return frozenset(traps)

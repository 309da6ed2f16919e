"""From the rows of a statement to concepts: by label, by place, and by what adds up."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from apostil.applications.financial.mapping.lines.balance import resolve_balance
from apostil.applications.financial.mapping.lines.cash_flow import resolve_cash_flow
from apostil.applications.financial.mapping.lines.draft import (
    UNLABELLED,
    Draft,
    amount_columns,
    printed_values,
    spelling,
)
from apostil.applications.financial.mapping.lines.income import resolve_income
from apostil.applications.financial.mapping.lines.signs import set_signs
from apostil.applications.financial.rules.concepts import How, concepts
from apostil.applications.financial.rules.labels import plain
from apostil.applications.financial.rules.places import places
from apostil.applications.financial.rules.sums import Line, find_members, unit_of_print
from apostil.applications.financial.statement import Statement, StatementKind

_NOT_GAAP = re.compile(
    r"\b(?:non[- ]?gaap|adjusted|underlying|pro ?forma|comparable basis|constant currency|organic|excluding special items|core (?:earnings|income|profit))\b"
)
_MAY_BE_TOTAL = re.compile(
    r"^(?:total|net |sub ?total|gross |operating (?:expenses?|costs?|income)|cash and cash equivalents|inventor)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class MappedStatement:
    """A statement with a draft for each row that has amounts; ``unit`` is its unit of print."""

    statement: Statement
    drafts: tuple[Draft, ...]
    unit: Decimal


def map_rows(statement: Statement) -> MappedStatement:
    """What each row of the statement means; rows whose meaning is not certain stay unmapped."""
    columns = amount_columns(statement)
    drafts = _drafts(statement, columns)
    unit = unit_of_print(
        value
        for draft in drafts
        if draft.place not in {"per_share", "shares"}
        for value in draft.values.values()
    )
    _find_totals(statement, drafts, unit)
    for draft in drafts:
        _match(statement.kind, draft)
    if statement.kind is StatementKind.INCOME:
        resolve_income(drafts, unit)
    elif statement.kind is StatementKind.BALANCE:
        resolve_balance(drafts, unit)
    else:
        resolve_cash_flow(drafts, unit)
    _drop_doubles(drafts)
    set_signs(statement.kind, drafts, unit)
    return MappedStatement(statement=statement, drafts=tuple(drafts), unit=unit)


def _drafts(statement: Statement, columns: Sequence[int]) -> list[Draft]:
    found: list[Draft] = []
    headings: list[str] = []
    for position, (row, place) in enumerate(
        zip(statement.rows, places(statement.kind, statement.rows), strict=True)
    ):
        if not row.amounts:
            headings = [*headings[-2:], row.label]
            continue
        values = printed_values(row, columns)
        if not values:
            continue
        draft = Draft(
            row=row,
            position=position,
            place=place,
            label=row.label,
            text=spelling(statement, row.label),
            values=values,
            headings=tuple(dict.fromkeys((*row.section, *headings[-1:]))),
        )
        found.append(draft)
    return found


def _find_totals(statement: Statement, drafts: list[Draft], unit: Decimal) -> None:
    """Finds which rows are sums of rows above, and names those that have no label of their own."""
    lines = [
        Line(
            draft.values, is_total=draft.text in UNLABELLED or bool(_MAY_BE_TOTAL.match(draft.text))
        )
        for draft in drafts
    ]
    for index, members in find_members(lines, unit).items():
        draft = drafts[index]
        draft.members, draft.proven = members, True
        if draft.text in UNLABELLED:
            label = _derived_label(statement.kind, drafts, members)
            if label:
                draft.label, draft.text, draft.derived_label = (
                    label,
                    spelling(statement, label),
                    True,
                )


def _derived_label(kind: StatementKind, drafts: Sequence[Draft], members: Sequence[int]) -> str:
    """What an unlabelled sum is the total of: the sides of its members, or the heading above them."""
    if kind is StatementKind.BALANCE:
        sides = {drafts[index].place.partition(".")[0] for index in members}
        whole = len({drafts[index].place for index in members}) > 1
        if sides == {"assets"} and whole:
            return "Total assets"
        if {"liabilities", "equity"} <= sides and "assets" not in sides:
            return "Total liabilities and equity"
        if sides == {"equity"}:
            return "Total equity"
    headings = drafts[members[0]].headings
    return f"Total {headings[-1]}" if headings else ""


def _match(kind: StatementKind, draft: Draft) -> None:
    if draft.text in UNLABELLED or _NOT_GAAP.search(plain(draft.label)):
        return
    if draft.place in {"", "per_share"} and kind is StatementKind.INCOME:
        draft.place = _by_size(draft)
    matches = concepts().match(kind, draft.label, draft.place)
    if not matches and draft.derived_label:
        matches = concepts().match(kind, draft.label.removeprefix("Total "), draft.place)
    if matches:
        how = How.STRUCTURAL if draft.derived_label else matches[0].how
        draft.take(*(match.concept.name for match in matches), how=how)


def _by_size(draft: Draft) -> str:
    """Tells a number of shares from earnings per share where no heading does.

    Earnings per share are printed with two decimals or more; numbers of shares are large.
    """
    sizes = [abs(value) for value in draft.values.values() if value]
    exponents = [
        exponent
        for value in draft.values.values()
        if isinstance(exponent := value.as_tuple().exponent, int)
    ]
    if not sizes:
        return draft.place
    if draft.place == "per_share":
        neutral = re.fullmatch(r"(?:basic|diluted|basic and diluted)", draft.text)
        return "shares" if neutral and min(sizes) > 1000 and min(exponents) >= 0 else draft.place
    if max(sizes) < 1000 and min(exponents) <= -2:
        return "per_share"
    return (
        "shares"
        if min(sizes) >= 1 and re.match(r"^(?:basic|diluted)\b", draft.text)
        else draft.place
    )


def _drop_doubles(drafts: list[Draft]) -> None:
    """Leaves at most one row for a concept.

    Equal rows are one line printed twice. Among different ones a total wins over its parts; where
    two lines have an equal claim, such as short-term debt and the current portion of long-term
    debt, neither is the whole and both stay unmapped.
    """
    names = dict.fromkeys(name for draft in drafts for name in draft.names)
    for name in names:
        claiming = [draft for draft in drafts if name in draft.names]
        for other in claiming[1:]:
            if dict(other.values) == dict(claiming[0].values):
                _unname(other, name)
        claiming = [draft for draft in claiming if name in draft.names]
        best = max(map(_claim, claiming), default=-1)
        winners = [draft for draft in claiming if _claim(draft) == best]
        for draft in claiming:
            if len(winners) > 1 or draft is not winners[0]:
                _unname(draft, name)


def _claim(draft: Draft) -> int:
    if draft.derived_label:
        return -1
    return 2 * draft.text.startswith("total ") + (draft.how is not How.FUZZY)


def _unname(draft: Draft, name: str) -> None:
    left = tuple(other for other in draft.names if other != name)
    if left:
        draft.names = left
    else:
        draft.drop()

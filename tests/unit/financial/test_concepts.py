from __future__ import annotations

from apostil.applications.financial.rules.concepts import How, Unit, concepts, within
from apostil.applications.financial.statement import PeriodKind, StatementKind

TOLD_BY_PRINT = {
    ("IS", "net sales"),  # a part of revenue where another line is the total
    ("IS", "net income"),  # the parent's or all shareholders': the split decides
    ("IS", "income and total comprehensive income"),
    ("IS", "other income"),  # operating or not: its place decides
}
"""Labels that two concepts claim and that the rules of the statement tell apart."""


def test_the_table_has_every_statement_and_unique_names() -> None:
    table = concepts()
    names = table.names()
    assert len(names) == len(set(names)) >= 149
    assert {table[name].statement for name in names} == set(StatementKind)


def test_balance_sheet_lines_are_dates_and_all_others_but_cash_are_spans() -> None:
    table = concepts()
    for name in table.names():
        concept = table[name]
        is_date = concept.statement is StatementKind.BALANCE or name in {"cash_begin", "cash_end"}
        assert (concept.period_kind is PeriodKind.INSTANT) == is_date, name


def test_no_label_is_claimed_by_two_concepts_of_one_place() -> None:
    clashes = []
    for (kind, label), claims in concepts().claims().items():
        units = {concepts()[name].unit for name, _ in claims}
        for name, place in claims:
            for other, elsewhere in claims:
                overlap = (
                    within(place, elsewhere)
                    or within(elsewhere, place)
                    or not (place and elsewhere)
                )
                both_sides = (
                    "basic" in label
                    and "diluted" in label
                    and units <= {Unit.PER_SHARE, Unit.SHARES}
                )
                default = (
                    concepts()[name].section == place or concepts()[other].section == elsewhere
                )
                if (
                    name < other
                    and overlap
                    and not both_sides
                    and (kind.value, label) not in TOLD_BY_PRINT
                ):
                    if default and place != elsewhere:
                        continue  # the concept with the explicit place wins there
                    clashes.append((kind.value, label, name, other))
    assert clashes == []


def test_a_label_means_what_its_place_says() -> None:
    table = concepts()

    def names(label: str, place: str, kind: StatementKind = StatementKind.BALANCE) -> list[str]:
        return [match.concept.name for match in table.match(kind, label, place)]

    assert names("Deferred income taxes", "assets.noncurrent") == ["deferred_tax_assets"]
    assert names("Deferred income taxes", "liabilities.noncurrent") == ["deferred_tax_liabilities"]
    assert names("Deferred income taxes", "") == []
    assert names("Debt", "liabilities.current") == ["debt_current"]
    assert names("Debt", "liabilities.noncurrent") == ["debt_noncurrent"]
    assert names("Basic", "per_share", StatementKind.INCOME) == ["eps_basic"]
    assert names("Basic", "shares", StatementKind.INCOME) == ["shares_basic"]
    assert names("Accounts receivable", "operating", StatementKind.CASH_FLOW) == [
        "change_receivables"
    ]


def test_a_company_stands_where_the_table_allows_one() -> None:
    table = concepts()
    found = table.match(StatementKind.INCOME, "Net income attributable to Amcor plc", "main")
    assert [match.concept.name for match in found] == ["net_income"]
    found = table.match(StatementKind.BALANCE, "Total 3M Company shareholders' equity", "equity")
    assert [match.concept.name for match in found] == ["equity_parent"]
    others = table.match(
        StatementKind.INCOME, "Net income attributable to noncontrolling interests", "main"
    )
    assert [match.concept.name for match in others] == ["net_income_nci"]


def test_a_similar_label_counts_only_when_no_telling_word_differs() -> None:
    table = concepts()
    label = "Cost of services (exclusive of depreciation and amortization shown below)"
    found = table.match(StatementKind.INCOME, label, "main")
    assert [(match.concept.name, match.how) for match in found] == [
        ("cost_of_revenue_ex_da", How.FUZZY)
    ]
    wrong = "Income from discontinued operations before income taxes"
    assert table.match(StatementKind.INCOME, wrong, "main") == ()


def test_other_assets_without_a_current_part_stay_unmapped() -> None:
    assert concepts().match(StatementKind.BALANCE, "Other assets", "assets") == ()

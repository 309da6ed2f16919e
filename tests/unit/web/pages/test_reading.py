"""Any result made of findings can be shown."""

from __future__ import annotations

from typing import Any

from apostil.web.pages.leaves import view_result
from apostil.web.pages.pivot import computed, tables
from apostil.web.pages.reading import Reading, grouped, read_result, spoken

SHA = "a" * 64


def fact(number: int, concept: str, year: int, raw: str, **more: Any) -> dict[str, Any]:
    return {
        "id": f"f{number}",
        "concept": concept,
        "label": concept.replace("_", " ").capitalize(),
        "statement": "IS",
        "raw": raw,
        "value": raw.replace(",", ""),
        "scale": 1000,
        "period": {"label": str(year), "end": f"{year}-12-31", "kind": "duration"},
        "citations": [f"c{number}"],
        "support": {"label": "c9"},
        **more,
    }


def citation(quote: str, y: float) -> dict[str, Any]:
    return {"document": SHA, "page": 2, "boxes": [[400, y, 440, y + 11]], "quote": quote}


def result() -> dict[str, Any]:
    return {
        "schema": "apostil.result/1",
        "application": "financial",
        "documents": [{"sha256": SHA, "name": "r.pdf", "pages": 3, "warnings": ["Page 3 is blank."]}],
        "citations": {
            "c1": citation("1,200", 100),
            "c2": citation("1,000", 100),
            "c3": citation("700", 120),
            "c9": {"document": SHA, "page": 2, "boxes": [[60, 100, 120, 111]], "quote": "Net sales"},
        },
        "body": {
            "facts": [
                fact(1, "net_sales", 2024, "1,200"),
                fact(2, "net_sales", 2023, "1,000"),
                fact(3, "cost_of_sales", 2024, "700"),
            ],
            "checks": [
                {"id": "k1", "formula": "a = b", "operands": ["f1"], "status": "pass"},
                {
                    "id": "k2", "formula": "net_sales - cost = gross", "operands": ["f1", "f3"],
                    "status": "fail", "expected": "500", "found": "501", "difference": "1",
                },
            ],
            "derived": [
                {"id": "d1", "name": "growth", "value": "0.2", "derivation": {"formula": "f1 / f2 - 1", "operands": ["f1", "f2"]}},
            ],
            "missing": [{"question": "gross_profit", "searched": ["page 2"], "terms": ["gross margin"]}],
        },
    }  # fmt: skip


def reading() -> Reading:
    return read_result(result())


def test_findings_are_found_wherever_they_stand() -> None:
    read = reading()
    assert [value.id for value in read.values] == ["f1", "f2", "f3", "d1"]
    assert read.values[0].text == "1,200"
    assert read.absences[0].question == "Gross profit"
    assert read.absences[0].terms == ("gross margin",)


def test_failed_checks_come_first_with_the_values_that_they_compare() -> None:
    checks = reading().checks
    assert [check.id for check in checks] == ["k2", "k1"]
    assert [value.id for value in checks[0].operands] == ["f1", "f3"]


def test_findings_with_periods_become_a_table_newest_first_with_gaps_shown() -> None:
    (table,) = tables(reading())
    assert table.columns == ("2024", "2023")
    assert [row.label for row in table.rows] == ["Net sales", "Cost of sales"]
    assert table.rows[1].cells[1] is None
    assert table.has_gaps
    assert table.unit == "thousand"


def test_heads_are_all_as_printed_or_all_by_their_dates() -> None:
    changed = result()
    for one, label in zip(
        changed["body"]["facts"], ("2024", "Year Ended May 31, 2023"), strict=False
    ):
        year = label[-4:]
        one["period"] = {
            "kind": "duration", "start": f"{int(year) - 1}-06-01", "end": f"{year}-05-31",
            "bucket": "FY", "label": label,
        }  # fmt: skip
    del changed["body"]["facts"][2:]
    (table,) = tables(read_result(changed))
    assert table.columns == ("year to 31 May 2024", "year to 31 May 2023")


def test_a_restated_value_has_a_line_of_its_own() -> None:
    changed = result()
    changed["body"]["facts"].append(fact(4, "net_sales", 2023, "990", restated=True))
    changed["body"]["facts"][1]["restated"] = False
    changed["citations"]["c4"] = citation("990", 140)
    (table,) = tables(read_result(changed))
    assert [row.cells[1].text for row in table.rows if row.cells[1]] == ["1,000", "990"]


def test_the_selected_value_lights_its_box_and_the_words_it_rests_on() -> None:
    view = view_result(
        reading(), job="j", name="r.pdf", facts="", selected="c1",
        page_size=lambda _sha, _page: (306.0, 396.0),
    )  # fmt: skip
    (leaf,) = view.leaves
    assert leaf.number == 2
    assert leaf.is_first
    assert leaf.tints[0] == (800.0, 200.0, 880.0, 222.0), "pages are drawn 612 units wide"
    assert leaf.about[0].x0 == 120.0
    kinds = {mark.citation: mark.kind for mark in leaf.marks}
    assert kinds == {"c1": "sel", "c2": "", "c3": "bad"}


def test_numbers_are_grouped_and_words_are_left_alone() -> None:
    assert grouped("1234567.5") == "1,234,567.5"
    assert grouped(None) == ""
    assert grouped("n/m") == "n/m"
    assert spoken("operating_income") == "Operating income"
    assert spoken("Net sales, as printed") == "Net sales, as printed"


def balance(number: int, end: str, raw: str, label: str) -> dict[str, Any]:
    found = fact(number, label, 0, raw)
    return {**found, "period": {"kind": "instant", "end": end, "label": end}}


def test_balances_among_movements_stand_in_the_period_that_they_open_or_close() -> None:
    changed = result()
    changed["body"]["facts"] = [
        {
            **fact(number, "net_cash", year, "5"),
            "period": {"kind": "duration", "start": f"{year}-01-01", "end": f"{year}-12-31", "bucket": "FY"},
        }
        for number, year in ((1, 2024), (2, 2023))
    ] + [
        balance(3, "2023-12-31", "10", "cash_begin"),
        balance(4, "2022-12-31", "4", "cash_begin"),
        balance(5, "2024-12-31", "15", "cash_end"),
        balance(6, "2023-12-31", "10", "cash_end"),
    ]  # fmt: skip
    (table,) = tables(read_result(changed))
    assert table.columns == ("year to 31 Dec 2024", "year to 31 Dec 2023")
    shown = {row.label: [cell.text if cell else None for cell in row.cells] for row in table.rows}
    assert shown["Cash begin"] == ["10", "4"]
    assert shown["Cash end"] == ["15", "10"]


def test_computed_values_are_rounded_and_name_what_they_are_made_of() -> None:
    changed = result()
    changed["body"]["derived"][0].update(unit="%", value="0.2004", period="FY:2024-12-31")
    read = read_result(changed)
    table = computed(read)
    assert table
    assert (table.columns, table.rows[0].newest.text) == (("31 Dec 2024",), "20.0 %")
    view = view_result(
        read, job="j", name="r.pdf", facts="", selected="", page_size=lambda _sha, _page: (612, 792)
    )
    assert [one.id for one in view.operands_of(table.rows[0].newest)] == ["f1", "f2"]


def test_a_line_that_is_two_concepts_is_shown_once() -> None:
    changed = result()
    changed["body"]["facts"].append({**fact(3, "cost_of_revenue", 2024, "700"), "id": "f9"})
    (table,) = tables(read_result(changed))
    assert [row.label for row in table.rows] == ["Net sales", "Cost of sales"]

"""The grammar of column headers."""

from __future__ import annotations

import datetime as dt

import pytest

from apostil.applications.financial.rules.dating import resolve
from apostil.applications.financial.rules.periods import YEAR, Calendar, read_pieces
from apostil.applications.financial.statement import Bucket, Period, PeriodKind

SPAN = PeriodKind.DURATION
DATE = PeriodKind.INSTANT
UNKNOWN = Calendar()
DECEMBER = Calendar(fiscal_end=dt.date(2024, 12, 31), default=YEAR)


def period_of(kind: PeriodKind, *levels: str, known: Calendar = UNKNOWN) -> Period | None:
    """The period of a column with these header words, the nearest first."""
    return resolve(kind, [read_pieces(level) for level in levels], known)


@pytest.mark.parametrize(
    ("levels", "start", "end", "bucket"),
    [
        (["52 weeks ended January 28, 2023"], "2022-01-30", "2023-01-28", Bucket.YEAR),
        (
            ["January 28, 2023 (Unaudited)", "13 Weeks Ended"],
            "2022-10-30",
            "2023-01-28",
            Bucket.QUARTER,
        ),
        (["12 Weeks Ended November 20, 2022"], "2022-08-29", "2022-11-20", Bucket.QUARTER),
        (["Sep. 27, 2023", "Three Months Ended"], "2023-06-28", "2023-09-27", Bucket.QUARTER),
        (["2019", "Year Ended December 31,"], "2019-01-01", "2019-12-31", Bucket.YEAR),
        (["Year ended 31 March 2022"], "2021-04-01", "2022-03-31", Bucket.YEAR),
        (
            ["2022 \u00a3'000", "For the year ended 31 December 2022"],
            "2022-01-01",
            "2022-12-31",
            Bucket.YEAR,
        ),
        (
            ["2021", "For the years ended December 31, 2022, 2021 and 2020"],
            "2021-01-01",
            "2021-12-31",
            Bucket.YEAR,
        ),
        (["2023", "Quarters Ended March 31,"], "2023-01-01", "2023-03-31", Bucket.QUARTER),
        (["Six months to 30 June 2022"], "2022-01-01", "2022-06-30", Bucket.HALF),
        (["Half-year ended 31 December 2022"], "2022-07-01", "2022-12-31", Bucket.HALF),
        (["July 1, 2023", "Nine Months Ended"], "2022-10-02", "2023-07-01", Bucket.NINE_MONTHS),
        (["2022", "Twelve Months Ended June 30,"], "2021-07-01", "2022-06-30", Bucket.YEAR),
        (["1 January 2022 to 31 December 2022"], "2022-01-01", "2022-12-31", Bucket.YEAR),
        (["Total", "Year ended 31 December 2022"], "2022-01-01", "2022-12-31", Bucket.YEAR),
    ],
)
def test_header_of_a_span_gives_first_day_last_day_and_bucket(
    levels: list[str], start: str, end: str, bucket: Bucket
) -> None:
    period = period_of(SPAN, *levels)
    assert period is not None
    assert (str(period.start), str(period.end), period.bucket) == (start, end, bucket)


@pytest.mark.parametrize(
    ("levels", "end"),
    [
        (["December 31, 2021"], "2021-12-31"),
        (["As of September 24, 2022"], "2022-09-24"),
        (["31 December 2022"], "2022-12-31"),
        (["31.12.2023"], "2023-12-31"),
        (["2023-12-31"], "2023-12-31"),
        (["12/31/2022"], "2022-12-31"),
        (["2021", "At December 31,"], "2021-12-31"),
        (["December 2022"], "2022-12-31"),
        (["2021", "AS AT 30 JUNE 2022"], "2021-06-30"),
    ],
)
def test_header_of_a_date_gives_the_day(levels: list[str], end: str) -> None:
    period = period_of(DATE, *levels)
    assert period is not None
    assert (str(period.end), period.start) == (end, None)


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("FY24", "2024-01-01", "2024-12-31"),
        ("2023", "2023-01-01", "2023-12-31"),
        ("Q2-2025", "2025-04-01", "2025-06-30"),
        ("4Q22", "2022-10-01", "2022-12-31"),
        ("Q1 2023", "2023-01-01", "2023-03-31"),
    ],
)
def test_year_or_quarter_alone_needs_the_end_of_the_fiscal_year(
    text: str, start: str, end: str
) -> None:
    period = period_of(SPAN, text, known=DECEMBER)
    assert period is not None
    assert (str(period.start), str(period.end)) == (start, end)
    assert period_of(SPAN, text) is None


def test_year_of_52_weeks_ends_on_the_day_that_the_document_prints() -> None:
    known = Calendar(
        fiscal_end=dt.date(2019, 5, 26),
        dates={dt.date(2019, 5, 26): 30, dt.date(2018, 5, 27): 20},
        default=YEAR,
    )
    period = period_of(SPAN, "2018", "Fiscal Year", known=known)
    assert period is not None
    assert (str(period.start), str(period.end)) == ("2017-05-28", "2018-05-27")


def test_interim_column_with_a_year_alone_stays_undated() -> None:
    known = Calendar(fiscal_end=dt.date(2024, 12, 31))
    assert period_of(SPAN, "2024", known=known) is None
    assert period_of(SPAN, "2024", "Nine Months Ended", known=known) is None


def test_span_without_a_length_stays_undated() -> None:
    assert period_of(SPAN, "June 30, 2022") is None


def test_column_that_names_two_dates_stays_undated() -> None:
    assert period_of(DATE, "December 31, 2021 December 31, 2020") is None


def test_date_that_can_be_read_two_ways_is_not_read() -> None:
    assert period_of(DATE, "04/05/2022") is None


def test_label_keeps_the_printed_words() -> None:
    period = period_of(SPAN, "July 1, 2023", "Nine Months Ended")
    assert period is not None
    assert period.label == "Nine Months Ended July 1, 2023"


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("H1 2024", "2024-01-01", "2024-06-30"),
        ("1H24", "2024-01-01", "2024-06-30"),
        ("9M 2024", "2024-01-01", "2024-09-30"),
        ("First quarter 2024", "2024-01-01", "2024-03-31"),
    ],
)
def test_part_of_a_year_is_counted_from_the_fiscal_year(text: str, start: str, end: str) -> None:
    period = period_of(SPAN, text, known=DECEMBER)
    assert period is not None
    assert (str(period.start), str(period.end)) == (start, end)


def test_quarter_of_a_fiscal_year_that_ends_in_june() -> None:
    period = period_of(SPAN, "Q1 FY24", known=Calendar(fiscal_end=dt.date(2024, 6, 30)))
    assert period is not None
    assert (str(period.start), str(period.end)) == ("2023-07-01", "2023-09-30")


def test_dates_above_the_years_are_given_out_in_their_order() -> None:
    line = "At January 1, 2023 and January 2, 2022"
    known = Calendar(labels=(2022, 2021))
    ends = [period_of(DATE, year, line, known=known) for year in ("2022", "2021")]
    assert [str(period.end) for period in ends if period] == ["2023-01-01", "2022-01-02"]


def test_fiscal_year_named_by_its_beginning_ends_in_the_next_year() -> None:
    known = Calendar(
        fiscal_end=dt.date(2023, 1, 28),
        labels=(2022, 2021),
        dates={dt.date(2023, 1, 28): 20, dt.date(2022, 1, 29): 15},
        default=YEAR,
    )
    ends = [period_of(SPAN, year, known=known) for year in ("2022", "2021")]
    assert [str(period.end) for period in ends if period] == ["2023-01-28", "2022-01-29"]


def test_page_of_the_year_before_is_not_taken_for_the_report_year() -> None:
    known = Calendar(fiscal_end=dt.date(2022, 12, 31), labels=(2021,), default=YEAR)
    period = period_of(SPAN, "2021", known=known)
    assert period is not None
    assert str(period.end) == "2021-12-31"


def test_two_lengths_in_one_phrase_date_no_column() -> None:
    assert period_of(SPAN, "June 30, 2022", "For the three and six months ended") is None


@pytest.mark.parametrize(("text", "end"), [("31-Dec-22", "2022-12-31"), ("Mar-23", "2023-03-31")])
def test_short_dates_name_the_century_of_the_reports(text: str, end: str) -> None:
    period = period_of(DATE, text)
    assert period is not None
    assert str(period.end) == end


def test_early_end_whose_labels_do_not_show_the_naming_year_dates_nothing() -> None:
    known = Calendar(fiscal_end=dt.date(2023, 1, 1), labels=(2021,), default=YEAR)
    assert period_of(SPAN, "2021", known=known) is None


def test_list_of_early_dates_without_a_column_for_each_dates_nothing() -> None:
    line = "At January 1, 2023 and January 2, 2022"
    assert period_of(DATE, "2022", line, known=Calendar(labels=(2022,))) is None


@pytest.mark.parametrize("listed", ["March 31, 2018 and 2019", "March 31, 2019 and 2018"])
def test_day_with_a_list_of_years_is_that_day_of_each_year(listed: str) -> None:
    known = Calendar(labels=(2018, 2019))
    line = f"For the three months ended {listed}"
    ends = [period_of(SPAN, year, line, known=known) for year in ("2018", "2019")]
    assert [str(period.end) for period in ends if period] == ["2018-03-31", "2019-03-31"]

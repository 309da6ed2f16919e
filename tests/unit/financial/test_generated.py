"""Invented reports in many layouts: what is read is true, and errors put in are noticed."""

from __future__ import annotations

from pathlib import Path

import pytest
from invented.choice import choose
from invented.damage import KINDS
from invented.damaging import measure_errors
from invented.judging import Verdict, judge, read
from invented.layout import FAMILIES
from invented.making import CORE, make_report

SAMPLE = range(2000, 2016)
DAMAGED = range(2100, 2107)


@pytest.fixture(scope="module")
def verdicts(tmp_path_factory: pytest.TempPathFactory) -> tuple[Verdict, Verdict]:
    """What came of the main facts, and of all facts, of the sample."""
    folder = tmp_path_factory.mktemp("reports")
    main, everything = Verdict(), Verdict()
    for seed in SAMPLE:
        path = folder / f"{seed}.pdf"
        truth = make_report(seed, path)
        reviewed = read(path)
        main.add(judge(truth, reviewed))
        everything.add(judge(truth, reviewed, core=False))
    return main, everything


def test_sample_holds_every_kind_of_report() -> None:
    assert {choose(seed).family for seed in SAMPLE} == set(FAMILIES)


def test_no_main_figure_is_wrong_or_invented(verdicts: tuple[Verdict, Verdict]) -> None:
    main, _ = verdicts
    assert main.right > 500
    assert (main.wrong, main.invented) == (0, 0), main.notes


def test_nearly_all_main_figures_are_found_on_their_pages(
    verdicts: tuple[Verdict, Verdict],
) -> None:
    main, _ = verdicts
    assert main.recall >= 0.97, main.notes
    assert main.on_page == main.right, main.notes


def test_other_figures_are_as_good(verdicts: tuple[Verdict, Verdict]) -> None:
    _, everything = verdicts
    assert everything.precision >= 0.995, everything.notes
    assert everything.recall >= 0.95, everything.notes


def test_clean_reports_raise_no_alarm(verdicts: tuple[Verdict, Verdict]) -> None:
    main, _ = verdicts
    assert main.alarms == 0, main.notes


def test_report_of_an_event_has_no_facts(tmp_path: Path) -> None:
    path = tmp_path / "event.pdf"
    truth = make_report(1, path, family="event")
    assert truth.absent == CORE
    assert read(path).facts == ()


def test_errors_put_into_reports_are_noticed(tmp_path: Path) -> None:
    rates = measure_errors(DAMAGED, tmp_path)
    assert set(rates) == set(KINDS)
    made = sum(rate.made for rate in rates.values())
    seen = sum(rate.failed + rate.warned + rate.withheld for rate in rates.values())
    lost = [line for rate in rates.values() for line in rate.unnoticed]
    assert made >= 3 * len(KINDS)
    assert seen == made, lost
    assert rates["digit"].failed >= 0.8 * rates["digit"].made, lost


def test_same_number_makes_the_same_report(tmp_path: Path) -> None:
    one, other = tmp_path / "one.pdf", tmp_path / "other.pdf"
    assert make_report(7, one) == make_report(7, other)
    assert one.read_bytes() == other.read_bytes()

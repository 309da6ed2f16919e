"""The sample report is what its maker makes, and its sums hold."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pypdfium2 as pdfium
import pytest

from apostil.samples import ANNUAL_REPORT

ROOT = Path(__file__).parent.parent.parent.parent


def test_making_the_report_again_gives_the_packaged_bytes(tmp_path: Path) -> None:
    again = tmp_path / "report.pdf"
    subprocess.run(
        [sys.executable, ROOT / "scripts/make_sample_report.py", again], check=True, cwd=tmp_path
    )
    assert again.read_bytes() == ANNUAL_REPORT.read_bytes()


def test_statements_that_do_not_tie_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(ROOT / "scripts"))
    from sample_report.figures import (  # noqa: PLC0415 - the scripts are no package of ours
        CashFlow,
        prove,
        statements,
    )

    income, balance, cash_flow = statements()
    prove(income, cash_flow, balance)
    with pytest.raises(ValueError, match="does not tie"):
        prove(income, CashFlow(income.net_income, inventories=(-4_279, 2_360, -11_840)), balance)


def test_the_statements_stand_on_the_pages_that_the_contents_name() -> None:
    document = pdfium.PdfDocument(ANNUAL_REPORT)
    titles = {
        7: "CONSOLIDATED STATEMENTS OF INCOME",
        8: "CONSOLIDATED BALANCE SHEETS",
        9: "CONSOLIDATED STATEMENTS OF CASH FLOWS",
    }
    for number, title in titles.items():
        text = document[number - 1].get_textpage().get_text_bounded()
        assert title in text
        assert f"\n{number}" in text.replace("\r\n", "\n")
    document.close()

"""What stands before the statements: cover, auditor, and a report that has no statements."""

from __future__ import annotations

from invented.heads import american, british
from invented.layout import Layout
from invented.press import Press


def cover(press: Press, layout: Layout) -> None:
    """The first page; it names form, company and period as such reports do."""
    {
        "us-annual": _annual,
        "bank": _annual,
        "us-quarter": _quarter,
        "release": _release,
    }.get(layout.family, _abroad)(press, layout)
    press.turn()


def _annual(press: Press, layout: Layout) -> None:
    for text in (
        "UNITED STATES",
        "SECURITIES AND EXCHANGE COMMISSION",
        "Washington, D.C. 20549",
        "FORM 10-K",
    ):
        press.line(text, size=13, bold=True, align="centre")
    press.prose(
        "ANNUAL REPORT PURSUANT TO SECTION 13 OR 15(d) OF THE SECURITIES EXCHANGE ACT OF 1934"
    )
    press.line(
        f"For the fiscal year ended {american(layout.dates[0].end)}", size=11, align="centre"
    )
    press.skip(20)
    _registrant(press, layout)


def _registrant(press: Press, layout: Layout) -> None:
    press.line(layout.company, size=18, bold=True, align="centre")
    press.line("(Exact name of registrant as specified in its charter)", size=9, align="centre")
    press.skip(10)
    press.prose(
        "Securities registered pursuant to Section 12(b) of the Act: common stock, $0.01 par value. "
        "Indicate by check mark whether the registrant is a large accelerated filer."
    )


def _quarter(press: Press, layout: Layout) -> None:
    for text in ("UNITED STATES", "SECURITIES AND EXCHANGE COMMISSION", "FORM 10-Q"):
        press.line(text, size=13, bold=True, align="centre")
    press.line(
        f"For the quarterly period ended {american(layout.dates[0].end)}", size=11, align="centre"
    )
    press.skip(20)
    _registrant(press, layout)


def _release(press: Press, layout: Layout) -> None:
    press.line("Exhibit 99.1", size=10, align="right")
    press.line(f"{layout.company} Reports Fourth Quarter and Full Year Results", size=14, bold=True)
    press.skip(8)
    press.prose(
        f"SPRINGFIELD, {american(layout.dates[0].end.replace(day=28))} - {layout.company} today reported its "
        f"results for the fiscal year ended {american(layout.dates[0].end)}. All comparisons are with the year "
        "before. The company will hold a call at 9:00 a.m. Eastern time."
    )
    press.prose(
        "Forward-looking statements in this release are subject to risks; actual results may differ."
    )


def _abroad(press: Press, layout: Layout) -> None:
    press.line(layout.company, size=20, bold=True)
    day = layout.dates[0].end
    if layout.family == "ifrs-half":
        press.line("Half-year Report", size=15)
        press.line(f"Unaudited results for the six months ended {british(day)}", size=11)
    else:
        press.line(f"Annual Report {day.year}", size=15)
        press.line(f"for the year ended {british(day)}", size=11)
    press.skip(10)
    press.prose(
        "The consolidated financial statements have been prepared in accordance with International Financial "
        "Reporting Standards (IFRS) as adopted for the group."
    )


def auditor(press: Press, layout: Layout) -> None:
    abroad = layout.header.startswith("eu")
    title = (
        "Independent auditor\u2019s report"
        if abroad
        else "Report of Independent Registered Public Accounting Firm"
    )
    press.line(title, size=12, bold=True)
    press.prose(f"To the shareholders and the board of directors of {layout.company}.")
    press.prose(
        "Opinion on the financial statements. We have audited the accompanying consolidated balance sheets as of "
        f"{american(layout.dates[0].end)} and {american(layout.dates[1].end)}, the related consolidated statements "
        "of income and cash flows, and the related notes. In our opinion, the financial statements present fairly, "
        "in all material respects, the financial position of the company."
    )
    press.turn()


def event(press: Press, layout: Layout) -> None:
    """A current report: no statements at all."""
    for text in (
        "UNITED STATES",
        "SECURITIES AND EXCHANGE COMMISSION",
        "FORM 8-K",
        "CURRENT REPORT",
    ):
        press.line(text, size=13, bold=True, align="centre")
    press.line(f"Date of report: {american(layout.year_end)}", size=11, align="centre")
    press.skip(20)
    _registrant(press, layout)
    press.turn()
    press.line("Item 5.02 Departure of Directors or Certain Officers", size=11, bold=True)
    press.prose(
        "On the date above the board appointed a new chief financial officer with a salary of $610,000 and a grant "
        "of 45,000 restricted units. The consolidated balance sheets and statements of income of the company are "
        "not part of this report. Net income and total assets will be reported on Form 10-K."
    )
    press.turn()

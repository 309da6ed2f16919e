"""A document of our own making, so that a first look needs no file of the reader's."""

from pathlib import Path

ANNUAL_REPORT = Path(__file__).with_name("annual-report.pdf")
"""The report of an invented company; ``scripts/make_sample_report.py`` makes it."""
ANNUAL_REPORT_APPLICATION = "financial"
"""The slug of the application that reads it."""

"""Time of parsing beside PDFium's bare text extraction of the same files in the same run.

    python benchmarks/parse.py [FOLDER] [--bar 4.5]

Processor time, the better of two rounds for each file, so that a busy machine counts less. Exit 1
when the ratio is above the bar. FOLDER is the shared corpus's folder of reports by default.
"""

from __future__ import annotations

import argparse
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pypdfium2

from apostil.documents import DocumentError, parse

REPORTS = Path(__file__).parents[2] / "shared" / "corpus" / "financial"
ROUNDS = 2
MIB = 1024  # getrusage counts KiB on Linux


class Timing(NamedTuple):
    name: str
    pages: int
    bare_seconds: float
    parse_seconds: float


def bare_text(path: Path) -> int:
    """Number of pages, after extracting the text of each with PDFium alone."""
    document = pypdfium2.PdfDocument(path)
    pages = len(document)
    for number in range(pages):
        page = document[number]
        text = page.get_textpage()
        text.get_text_range()
        text.close()
        page.close()
    document.close()
    return pages


def seconds(work: Callable[[Path], object], path: Path) -> float:
    begun = time.process_time()
    work(path)
    return time.process_time() - begun


def timed(path: Path) -> Timing:
    pages = bare_text(path)  # also warms the disk
    bare = min(seconds(bare_text, path) for _ in range(ROUNDS))
    parsed = min(seconds(parse, path) for _ in range(ROUNDS))
    return Timing(path.name, pages, bare, parsed)


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("folder", nargs="?", type=Path, default=REPORTS)
    arguments.add_argument("--bar", type=float, default=4.5)
    chosen = arguments.parse_args()
    timings = []
    for path in sorted(chosen.folder.glob("*.pdf")):
        try:
            timings.append(timed(path))
        except DocumentError as error:
            print(f"{path.name}: {error.detail}")
    if not timings:
        print(f"There are no PDFs in {chosen.folder}.")
        return 2
    for one in timings:
        ratio = one.parse_seconds / one.bare_seconds
        print(
            f"{one.name[:44]:44} {one.pages:5} pages {one.pages / one.parse_seconds:7.1f}/s {ratio:5.2f} x"
        )
    bare = sum(one.bare_seconds for one in timings)
    parsed = sum(one.parse_seconds for one in timings)
    pages = sum(one.pages for one in timings)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / MIB
    print(
        f"{pages} pages: bare text {pages / bare:.0f} pages/s, parsed {pages / parsed:.0f} pages/s, "
        f"ratio {parsed / bare:.2f} (bar {chosen.bar:g}), peak memory {memory:.0f} MiB"
    )
    return 0 if parsed / bare <= chosen.bar else 1


if __name__ == "__main__":
    sys.exit(main())

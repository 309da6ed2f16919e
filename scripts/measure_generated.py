"""Measures the reading of financial reports on invented ones, whose every figure is known.

    python scripts/measure_generated.py [--reports 80] [--seed 0] [--family NAME] [--errors] [-v]

Prints precision, recall and the page of the main facts (and of all) over the reports, then what
became of the facts in reports with each trap, worst first. ``--errors`` puts errors into core
figures, one a report, and counts how many a check notices.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "tests/support"))

from invented.damaging import measure_errors
from invented.judging import Verdict, by_trap, counted, judge, read
from invented.lines import Truth
from invented.making import make_report


def main() -> None:
    """Reads the wishes, makes the reports and prints what came of them."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--reports", type=int, default=80)
    parser.add_argument("--seed", type=int, default=0, help="the number of the first report")
    parser.add_argument("--family", help="only reports of this kind")
    parser.add_argument("--failures", type=int, default=40, help="how many failures to list")
    parser.add_argument("--errors", action="store_true", help="put errors in and count the alarms")
    parser.add_argument("--keep", type=Path, help="folder that keeps the reports")
    wishes = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = wishes.keep or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        seeds = range(wishes.seed, wishes.seed + wishes.reports)
        if wishes.errors:
            for kind, rate in measure_errors(seeds, folder).items():
                print(
                    f"{kind}: {rate.made} made, {rate.failed} failed a check, {rate.warned} raised a "
                    f"warning, {rate.withheld} kept the figure from being stated"
                )
                for line in rate.unnoticed[: wishes.failures]:
                    print(f"    {line}")
            return
        measure(seeds, folder, family=wishes.family, failures=wishes.failures)


def measure(seeds: range, folder: Path, *, family: str | None, failures: int) -> None:
    """Makes and reads each report, and prints the sums."""
    main_facts: list[tuple[Truth, Verdict]] = []
    total, everything = Verdict(), Verdict()
    for seed in seeds:
        path = folder / f"{seed}.pdf"
        truth = make_report(seed, path, family=family)
        reviewed = read(path)
        verdict = judge(truth, reviewed)
        verdict.notes = [f"{seed}: {note}" for note in verdict.notes]
        main_facts.append((truth, verdict))
        total.add(verdict)
        everything.add(judge(truth, reviewed, core=False))
    for line in in_short(total.notes)[:failures]:
        print(line)
    print(f"\n{len(total.notes)} failures in {len(seeds)} reports")
    counts = counted(main_facts)
    summed = by_trap(main_facts)
    print(
        f"{'trap':46} {'reports':>7} {'right':>6} {'wrong':>6} {'extra':>6} {'missing':>8} {'alarms':>7} {'warnings':>8}"
    )
    for trap in sorted(summed, key=lambda trap: (summed[trap].precision, summed[trap].recall)):
        one = summed[trap]
        print(
            f"{trap:46} {counts[trap]:7} {one.right:6} {one.wrong:6} {one.invented:6} {one.missing:8} {one.alarms:7} {one.warnings:8}"
        )
    for name, one in (("main facts", total), ("all facts", everything)):
        print(
            f"{name}: precision {one.precision:.4f}, recall {one.recall:.4f}, page {one.pages:.4f} "
            f"({one.right} right, {one.wrong} wrong, {one.invented} invented, {one.missing} missing)"
        )


def in_short(notes: list[str]) -> list[str]:
    """One line for the same thing in several columns of a report."""
    grouped: dict[str, list[str]] = {}
    for note in notes:
        seed, kind, concept, rest = note.split(" ", 3)
        grouped.setdefault(f"{seed} {kind} {concept}", []).append(rest)
    return [
        f"{head} {rests[0]}" + (f" (and {len(rests) - 1} more)" if len(rests) > 1 else "")
        for head, rests in grouped.items()
    ]


if __name__ == "__main__":
    main()

"""Puts errors into reports and counts how many of them a check notices."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from random import Random

from invented.books import statements
from invented.choice import choose
from invented.damage import KINDS, Damage
from invented.judging import alarm, read
from invented.lines import Content, Line
from invented.making import FIGURE_SEED, damageable, make_report

#: Figures that are closer than this may be exchanged within the rounding of their sums.
_LEAST_DIFFERENCE = Decimal("0.02")


@dataclass(slots=True)
class Rate:
    """How many errors of a kind were made, failed a check, raised a warning only, or kept
    the false figure from being stated."""

    made: int = 0
    failed: int = 0
    warned: int = 0
    withheld: int = 0
    unnoticed: list[str] = field(default_factory=list)


def measure_errors(seeds: Iterable[int], folder: Path) -> dict[str, Rate]:
    """For each kind of error: how many were noticed, how many made, and which were not."""
    rates = {kind: Rate() for kind in KINDS}
    for seed in seeds:
        for kind, rate in rates.items():
            damage = chosen_damage(seed, kind)
            if damage is None:
                continue
            path = folder / f"{seed}-{kind}.pdf"
            make_report(seed, path, damage=damage)
            reviewed = read(path)
            said = alarm(reviewed)
            rate.made += 1
            rate.failed += said == "fail"
            rate.warned += said == "warning"
            rate.withheld += not said and damage.concept not in {f.concept for f in reviewed.facts}
            if said != "fail":
                where = f"{damage.statement} {damage.concept} {damage.column}"
                rate.unnoticed.append(f"{seed}: {where} {said}".rstrip())
    return rates


def chosen_damage(seed: int, kind: str) -> Damage | None:
    """The error that report ``seed`` gets; None when it has no figures of that kind to spoil."""
    layout = choose(seed)
    if layout.family == "event":
        return None
    contents = [
        one
        for one in statements(layout, Random(seed + FIGURE_SEED))  # noqa: S311 - the same figures
        if one.kind not in {layout.missing, "OCI"}
    ]
    rng = Random(f"{seed} {kind}")  # noqa: S311 - the same error for the same seed
    content = rng.choice(contents)
    if kind == "scale":
        return Damage(kind=kind, statement=content.kind)
    lines = [line for line in damageable(content) if _can(kind, line, content)]
    if not lines:
        return None
    line = rng.choice(lines)
    columns = [n for n, cell in enumerate(line.cells) if cell]
    return Damage(
        kind=kind,
        statement=content.kind,
        concept=line.concept or "",
        column=0 if kind == "swap" else rng.choice(columns),
    )


def _can(kind: str, line: Line, content: Content) -> bool:
    if kind != "swap":
        return True
    same_length = content.moments[0].months == content.moments[1].months
    one, other = (Decimal(cell or 0) for cell in line.cells[:2])
    return same_length and abs(one - other) > _LEAST_DIFFERENCE * abs(one)

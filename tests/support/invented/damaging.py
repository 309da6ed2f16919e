"""Puts errors into reports and counts how many of them a check notices."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from random import Random

from invented.books import statements
from invented.choice import choose
from invented.damage import KINDS, Damage
from invented.judging import is_flagged, read
from invented.lines import Content, Line
from invented.making import FIGURE_SEED, damageable, make_report

Rates = dict[str, tuple[int, int, list[str]]]


def measure_errors(seeds: Iterable[int], folder: Path) -> Rates:
    """For each kind of error: how many were noticed, how many made, and which were not."""
    rates: Rates = {kind: (0, 0, []) for kind in KINDS}
    for seed in seeds:
        for kind in KINDS:
            damage = chosen_damage(seed, kind)
            if damage is None:
                continue
            path = folder / f"{seed}-{kind}.pdf"
            make_report(seed, path, damage=damage)
            noticed, made, unnoticed = rates[kind]
            if is_flagged(read(path)):
                noticed += 1
            else:
                unnoticed.append(f"{seed}: {damage.statement} {damage.concept} {damage.column}")
            rates[kind] = (noticed, made + 1, unnoticed)
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
    return same_length and line.cells[0] != line.cells[1]

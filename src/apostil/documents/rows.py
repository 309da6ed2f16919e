"""Words that stand on one baseline, from the left edge of the page to the right."""

from __future__ import annotations

from dataclasses import dataclass

from apostil.documents.words import Token, joined

SAME_BASELINE = 0.35  # of the font size; leading below 1.0 is not used in print
SMALLER = 0.85
BESIDE = 1.0  # of the font size: how far a footnote mark may stand from its word
OVERLAP = 0.6  # and how far it may reach into it


@dataclass(slots=True)
class Row:
    """Tokens from left to right; ``top`` and ``bottom`` are the row's box in points."""

    tokens: list[Token]
    baseline: float
    size: float
    top: float
    bottom: float


def rows_of(tokens: list[Token]) -> list[Row]:
    """All rows from top to bottom, footnote marks and other raised text in the row they mark."""
    grouped = _by_baseline(tokens)
    rows = [_row(group) for group in _with_raised_text(grouped)]
    rows.sort(key=lambda row: row.baseline)
    return rows


def _by_baseline(tokens: list[Token]) -> list[list[Token]]:
    groups: list[list[Token]] = []
    anchor = float("-inf")
    for token in sorted(tokens, key=lambda token: token.baseline):
        if groups and token.baseline - anchor <= SAME_BASELINE * min(
            token.size, groups[-1][0].size
        ):
            groups[-1].append(token)
        else:
            groups.append([token])
            anchor = token.baseline
    return groups


def _with_raised_text(groups: list[list[Token]]) -> list[list[Token]]:
    """Moves small tokens beside a larger word of the next or the last group into that group."""
    smallest = [min(token.size for token in group) for group in groups]
    largest = [max(token.size for token in group) for group in groups]
    for index, group in enumerate(groups):
        for at in (index + 1, index - 1):
            if not 0 <= at < len(groups) or smallest[index] >= SMALLER * largest[at]:
                continue
            moved = [token for token in group if any(_marks(token, other) for other in groups[at])]
            groups[at].extend(moved)
            group[:] = [token for token in group if token not in moved]
    return [group for group in groups if group]


def _marks(small: Token, large: Token) -> bool:
    middle = (small.y0 + small.y1) / 2
    return (
        small.size < SMALLER * large.size
        and large.y0 <= middle <= large.y1
        and -OVERLAP * large.size <= small.x0 - large.x1 <= BESIDE * large.size
    )


def _row(group: list[Token]) -> Row:
    tokens = joined(sorted(group, key=lambda token: token.x0))
    main = max(tokens, key=lambda token: (token.size, token.x1 - token.x0))
    return Row(
        tokens,
        main.baseline,
        main.size,
        min(token.y0 for token in tokens),
        max(token.y1 for token in tokens),
    )

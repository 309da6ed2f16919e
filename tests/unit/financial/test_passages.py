"""Words around a match: a line across columns is quoted only where it says something."""

from __future__ import annotations

import re

from apostil.applications.financial.reading.passages import Spot

LINE = Spot(page=2, text="FORM 10-K 1515 Charleston Avenue", words=(340, 341, 342, 343, 344))


def test_only_the_words_that_a_match_touches_are_quoted() -> None:
    match = re.search(r"FORM 10-K", LINE.text)
    assert match is not None
    assert LINE.around(match) == Spot(page=2, text="FORM 10-K", words=(340, 341))


def test_a_word_that_a_match_touches_in_part_is_quoted_whole() -> None:
    match = re.search(r"leston Av", LINE.text)
    assert match is not None
    assert LINE.around(match) == Spot(page=2, text="Charleston Avenue", words=(343, 344))

from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from apostil.applications.financial.rules.sums import (
    Line,
    adds_up,
    find_members,
    find_way,
    tolerance,
    unit_of_print,
)

ONE = Decimal(1)


def values(*numbers: int | str) -> dict[int, Decimal]:
    return {column: Decimal(number) for column, number in enumerate(numbers)}


def test_the_unit_of_print_is_that_of_most_numbers() -> None:
    assert unit_of_print(map(Decimal, ["1", "22", "0.9391"])) == 1
    assert unit_of_print(map(Decimal, ["1.5", "22.0", "3"])) == Decimal("0.1")
    assert unit_of_print([]) == 1


def test_rounding_of_each_item_is_allowed_for() -> None:
    assert tolerance(1, ONE) == 1
    assert tolerance(6, ONE) == 3
    assert adds_up([values(10), values(11), values(12)], values(34), ONE)
    assert not adds_up([values(10), values(11), values(12)], values(35), ONE)


def test_a_total_of_nothing_proves_nothing() -> None:
    assert not adds_up([values(0), values(0)], values(0), ONE)


def test_a_total_hides_its_parts_from_the_next_total() -> None:
    lines = [
        Line(values(100, 90), is_total=False),
        Line(values(50, 40), is_total=False),
        Line(values(150, 130), is_total=True),
        Line(values(70, 60), is_total=False),
        Line(values(220, 190), is_total=True),
    ]
    assert find_members(lines, ONE) == {2: (0, 1), 4: (2, 3)}


def test_every_column_must_add_up() -> None:
    lines = [
        Line(values(100, 90), is_total=False),
        Line(values(50, 40), is_total=False),
        Line(values(150, 999), is_total=True),
    ]
    assert find_members(lines, ONE) == {}


def test_signs_are_the_same_in_all_columns() -> None:
    way = find_way(
        values(100, 200),
        [values(30, 50), values(5, 7)],
        values(65, 143),
        prior=(1, 1),
        unit=Decimal("0.1"),
    )
    assert way.signs == (-1, -1)
    assert way.columns == {0, 1}


def test_words_win_where_nothing_adds_up() -> None:
    way = find_way(values(100, 200), [values(30, 50)], values(999, 999), prior=(1,), unit=ONE)
    assert way.signs == (1,)
    assert way.columns == frozenset()


def test_one_wrong_column_shows_against_the_others() -> None:
    way = find_way(
        values(100, 200, 300), [values(30, 50, 70)], values(70, 150, 999), prior=(1,), unit=ONE
    )
    assert way.signs == (-1,)
    assert way.columns == {0, 1}


@given(st.lists(st.integers(-10_000, 10_000), min_size=1, max_size=5), st.data())
def test_the_signs_that_made_a_total_lead_to_it(items: list[int], data: st.DataObject) -> None:
    signs = data.draw(st.lists(st.sampled_from([1, -1]), min_size=len(items), max_size=len(items)))
    second = [item * 3 + 1 for item in items]
    columns = [values(one, two) for one, two in zip(items, second, strict=True)]
    end = values(
        100 + sum(s * i for s, i in zip(signs, items, strict=True)),
        200 + sum(s * i for s, i in zip(signs, second, strict=True)),
    )
    way = find_way(values(100, 200), columns, end, prior=[1] * len(items), unit=Decimal("0.01"))
    assert way.columns == {0, 1}

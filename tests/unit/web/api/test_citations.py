"""Citations in the shape of hosted extractors."""

from __future__ import annotations

from typing import Any

import pytest

from apostil.web.api.citations import highlight

SIZES = [(612.0, 792.0), (842.0, 595.0)]


def cited(**more: Any) -> dict[str, Any]:
    return {"document": "0" * 64, "quote": "10,208,580", **more}


def test_each_box_has_its_corner_its_width_and_its_height() -> None:
    found = highlight(cited(page=2, boxes=[[10.1, 20.2, 30.4, 40.8], [1, 2, 3, 4]]), SIZES)
    assert found.model_dump() == {
        "page": 2,
        "matching_text": "10,208,580",
        "bounding_boxes": [
            {"x": 10.1, "y": 20.2, "w": 20.3, "h": 20.6},
            {"x": 1.0, "y": 2.0, "w": 2.0, "h": 2.0},
        ],
        "page_dimensions": {"width": 842.0, "height": 595.0},
    }


@pytest.mark.parametrize("sizes", [[], SIZES])
@pytest.mark.parametrize("page", [None, 3, 0])
def test_a_page_whose_size_is_not_known_has_none(
    page: int | None, sizes: list[tuple[float, float]]
) -> None:
    found = highlight(cited(page=page, boxes=[]), sizes)
    assert found.page_dimensions is None
    assert found.page == page


def test_a_place_in_a_text_has_no_boxes() -> None:
    found = highlight(cited(path="b12", span=[0, 10]), [])
    assert (found.page, found.bounding_boxes) == (None, [])

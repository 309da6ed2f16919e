"""Papers of our own making parse to what is kept beside this file.

``APOSTIL_WRITE_GOLDEN=1`` writes the files anew; look at the difference before you keep it.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import msgspec
import pytest
from papers import Draw, statement, two_columns, write_pdf

from apostil.documents import parse

FOLDER = Path(__file__).parent
SWITCH = "APOSTIL_WRITE_GOLDEN"
TOLERANCE = 0.05  # points; fonts are measured by PDFium, whose versions round differently
PAPERS: dict[str, tuple[Draw, ...]] = {
    "statement": (statement,),
    "columns": (two_columns, statement),
}
OF_THE_FILE = ("sha256", "parser", "metadata")  # these change with the makers' versions


def parsed(folder: Path, name: str) -> dict[str, Any]:
    document = parse(write_pdf(folder / f"{name}.pdf", *PAPERS[name]))
    decoded: dict[str, Any] = json.loads(msgspec.json.encode(document))
    return {key: value for key, value in decoded.items() if key not in OF_THE_FILE}


def differences(kept: Any, found: Any, place: str = "") -> list[str]:
    """Where two JSON values differ, with both values; numbers may differ by the tolerance."""
    if isinstance(kept, dict) and isinstance(found, dict) and kept.keys() == found.keys():
        return [
            line for key in kept for line in differences(kept[key], found[key], f"{place}.{key}")
        ]
    if isinstance(kept, list) and isinstance(found, list) and len(kept) == len(found):
        pairs = enumerate(zip(kept, found, strict=True))
        return [line for at, (a, b) in pairs for line in differences(a, b, f"{place}[{at}]")]
    if isinstance(kept, float) and isinstance(found, int | float):
        return [] if abs(kept - found) <= TOLERANCE else [f"{place}: {kept} became {found}"]
    return [] if kept == found else [f"{place}: {kept!r} became {found!r}"]


@pytest.mark.parametrize("name", sorted(PAPERS))
def test_a_paper_parses_as_kept(tmp_path: Path, name: str) -> None:
    found = parsed(tmp_path, name)
    path = FOLDER / f"{name}.json"
    if os.environ.get(SWITCH):
        path.write_text(json.dumps(found, indent=1, sort_keys=True, ensure_ascii=False) + "\n")
    kept = json.loads(path.read_text())
    assert differences(kept, found) == []


def test_the_switch_that_writes_these_files_is_off() -> None:
    assert SWITCH not in os.environ

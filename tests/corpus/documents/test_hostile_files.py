"""Files that break software, each in a process of its own: no crash, no hang, no silent success."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from corpus import CORPUS, sampled

NASTY = CORPUS / "nasty"
SECONDS = 20.0
MOST_MIB = 160
PROGRAM = r"""
import re, sys
from pathlib import Path
from apostil.documents import DocumentError, parse
try:
    document = parse(Path(sys.argv[1]))
    characters = sum(len(block.text.strip()) for block in document.blocks)
    print("read", characters, ";".join(document.warnings))
except DocumentError as error:
    print("refused", error.problem, error.detail)
# Not getrusage: its peak is inherited from the process that forked this one.
print(int(re.search(r"VmHWM:\s+(\d+)", Path("/proc/self/status").read_text())[1]) // 1024)
"""
NEVER_READABLE = {
    "GEN_user_pw_aes256.pdf": "/problems/password-needed",
    "GEN_zero_bytes.pdf": "/problems/empty-file",
    "GEN_truncated_50.pdf": "/problems/damaged-document",
    "GEN_truncated_tail.pdf": "/problems/damaged-document",
    "GEN_html_named.pdf": "/problems/unsupported-format",
    "GEN_3000_pages.pdf": "/problems/too-many-pages",
    "GEN_binary_nul.txt": "/problems/unsupported-format",
    "REAL_utf8_mangled_arogya.pdf": "/problems/no-readable-text",
    "GEN_bitflips40.pdf": "/problems/no-readable-text",
    "docling__ocr_test.pdf": "/problems/no-readable-text",
}

pytestmark = [
    pytest.mark.corpus,
    pytest.mark.skipif(not NASTY.exists(), reason="the corpus is not beside the checkout"),
]


def outcome(path: Path) -> str:
    """What became of a file, as one line; an empty line is what must not be."""
    try:
        done = subprocess.run(
            [sys.executable, "-c", PROGRAM, str(path)],
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return f"hung for {SECONDS:.0f} s"
    if done.returncode != 0:
        return f"died with {done.returncode}: {done.stderr[-300:]}"
    line, _, mebibytes = done.stdout.strip().rpartition("\n")
    if int(mebibytes) > MOST_MIB:
        return f"took {mebibytes} MiB"
    return line


@pytest.fixture(scope="module")
def outcomes() -> dict[str, str]:
    paths = [path for path in sorted(NASTY.iterdir()) if path.suffix in {".pdf", ".docx", ".txt"}]
    some = sampled(paths, one_in=12)
    paths = [path for path in paths if path in some or path.name in NEVER_READABLE]
    with ThreadPoolExecutor(2) as pool:
        return dict(zip((path.name for path in paths), pool.map(outcome, paths), strict=True))


def test_each_file_is_read_or_refused_with_a_reason(outcomes: dict[str, str]) -> None:
    strange = {
        name: line
        for name, line in outcomes.items()
        if not line.startswith(("read ", "refused /problems/")) or len(line) < len("read 1 ")
    }
    assert strange == {}


def test_no_file_without_text_is_a_success(outcomes: dict[str, str]) -> None:
    silent = [name for name, line in outcomes.items() if line.startswith("read 0")]
    assert silent == []


def test_refusals_name_the_right_cause(outcomes: dict[str, str]) -> None:
    causes = {name: outcomes[name].split()[1] for name in NEVER_READABLE}
    assert causes == NEVER_READABLE

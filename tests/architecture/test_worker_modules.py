"""What a worker and its executor load: no web framework, whatever interfaces are installed."""

from __future__ import annotations

import subprocess
import sys

LOADING = """
import sys
from importlib import import_module

import apostil.adapters.local_worker
import apostil.engine.executor
from apostil.bootstrap.applications import load_applications

applications, broken = load_applications()
assert not broken, broken
assert any(one.routes for one in applications.values())
for application in applications.values():
    for segment in application.pipeline.segments:
        import_module(segment.work.partition(":")[0])
web = [name for name in sys.modules if name.split(".")[0] in {"fastapi", "starlette", "jinja2"}]
web += [name for name in sys.modules if name.startswith("apostil.web") or name.endswith(".routes")]
assert not web, web
"""


def test_a_worker_with_every_application_loads_no_web_framework() -> None:
    ended = subprocess.run(
        [sys.executable, "-c", LOADING], check=False, capture_output=True, text=True
    )
    assert ended.returncode == 0, ended.stderr

"""The yardstick of ``submitting.py``: the framework alone, which takes a file and keeps it or not."""

from __future__ import annotations

import os
import shutil
import uuid
from pathlib import Path

from fastapi import FastAPI, UploadFile

api = FastAPI()
FOLDER = Path(os.environ.get("BARE_UPLOADS", "."))


@api.post("/read")
def read(files: UploadFile) -> dict[str, int]:
    """Reads the file and forgets it."""
    return {"size": len(files.file.read())}


@api.post("/keep")
def keep(files: UploadFile) -> dict[str, str]:
    """Writes the file to a new one, which is on the disk when this returns."""
    name = str(uuid.uuid4())
    with (FOLDER / name).open("wb") as kept:
        shutil.copyfileobj(files.file, kept)
        kept.flush()
        os.fsync(kept.fileno())
    return {"id": name}

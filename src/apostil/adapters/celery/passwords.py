"""Passwords on their way to a worker: sealed with a key that the broker does not have."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken

_KEEPS_SECONDS = 24 * 3600


class Safe:
    """Seals with a key kept in a file of the data folder, which the web side and all workers share.

    The file is made at the first use, readable by its user only.
    """

    def __init__(self, key_file: Path) -> None:
        self._file = key_file
        self._fernet: Fernet | None = None

    def seal(self, password: str) -> str:
        """What may be shown to a broker; it can be opened for a day."""
        return self._opened().encrypt(password.encode()).decode("ascii")

    def unseal(self, sealed: str) -> str | None:
        """The password; None if it was sealed with another key or long ago."""
        with suppress(InvalidToken):
            return self._opened().decrypt(sealed.encode(), ttl=_KEEPS_SECONDS).decode()
        return None

    def _opened(self) -> Fernet:
        if self._fernet is None:
            self._fernet = Fernet(self._key())
        return self._fernet

    def _key(self) -> bytes:
        """Written aside and linked into place, so that two who come first agree on one."""
        with suppress(FileNotFoundError):
            return self._file.read_bytes()
        aside = self._file.with_suffix(f".{os.getpid()}")
        descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(Fernet.generate_key())
        try:
            with suppress(FileExistsError):
                os.link(aside, self._file)
        finally:
            aside.unlink()
        return self._file.read_bytes()

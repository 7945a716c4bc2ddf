"""The data folder: held by who uses it, and a clear word where it cannot be used."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO

from hub.settings import SettingError, Settings

LOCK = "in_use.lock"


@contextmanager
def alone(found: Settings) -> Iterator[None]:
    """Nobody serves from this data folder while the block runs."""
    from hub.kernel.errors import Refused

    with _lock_file(found) as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise Refused("`hub serve` is running from this data folder: stop it first", code="hub_running") from error
        yield


@contextmanager
def in_use(found: Settings) -> Iterator[None]:
    """Keep those out who want the data folder to themselves."""
    with _lock_file(found) as lock:
        fcntl.flock(lock, fcntl.LOCK_SH)
        yield


@contextmanager
def _lock_file(found: Settings) -> Iterator[IO[bytes]]:
    with naming_folders(found):
        found.data_dir.mkdir(parents=True, exist_ok=True)
        file = (found.data_dir / LOCK).open("ab")
    with file:
        yield file


@contextmanager
def naming_folders(found: Settings) -> Iterator[None]:
    """A folder or key file that cannot be used is a wrong setting."""
    try:
        yield
    except OSError as error:
        raise SettingError(f"{error.filename}: {error.strerror}; correct its mode, or set HUB_DATA_DIR") from error
    except UnicodeDecodeError as error:
        raise SettingError(f"{found.data_dir}: the key ring there is not text; restore it from a backup") from error

"""The data folder: held by who uses it, and a clear word where it cannot be used."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path
from typing import IO

from hub.settings import SettingError, Settings

LOCK = "in_use.lock"


def serving(found: Settings) -> AbstractContextManager[None]:
    """Hold what a hub serves from: alone where its database is embedded, together with others elsewhere."""
    return alone(found) if found.embedded else in_use(found)


@contextmanager
def alone(found: Settings) -> Iterator[None]:
    """Nobody else serves from this data folder or the embedded database while the block runs."""
    from hub.kernel.errors import Refused

    with ExitStack() as locks:
        for folder in _folders(found):
            try:
                fcntl.flock(locks.enter_context(_lock_file(found, folder)), fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                message = f"another hub is running from the data folder {folder}: stop it first, or set HUB_DATA_DIR"
                raise Refused(message, code="hub_running") from error
        yield


@contextmanager
def in_use(found: Settings) -> Iterator[None]:
    """Keep those out who want the data folder to themselves."""
    with _lock_file(found, found.data_dir) as lock:
        fcntl.flock(lock, fcntl.LOCK_SH)
        yield


def _folders(found: Settings) -> list[Path]:
    """The data folder, and the one that holds an embedded database where that is another."""
    import sqlalchemy as sa

    path = sa.make_url(found.url).database if found.embedded else None
    database = [Path(path).parent] if path and path != ":memory:" else []
    return sorted({folder.resolve() for folder in [found.data_dir, *database]})


@contextmanager
def _lock_file(found: Settings, folder: Path) -> Iterator[IO[bytes]]:
    with naming_folders(found):
        folder.mkdir(parents=True, exist_ok=True)
        file = (folder / LOCK).open("ab")
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

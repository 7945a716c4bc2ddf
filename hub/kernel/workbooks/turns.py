"""Lets one workbook at a time be read or written in a process: each may take most of its memory for this."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from threading import Lock

from hub.kernel.workbooks.releasing import give_back

TURN = timedelta(seconds=2)  # until a job that met another one's workbook looks again
_ALONE = Lock()
_PATIENCE = 0.2  # seconds: most workbooks are small, and only a large one is worth coming back for


@contextmanager
def alone() -> Iterator[bool]:
    """Whether it is our turn; where it is not, come back in a moment. Memory is given back at the end."""
    if not _ALONE.acquire(timeout=_PATIENCE):
        yield False
        return
    try:
        yield True
    finally:
        give_back()
        _ALONE.release()

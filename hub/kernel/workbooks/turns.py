"""Lets one workbook at a time be read in a process: each may take most of the memory that the process has for this."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

from hub.kernel.workbooks.releasing import give_back

_ALONE = Lock()


@contextmanager
def alone() -> Iterator[bool]:
    """Whether it is our turn; where it is not, come back in a moment. Memory is given back at the end."""
    if not _ALONE.acquire(blocking=False):
        yield False
        return
    try:
        yield True
    finally:
        give_back()
        _ALONE.release()

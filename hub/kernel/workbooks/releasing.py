"""Gives memory that is free back to the system: glibc keeps what its threads have freed, in a pool for each of them."""

from __future__ import annotations

import ctypes

_trim = getattr(ctypes.CDLL(None), "malloc_trim", None)  # other C libraries have none, and give back by themselves


def give_back() -> None:
    """To be called where much has just been freed: takes milliseconds."""
    if _trim is not None:
        _trim(0)

"""Hashes each log-in once in this process: that is slow on purpose, and the tests use the same few a thousand times."""

from __future__ import annotations

import hashlib
from functools import lru_cache


def hash_once() -> None:
    """From now on what `hashlib.scrypt` answered to the same is remembered, by those who look it up in its module."""
    vars(hashlib)["scrypt"] = lru_cache(maxsize=10_000)(hashlib.scrypt)

"""What a plan may contain, and how the text of an API key is written and read."""

from __future__ import annotations

import hashlib
import re
import zlib
from enum import StrEnum

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
SECRET_BYTES = 32
LIVE_AT_ONCE = 2  # an old and a new one, while a rotation lasts
_ID, _SECRET, _CHECKSUM = 8, 43, 6  # letters; 62^43 > 2^256
_SHAPE = re.compile(
    rf"hub_([a-z0-9]{{1,12}})_([0-9A-Za-z]{{{_ID}}})_([0-9A-Za-z]{{{_SECRET}}})([0-9A-Za-z]{{{_CHECKSUM}}})"
)


class Feature(StrEnum):
    """What a merchant's plan may contain."""

    MASTER_PRODUCT = "master_product"
    WAREHOUSE_MANAGEMENT = "warehouse_management"


EVERYTHING = tuple(Feature)


class Several(StrEnum):
    """What becomes of an order whose lines lie in different warehouses; they are never packed as one."""

    SPLIT = "split"  # each warehouse sends its own part
    FLAG = "flag"  # a person decides


def write_key(environment: str, *, chance: bytes) -> tuple[str, str]:
    """Make the public id and the whole text of a key from `chance`: 8 bytes for the id, 32 for the secret.

    `hub_<environment>_<id>_<secret><checksum>`: scanners of leaked secrets find it, and a typing error is seen.
    """
    public = _base62(int.from_bytes(chance[:8]) % 62**_ID, _ID)
    text = f"hub_{environment}_{public}_{_base62(int.from_bytes(chance[8 : 8 + SECRET_BYTES]), _SECRET)}"
    return public, text + _checksum(text)


def public_id(text: str, environment: str) -> str | None:
    """The id in a key's text, or None where it was not made here or was mistyped."""
    found = _SHAPE.fullmatch(text)
    if found is None or found[1] != environment:
        return None
    return found[2] if _checksum(text[:-_CHECKSUM]) == found[4] else None


def digest(text: str) -> str:
    """What is stored: 256 random bits need no slow hash."""
    return hashlib.sha256(text.encode()).hexdigest()


def _checksum(text: str) -> str:
    return _base62(zlib.crc32(text.encode()), _CHECKSUM)


def _base62(number: int, width: int) -> str:
    letters = ""
    for _ in range(width):
        number, rest = divmod(number, 62)
        letters = ALPHABET[rest] + letters
    return letters

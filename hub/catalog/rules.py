"""What an item is worth to the hub: admitted or skipped, and in which of the four classes."""

from __future__ import annotations

import enum
import re
import unicodedata
from typing import NamedTuple

from hub_hookspecs import Channel, Item


class SkuClass(enum.StrEnum):
    """Why a listing waits for a person; exactly one holds, the first in this order."""

    EMPTY = "empty"
    DUPLICATE = "duplicate"
    MATCHED = "matched"
    UNMATCHED = "unmatched"


class ListingState(enum.StrEnum):
    """What people decided about a listing."""

    PENDING = "pending"
    LINKED = "linked"
    IGNORED = "ignored"


class Skip(enum.StrEnum):
    """Why an item that a channel yields is not counted as a listing."""

    INACTIVE = "inactive"
    SOLD_OUT = "sold_out"
    REPEAT = "repeat"


class Group(NamedTuple):
    """Who else uses one SKU: listings of this account, of others, and a product of the merchant."""

    own: int = 0
    elsewhere: bool = False
    product: bool = False


def sku_key(sku: str) -> str:
    """Normalise so that equal codes compare equal; letter case is part of a code."""
    return unicodedata.normalize("NFC", sku).strip()


def name_key(name: str) -> str:
    """Fold for prefix search; long names are cut, an index entry has a limit."""
    return unicodedata.normalize("NFC", name).strip().casefold()[:200]


_CONFUSED = str.maketrans("oil", "011")  # after folding case: O and 0, I and l and 1 look alike
_PUNCTUATION = re.compile(r"[\W_]+")
_ASCII_PUNCTUATION = dict.fromkeys(code for code in range(128) if not chr(code).isalnum())
_GTIN = re.compile(r"[0-9 -]{8,20}")


def plain_sku(sku: str) -> str:
    """The code without what people leave out or mistype first: punctuation, letter case, width of letters."""
    if sku.isascii():  # nearly every code, and an import asks for each
        return sku.lower().translate(_ASCII_PUNCTUATION)
    return _PUNCTUATION.sub("", unicodedata.normalize("NFKC", sku).casefold())


def sku_fold(sku: str) -> str:
    """What codes that look alike have in common: the plain code with signs that look alike made one.

    "" where nothing is left to compare; long codes are cut, an index entry has a limit.
    """
    return plain_sku(sku).translate(_CONFUSED)[:200]


def barcode_key(barcode: str) -> str:
    """A barcode as shops agree on it: 12 digits are 13 with a leading zero. "" where it is no number of an article.

    Of 8 to 14 digits the last must be the GS1 check digit: sellers fill this field with anything.
    """
    if not barcode:
        return ""
    digits = re.sub(r"[ -]", "", barcode.strip()) if _GTIN.fullmatch(barcode.strip()) else ""
    if not 8 <= len(digits) <= 14 or not digits.strip("0"):
        return ""
    weighed = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(reversed(digits)))
    return digits.lstrip("0") if weighed % 10 == 0 else ""


def skip_reason(channel: Channel, item: Item) -> Skip | None:
    """Say why the import policy of the channel leaves this item out, if it does."""
    if not item.active and not channel.imports_inactive:
        return Skip.INACTIVE
    if item.quantity == 0 and not channel.imports_sold_out:
        return Skip.SOLD_OUT
    return None


def classify(key: str, group: Group) -> SkuClass:
    """Class of a current, unlinked listing; `group.own` counts the listing itself."""
    if not key:
        return SkuClass.EMPTY
    if group.own > 1:
        return SkuClass.DUPLICATE
    return SkuClass.MATCHED if group.elsewhere or group.product else SkuClass.UNMATCHED


def shifts_others(before: int, after: int) -> bool:
    """Whether other listings change class when this account's count for a SKU goes from `before` to `after`."""
    return (before == 0) != (after == 0) or (before > 1) != (after > 1)

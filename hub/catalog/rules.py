"""What an item is worth to the hub: admitted or skipped, and in which of the four classes."""

from __future__ import annotations

import enum
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

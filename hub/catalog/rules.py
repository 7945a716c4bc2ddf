"""What an item is worth to the hub and in which class it waits; how bundles and variants hold together."""

from __future__ import annotations

import enum
import hashlib
import heapq
import re
import unicodedata
from collections.abc import Callable, Sequence
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
    REF_TOO_LONG = "ref_too_long"


class Group(NamedTuple):
    """Who else uses one SKU: listings of this account, of others, and a product of the merchant."""

    own: int = 0
    elsewhere: bool = False
    product: bool = False


LONGEST_KEY = 500  # characters, 2,000 bytes at most: beside two ids an index entry of PostgreSQL bears 2,600
LONGEST_REF = LONGEST_KEY
_DIGEST = 64  # characters


def index_key(text: str) -> str:
    """The text as an index bears it: a longer one is its beginning and its digest, so that equal ones stay equal.

    What was cut is longer than anything that was not, so that no other text has its key.
    """
    if len(text) <= LONGEST_KEY:
        return text
    return text[: LONGEST_KEY + 1 - _DIGEST] + hashlib.sha256(text.encode()).hexdigest()


def sku_key(sku: str) -> str:
    """Normalise so that equal codes compare equal; letter case is part of a code."""
    return index_key(unicodedata.normalize("NFC", sku).strip())


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
    """Say why this item is left out, if it is: it cannot be kept by its ref, or the channel's import policy says so."""
    if len(item.ref) > LONGEST_REF:
        return Skip.REF_TOO_LONG
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


DEEPEST_BUNDLE = 3  # levels: a bundle of bundles of bundles
MOST_COMPONENTS = 50
MOST_IN_PACK = 10_000  # also of a product in a bundle


def component_fault(*, levels_below: int, levels_above: int, meets: bool) -> str | None:
    """Say why a product cannot go into a bundle: what lies below the product, and above the bundle, in levels.

    `meets`: the bundle is the product itself, or somewhere below it.
    """
    if meets:
        return "the bundle would contain itself; take it out of this product first"
    if levels_above + 1 + levels_below > DEEPEST_BUNDLE:
        return f"bundles would stand {DEEPEST_BUNDLE + 1} deep, and {DEEPEST_BUNDLE} is the most; name its products"
    return None


class Sibling(NamedTuple):
    """A linked listing that its channel groups with others, and what parents its product and the others have."""

    product_id: str
    group: tuple[str, str]  # account, and the channel's parent there
    name: str
    parent_id: str | None  # of the product
    siblings_parent: str | None  # of the oldest product of the group that has one; else the one made for the group


def families(siblings: Sequence[Sibling], make: Callable[[tuple[str, str], str], str]) -> dict[str, str]:
    """Find a parent for each product that has none; `make` gives the id of a new one for this group, with this name.

    A product joins the nearest parent: that of its own channel group, else the one that its group gets by sharing a
    product with a group that has one, and so on; the oldest of those equally near. Where none is to be had one is made,
    named by the first listing. A product that has a parent keeps it, and two parents never become one.
    """
    joining = [one for one in siblings if one.parent_id is None]
    members: dict[tuple[str, str], list[str]] = {}
    groups: dict[str, list[tuple[str, str]]] = {}
    for one in joining:
        members.setdefault(one.group, []).append(one.product_id)
        groups.setdefault(one.product_id, []).append(one.group)
    names = {one.group: one.name for one in reversed(joining)}
    parents = {one.group: one.siblings_parent or "" for one in joining}
    far = len(joining) + 1  # farther than any parent that there is, so that one is made last of all
    near = [(0 if parent else far * place, parent, group) for place, (group, parent) in enumerate(parents.items(), 1)]
    heapq.heapify(near)
    found: dict[str, str] = {}
    while near:
        steps, parent, group = heapq.heappop(near)
        waiting = [product_id for product_id in members.pop(group, ()) if product_id not in found]
        if not waiting:
            continue
        found |= dict.fromkeys(waiting, parent or make(group, names[group]))
        for product_id in waiting:
            near_by = (other for other in groups[product_id] if other in members)
            for other in near_by:
                heapq.heappush(near, (steps + 1, found[product_id], other))
    return found

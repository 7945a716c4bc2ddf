"""Which listings a person may link, what can be undone, and what to do where it cannot."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from typing import Any, NamedTuple


class Kind(enum.StrEnum):
    """What people do about listings, as the audit trail calls it; each can be undone."""

    CONFIRMED = "listing.confirmed"
    IGNORED = "listing.ignored"
    RESTORED = "listing.restored"
    UNLINKED = "listing.unlinked"
    LINKED = "listing.linked"
    MOVED = "listing.moved"
    UNDONE = "listing.undone"
    REDONE = "listing.redone"  # an undoing that was undone
    MERGED = "product.merged"
    UNMERGED = "product.unmerged"
    MANY_CONFIRMED = "listings.confirmed"
    MANY_UNDONE = "listings.undone"
    MANY_REDONE = "listings.redone"


MANY = frozenset({Kind.MANY_CONFIRMED, Kind.MANY_UNDONE, Kind.MANY_REDONE})
MERGES = frozenset({Kind.MERGED, Kind.UNMERGED})
BACKWARD = frozenset({Kind.UNDONE, Kind.UNMERGED})  # these put a step out of force
UNDOINGS = frozenset({Kind.UNDONE, Kind.REDONE})  # of one listing
_UNDOING_OF = {
    Kind.UNDONE: Kind.REDONE,
    Kind.MERGED: Kind.UNMERGED,
    Kind.UNMERGED: Kind.MERGED,
    Kind.MANY_CONFIRMED: Kind.MANY_UNDONE,
    Kind.MANY_UNDONE: Kind.MANY_REDONE,
    Kind.MANY_REDONE: Kind.MANY_UNDONE,
}


def undoing_of(kind: str) -> Kind:
    """What undoing a step of this kind is called."""
    return _UNDOING_OF.get(Kind(kind), Kind.UNDONE)


def led_to(event_id: str, after: Mapping[str, Any] | None) -> str | None:  # Any: JSON
    """The step that a thing stood by after this event: the event itself, but after an undoing the one that it says.

    Only where the thing stands by that can the event be undone, and then the thing stands by what it stood by before.
    """
    said: str | None = (after or {}).get("decision", event_id)
    return said


def turned(kind: str, event_id: str, before: Mapping[str, Any] | None, after: Mapping[str, Any] | None) -> str | None:
    """The step that an event put in force, which may be the event itself, or that it put out of force."""  # Any: JSON
    if kind not in BACKWARD:
        return led_to(event_id, after)
    said: str | None = (before or {}).get("decision")
    return said


class Obstacle(NamedTuple):
    """Why something cannot be done now, and what clears it."""

    code: str
    reason: str
    remedy: str


EMPTY = Obstacle("sku_empty", "the listing has no SKU", "fill in the SKU at the marketplace, then import again")
DUPLICATE = Obstacle(
    "sku_duplicate",
    "the SKU stands more than once in this account",
    "give each listing a SKU of its own at the marketplace, then import again",
)
IGNORED = Obstacle("ignored", "the listing is ignored", "restore it first")
RETIRED = Obstacle(
    "not_current",
    "the channel no longer shows it as active and in stock",
    "activate or restock it at the marketplace, then import again",
)
RENAMED = Obstacle(
    "sku_changed", "the SKU is another one than when it was linked", "confirm the listing anew, or link it by hand"
)
AMBIGUOUS = Obstacle(
    "several_products", "listings with this SKU are linked to different products", "link it to one of them by hand"
)
CHANGED = Obstacle(
    "changed_since", "the listing was decided about again since", "undo what its `decision` names first"
)  # fmt: skip
PRODUCT_GONE = Obstacle(
    "product_gone", "the product to go back to is no longer in the catalogue", "undo what took the product out first"
)
CODE_TAKEN = Obstacle(
    "sku_taken", "another product has the SKU of the one to bring back", "give the other product another SKU first"
)


class Rule(enum.StrEnum):
    """Why two things may be the same although their codes differ, the strongest reason first."""

    SAME_BARCODE = "same_barcode"
    SKU_PUNCTUATION = "sku_punctuation"
    SKU_LOOK_ALIKE = "sku_look_alike"
    SAME_NAME = "same_name"


WEIGHTS = {Rule.SAME_BARCODE: 100, Rule.SKU_PUNCTUATION: 60, Rule.SKU_LOOK_ALIKE: 40, Rule.SAME_NAME: 15}


class Traits(NamedTuple):
    """What of a listing or product is compared."""

    sku: str
    plain: str  # as `plain_sku` gives it
    look: str  # as `sku_fold` gives it
    barcode: str  # as `barcode_key` gives it
    name: str  # as `name_key` gives it


def evidence(ours: Traits, theirs: Traits) -> list[tuple[Rule, str, str]]:
    """The rules that speak for the two being the same, each with our text and theirs."""
    found = []
    if ours.barcode and ours.barcode == theirs.barcode:
        found.append((Rule.SAME_BARCODE, ours.barcode, theirs.barcode))
    if ours.look and ours.look == theirs.look:
        rule = Rule.SKU_PUNCTUATION if ours.plain == theirs.plain else Rule.SKU_LOOK_ALIKE
        found.append((rule, ours.sku, theirs.sku))
    if ours.name and ours.name == theirs.name:
        found.append((Rule.SAME_NAME, ours.name, theirs.name))
    return found


def obstacle(*, state: str, current: bool, sku_class: str | None, made_here: bool = False) -> Obstacle | None:
    """Say what stands against linking; None where nothing does, or where it is linked already.

    One that the hub itself made may well be a draft that nobody has stocked yet (`made_here`): its product is known.
    """
    if state == "linked":
        return None
    if state == "ignored":
        return IGNORED
    if not current and not made_here:
        return RETIRED
    return {"empty": EMPTY, "duplicate": DUPLICATE}.get(sku_class or "")

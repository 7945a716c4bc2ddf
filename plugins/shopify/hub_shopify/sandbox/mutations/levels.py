"""Sets what locations have: all entries of a call, or none of them."""

import re
from typing import Any

from hub_shopify.sandbox.answers import Json, Strict
from hub_shopify.sandbox.fields import Context, id_of, resolves
from hub_shopify.sandbox.mutations.wrongs import Unfit, Wrongs
from hub_shopify.sandbox.records import Change, Group, Level

REASONS = (
    *("correction", "cycle_count_available", "damaged", "movement_canceled", "movement_created", "movement_received"),
    *("movement_updated", "other", "promotion", "quality_control", "received", "reservation_created"),
    *("reservation_deleted", "reservation_updated", "restock", "safety_stock", "shrinkage"),
)
_MOST = 1_000_000_000
Given = Any  # Any: a coerced input


@resolves("Mutation", "inventorySetQuantities")
def set_quantities(_: None, context: Context, input: Given) -> Json:  # noqa: A002 - the wire's name
    """Compare each entry with what is there, then set them all."""
    wrongs = Wrongs()
    try:
        _check_call(input, wrongs)
        found = [_checked(context, entry, number, input, wrongs) for number, entry in enumerate(input["quantities"])]
        _check_pairs(input["quantities"], wrongs)
        wrongs.end()
    except Unfit as why:
        return {"inventoryAdjustmentGroup": None, "userErrors": why.errors}
    changes = [
        change
        for level, entry in zip(found, input["quantities"], strict=True)
        if level
        for change in _written(context, level, entry["quantity"], input["name"])
    ]
    group = Group(context.shop.new_id(), input["reason"], input.get("referenceDocumentUri"), context.now(), changes)
    return {"inventoryAdjustmentGroup": group if changes else None, "userErrors": []}


def _check_call(given: Given, wrongs: Wrongs) -> None:
    if given["name"] not in ("available", "on_hand"):
        message = "The quantity name must be either 'available' or 'on_hand'."
        wrongs.add(("input", "name"), message, "INVALID_NAME")
    if given["reason"] not in REASONS:
        message = f"The specified reason is invalid. Valid values are: {', '.join(sorted(REASONS))}."
        wrongs.add(("input", "reason"), message, "INVALID_REASON")
    document = given.get("referenceDocumentUri")
    if document is not None and not re.fullmatch(r"[a-z][a-z0-9+.-]*://[^\s/]+/\S+", document):
        message = "The specified reference document is invalid."
        wrongs.add(("input", "referenceDocumentUri"), message, "INVALID_REFERENCE_DOCUMENT")
    wrongs.end()


def _check_pairs(entries: list[Given], wrongs: Wrongs) -> None:
    seen: set[tuple[str, str]] = set()
    for number, entry in enumerate(entries):
        pair = entry["inventoryItemId"], entry["locationId"]
        if pair in seen:
            message = "The combination of inventoryItemId and locationId must be unique."
            at = ("input", "quantities", number, "locationId")
            wrongs.add(at, message, "NO_DUPLICATE_INVENTORY_ITEM_ID_GROUP_ID_PAIR")
        seen.add(pair)


def _checked(context: Context, entry: Given, number: int, given: Given, wrongs: Wrongs) -> Level | None:
    """The level that an entry is about; what is wrong with it is noted."""
    at = ("input", "quantities", number)
    item = context.shop.item(id_of(entry["inventoryItemId"], "InventoryItem") or 0)
    place = context.shop.locations.get(id_of(entry["locationId"], "Location") or 0)
    if item is None:
        message = "The specified inventory item could not be found."
        wrongs.add((*at, "inventoryItemId"), message, "INVALID_INVENTORY_ITEM")
        return None
    if place is None or not place.is_active:
        wrongs.add((*at, "locationId"), "The specified location could not be found.", "INVALID_LOCATION")
        return None
    if not item.mutable:
        message = "The specified inventory item is not allowed to be adjusted via API."
        wrongs.add((*at, "inventoryItemId"), message, "NON_MUTABLE_INVENTORY_ITEM")
    level = item.levels.get(place.id)
    if not item.tracked or level is None or not level.is_active:
        raise Strict("a level of an item that is not tracked, or not stocked at the location: read it first")
    _check_quantity(entry, level, given["name"], at, wrongs)
    return level


def _check_quantity(entry: Given, level: Level, name: str, at: tuple[str | int, ...], wrongs: Wrongs) -> None:
    quantity, before = entry["quantity"], entry["changeFromQuantity"]
    if quantity < 0 and name == "on_hand":
        wrongs.add((*at, "quantity"), "The quantity can't be negative.", "INVALID_QUANTITY_NEGATIVE")
    if quantity > _MOST:
        message = "The total quantity can't be higher than 1,000,000,000."
        wrongs.add((*at, "quantity"), message, "INVALID_QUANTITY_TOO_HIGH")
    if quantity < -_MOST:
        message = "The total quantity can't be lower than -1,000,000,000."
        wrongs.add((*at, "quantity"), message, "INVALID_QUANTITY_TOO_LOW")
    if before is not None and before != level.quantity(name):
        message = "The changeFromQuantity value does not match persisted value."
        wrongs.add((*at, "changeFromQuantity"), message, "CHANGE_FROM_QUANTITY_STALE")


def _written(context: Context, level: Level, quantity: int, name: str) -> list[Change]:
    """Keep the new count; what is there in all moves along with what may be sold."""
    delta = quantity - level.quantity(name)
    current = context.shop.product(level.item.variant.product.id) or level.item.variant.product
    draft = context.shop.draft(current)  # with what earlier entries of the call wrote
    item = next(each for each in draft.variants if each.id == level.item.variant.id).inventory_item
    kept = item.levels[level.location.id]
    kept.available, kept.updated_at = kept.available + delta, context.now()
    context.shop.put(draft)
    both = (Change(each, delta, item, level.location) for each in ("available", "on_hand"))
    return list(both) if delta else []

"""New variants, and what the locations have of them."""

from typing import Any

from hub_shopify.sandbox.fields import Context, id_of
from hub_shopify.sandbox.mutations.wrongs import Path, refused
from hub_shopify.sandbox.records import Item, Level, Product, Variant

MOST_QUANTITIES = 50_000


def new_variant(context: Context, product: Product, values: tuple[str, ...]) -> Variant:
    """A variant as Shopify makes one: free, untracked, and stocked with nothing at the first location."""
    now = context.now()
    ref = context.shop.later_variant_id()
    variant = Variant(ref, product, None, None, "0.00", values, now, now)
    variant.inventory_item = Item(context.shop.item_id(ref), variant, tracked=False, created_at=now, updated_at=now)
    home = next(iter(context.shop.locations.values()))
    variant.inventory_item.levels[home.id] = Level(variant.inventory_item, home, 0, now)
    return variant


def stock(context: Context, item: Item, given: list[Any], at: Path, *, fresh: bool) -> None:  # Any: coerced inputs
    """Set what locations have; a variant that is there already can only be counted where it is stocked."""
    for number, entry in enumerate(given):
        place = context.shop.locations.get(id_of(entry["locationId"], "Location") or 0)
        if place is None or not place.is_active:
            message = "The specified location could not be found."
            raise refused((*at, number, "locationId"), message, "NOT_FOUND")
        if not fresh and place.id not in item.levels:
            message = "Inventory quantities can only be updated where the variant is stocked."
            raise refused((*at, number, "locationId"), message, "INVALID_INPUT")
        if entry.get("name", "available") not in ("available", "on_hand"):
            raise refused(
                (*at, number, "name"), "The quantity name must be either 'available' or 'on_hand'.", "INVALID_INPUT"
            )
        amount = entry["quantity"] if "quantity" in entry else entry["availableQuantity"]
        level = item.levels.get(place.id) or Level(item, place, 0, context.now())
        level.available = amount - (level.committed if entry.get("name") == "on_hand" else 0)
        level.updated_at = context.now()
        item.levels[place.id] = level

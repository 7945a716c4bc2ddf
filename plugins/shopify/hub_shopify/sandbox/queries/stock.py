"""Items and what locations have of them."""

from collections.abc import Callable, Iterable
from typing import Any

from hub_shopify.sandbox.answers import Json, Strict
from hub_shopify.sandbox.fields import Context, gid, id_of, resolves
from hub_shopify.sandbox.paging import Connection, page, short
from hub_shopify.sandbox.records import Item, Level, Location

Arguments = Any  # Any: coerced arguments of a field
_STATES = frozenset(
    ("available", "committed", "on_hand", "incoming", "reserved", "damaged", "quality_control", "safety_stock")
)


@resolves("QueryRoot", "inventoryItem")
def inventory_item(_: None, context: Context, id: str) -> Item | None:  # noqa: A002 - the wire's name
    return context.shop.item(id_of(id, "InventoryItem") or 0)


@resolves("InventoryItem", "duplicateSkuCount")
def duplicates(item: Item, context: Context) -> int:
    return context.shop.others_with(item.variant)


@resolves("InventoryItem", "variants")
def variants_of_item(item: Item, _: Context, **arguments: Arguments) -> Connection:
    return short([item.variant], arguments)


@resolves("InventoryItem", "unitCost")
def unit_cost(item: Item, context: Context) -> Json | None:
    return {"amount": item.cost, "currencyCode": context.shop.currency} if item.cost is not None else None


@resolves("InventoryItem", "measurement")
def measurement(item: Item, _: Context) -> Json:
    """Without a weight there is the zero that the form shows."""
    return {"id": gid("InventoryItemMeasurement", item.id), "weight": {"unit": item.weight_unit, "value": item.grams}}


@resolves("InventoryItem", "inventoryLevel")
def level_at(item: Item, _: Context, locationId: str, includeInactive: bool) -> Level | None:  # noqa: N803 - the wire's
    level = item.levels.get(id_of(locationId, "Location") or 0)
    return level if level and (level.is_active or includeInactive) else None


@resolves("InventoryItem", "inventoryLevels")
def levels_of(item: Item, _: Context, **arguments: Arguments) -> Connection:
    def after(last: int) -> Iterable[Level]:
        return (item.levels[place] for place in sorted(item.levels) if place > last)

    return _read_levels(after, lambda level: level.location.id, arguments)


@resolves("Location", "inventoryLevels")
def levels_at(place: Location, context: Context, **arguments: Arguments) -> Connection:
    return _read_levels(lambda last: context.shop.levels_at(place.id, last), lambda level: level.item.id, arguments)


@resolves("InventoryLevel", "quantities")
def quantities(level: Level, _: Context, names: list[str]) -> list[Json]:
    if unknown := set(names) - _STATES:
        raise Strict(f"quantities named {sorted(unknown)}")
    return [{"name": name, "quantity": level.quantity(name), "updatedAt": level.updated_at} for name in names]


def _read_levels(
    walk: Callable[[int], Iterable[Level]], key: Callable[[Level], int], arguments: Arguments
) -> Connection:
    """A page of levels under the number of their place or item; they have none of their own."""
    if arguments.get("query"):
        raise Strict("inventory levels by `query`")
    inactive = arguments["includeInactive"]
    return page(lambda after: (each for each in walk(after) if each.is_active or inactive), arguments, key)

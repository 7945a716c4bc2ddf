"""Orders as they come, change and leave, with what that does to the stock."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from hub_shopify.sandbox.answers import Json
from hub_shopify.sandbox.fields import gid, moment
from hub_shopify.sandbox.orders import Found, LineItem, Order, Parcel, ParcelLine, Part, PartLine
from hub_shopify.sandbox.records import Level, Variant
from hub_shopify.sandbox.shop import Shop

_FIRST = 5_500_000_000_000
_NUMBER = 1_001


def place(shop: Shop, wanted: Iterable[tuple[Level, int]], at: datetime) -> Order:
    """Take an order: what is wanted is committed where it is; each location ships its part."""
    number = len(shop.orders)
    order = Order(_FIRST + number * 8, f"#{_NUMBER + number}", at, at, [], [])
    parts: dict[int, Part] = {}
    for level, units in wanted:
        variant = level.item.variant
        line = LineItem(
            shop.new_id(), variant.id, level.item.id, variant.sku, _name(variant), variant.price, units, units
        )
        order.lines.append(line)
        part = parts.setdefault(level.location.id, Part(shop.new_id(), level.location, []))
        part.lines.append(PartLine(shop.new_id(), line, units, units))
        move(shop, line, level.location.id, available=-units, committed=units)
    order.parts = list(parts.values())
    shop.orders[order.id] = order
    touch(shop, order, "orders/create")
    return order


def cancel(shop: Shop, order: Order, *, restock: bool) -> None:
    """Cancel all of an order that nobody shipped."""
    for line in order.lines:
        drop(shop, order, line, line.current_quantity, restock=restock)
    order.cancelled_at = shop.clock()
    order.display_financial_status = "REFUNDED" if order.display_financial_status == "PAID" else "VOIDED"
    for part in order.parts:
        part.status = "CANCELLED"
    touch(shop, order, "orders/cancelled")


def drop(shop: Shop, order: Order, line: LineItem, units: int, *, restock: bool) -> None:
    """Take units out of a line: first those that nobody shipped, which are not committed any more."""
    line.current_quantity -= units
    for part in order.parts:
        for share in part.lines:
            taken = min(units, share.remaining_quantity) if share.line_item is line else 0
            share.remaining_quantity -= taken
            units -= taken
            if taken:
                move(shop, line, part.location.id, available=taken if restock else 0, committed=-taken)
        if part.is_open and not any(share.remaining_quantity for share in part.lines):
            part.status = "CLOSED"
    if units and restock:  # came back
        move(shop, line, order.parts[0].location.id, available=units, committed=0)


def ship(shop: Shop, order: Order, shares: Mapping[int, int], tracking: Json) -> Parcel:
    """Let units leave, by the ids of their shares of a part."""
    lines = []
    for part in order.parts:
        for share in part.lines:
            units = shares.get(share.id, 0)
            if units:
                share.remaining_quantity -= units
                lines.append(ParcelLine(shop.new_id(), share.line_item, units))
                move(shop, share.line_item, part.location.id, available=0, committed=-units)
        if part.is_open and not any(share.remaining_quantity for share in part.lines):
            part.status = "CLOSED"
    parcel = Parcel(shop.new_id(), lines, shop.clock(), **tracking)
    order.parcels.append(parcel)
    touch(shop, order)
    return parcel


def touch(shop: Shop, order: Order, topic: str = "") -> None:
    """An order changed: its search learns of it later, its webhooks at once."""
    now = max(shop.clock(), order.created_at) if topic != "orders/create" else order.created_at
    order.updated_at = now
    order.found.append(Found(now + shop.order_lag, now, shop.new_id()))
    told = {"id": order.id, "admin_graphql_api_id": gid("Order", order.id), "name": order.name}
    for each in filter(None, (topic, "orders/updated" if topic != "orders/create" else "")):
        shop.tell(each, {**told, "updated_at": moment(order.updated_at), "test": order.test})


def move(shop: Shop, line: LineItem, place: int, *, available: int, committed: int) -> None:
    """Change what a location has, where the variant is still there."""
    variant = shop.variant(line.variant_id)
    if variant is None:
        return
    draft = shop.draft(variant.product)
    item = next(each for each in draft.variants if each.id == variant.id).inventory_item
    level = item.levels.get(place)
    if level:
        level.available += available
        level.committed += committed
        level.updated_at = shop.clock()
        shop.put(draft)


def _name(variant: Variant) -> str:
    return variant.product.title if variant.title == "Default Title" else f"{variant.product.title} - {variant.title}"

"""From Shopify's orders to the hub's: pure."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

from hub_hookspecs import Address, Money, Order, OrderLine, OrderState, Temporary

from hub_shopify.orders import states
from hub_shopify.payloads import orders as wire
from hub_shopify.translate import instant


def order(found: wire.Order) -> Order:
    """Translate one whole order; raises `Temporary` where it does not say when it was placed."""
    if found.created_at is None:
        raise Temporary(f"Shopify does not say when {found.id} was placed")
    state = states.state(found)
    parts = found.fulfillment_orders.nodes
    places = _places(parts)
    tracking = _tracking(found)
    return Order(
        ref=found.id,
        number=found.name or found.id,
        state=state,
        raw_state=states.raw(found),
        placed_at=found.created_at.astimezone(UTC),
        updated_at=instant(found.updated_at),
        lines=tuple(_line(line, state, places) for line in found.line_items.nodes),
        recipient=_address(found.shipping_address),
        ship_by=_ship_by(parts),
        courier=tracking.company or (found.shipping_line.title if found.shipping_line else ""),
        awb=tracking.number or "",
        fulfilled_by_channel=_is_served(parts),
        total=_money(found.current_total_price_set),
        note=found.note or "",
    )


def _line(line: wire.Line, state: OrderState, places: Mapping[str, str]) -> OrderLine:
    """What is still wanted after edits and refunds; of a cancelled order nothing is, whatever its lines still say."""
    wanted = 0 if state is OrderState.CANCELLED else min(max(line.current_quantity, 0), line.quantity)
    return OrderLine(
        ref=line.id,
        listing_ref=line.variant.id if line.variant else "",
        sku=line.sku or "",
        name=line.name,
        quantity=wanted,
        cancelled=line.quantity - wanted,
        unit_price=_money(line.price),
        place_ref=places.get(line.id, ""),
    )


def _places(parts: Iterable[wire.FulfillmentOrder]) -> dict[str, str]:
    """The one location that each line is taken from; a line of several locations has none."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for part in parts:
        place = part.assigned_location.location
        if part.status != "CANCELLED":
            for line in part.line_items.nodes:
                if line.total_quantity:
                    found[line.line_item.id].add(place.id if place else "")
    return {line: next(iter(places)) for line, places in found.items() if len(places) == 1}


def _is_served(parts: Iterable[wire.FulfillmentOrder]) -> bool:
    """Whether fulfilment services ship all that is left of it, or shipped it where nothing is."""
    known = [part for part in parts if part.status != "CANCELLED"]
    places = [part.assigned_location.location for part in states.open_(known) or known]
    return bool(places) and all(place is not None and place.is_fulfillment_service for place in places)


def _ship_by(parts: Iterable[wire.FulfillmentOrder]) -> datetime | None:
    wanted = (instant(part.fulfill_by) for part in states.open_(list(parts)))
    return min((moment for moment in wanted if moment), default=None)


def _tracking(found: wire.Order) -> wire.Tracking:
    named = (one for parcel in states.parcels_of(found) for one in parcel.tracking_info if one.number)
    return next(named, wire.Tracking())


def _address(found: wire.Address | None) -> Address:
    """Empty where the app may not see buyers' data, or nothing is shipped."""
    if found is None:
        return Address()
    return Address(
        name=found.name or "",
        phone=found.phone or "",
        lines=tuple(filter(None, (found.company, found.address1, found.address2))),
        city=found.city or "",
        state=found.province or "",
        postcode=found.zip or "",
        country=found.country or "",
    )


def _money(bag: wire.MoneyBag | None) -> Money | None:
    if bag is None or not bag.shop_money.amount.is_finite():
        return None
    return Money(amount=bag.shop_money.amount, currency=bag.shop_money.currency_code)

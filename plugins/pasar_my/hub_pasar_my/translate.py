"""The words of Pasar MY, in the hub's words; no requests are made here."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from hub_hookspecs import (
    AccountCheck,
    Address,
    Item,
    Label,
    Money,
    Order,
    OrderLine,
    OrderState,
    Page,
    Rejected,
    Shipment,
    StockOutcome,
    StockReading,
    StockStatus,
    StockTarget,
)

from hub_pasar_my import client as wire

COUNTRY, CURRENCY = "MY", "MYR"
_STATES = {
    "unpaid": OrderState.UNPAID,
    "paid": OrderState.READY,
    "shipped": OrderState.SHIPPED,
    "delivered": OrderState.DELIVERED,
    "returned": OrderState.RETURNED,
    "cancelled": OrderState.CANCELLED,
}


def account_check(shop: wire.Shop) -> AccountCheck:
    return AccountCheck(identity=shop.id, name=shop.name, shop_ref=shop.id, country=COUNTRY)


def items(products: Sequence[wire.Product]) -> Page[Item]:
    return Page(records=tuple(map(item, products)), cursor=products[-1].id)


def item(product: wire.Product) -> Item:
    return Item(
        ref=product.id,
        sku=product.sku,
        name=product.name,
        active=product.active,
        quantity=product.stock,
        price=_money(product.price),
    )


def readings(products: Sequence[wire.Product]) -> Page[StockReading]:
    records = (StockReading(place_ref="", listing_ref=each.id, good=each.stock) for each in products)
    return Page(records=tuple(records), cursor=products[-1].id)


def outcome(target: StockTarget, answer: tuple[bool, int] | None) -> StockOutcome:
    if answer is None:
        status, actual, reason = StockStatus.REFUSED, None, "Pasar MY has no such product any more"
    else:
        was_set, actual = answer
        status, reason = StockStatus.CONFIRMED if was_set else StockStatus.STALE, ""
    return StockOutcome(
        listing_ref=target.listing_ref, place_ref=target.place_ref, status=status, actual=actual, reason=reason
    )


def orders(found: Sequence[wire.Order]) -> Page[Order]:
    return Page(records=tuple(map(order, found)), cursor=str(found[-1].change))


def order(found: wire.Order) -> Order:
    lines = tuple(map(_line, found.lines))
    return Order(
        ref=found.id,
        number=found.number,
        state=_STATES.get(found.state, OrderState.UNKNOWN),
        raw_state=found.state,
        placed_at=found.placed_at,
        updated_at=found.changed_at,
        ship_by=found.ship_by,
        lines=lines,
        recipient=_address(found.buyer),
        courier=found.courier,
        awb=found.awb,
        total=_money(sum(line.price * line.units for line in found.lines)),
    )


def parcel_lines(shipment: Shipment) -> dict[str, int]:
    """How many units of each line of its order lie in the parcel."""
    told: dict[str, int] = {}
    for line in shipment.lines:
        if not line.order_line_ref:
            raise Rejected(f"Pasar MY sends lines of an order, and {line.sku!r} is of none")
        told[line.order_line_ref] = told.get(line.order_line_ref, 0) + line.quantity
    return told


def label(parcel: wire.Parcel, content: bytes, media_type: str) -> Label:
    return Label(content=content, media_type=media_type, awb=parcel.awb, courier=parcel.courier)


def _line(line: wire.Line) -> OrderLine:
    return OrderLine(
        ref=line.id,
        listing_ref=line.product_id,
        sku=line.sku,
        name=line.name,
        quantity=line.units,
        cancelled=line.cancelled,
        unit_price=_money(line.price),
        package_ref=line.package,
    )


def _address(buyer: wire.Buyer) -> Address:
    return Address(
        name=buyer.name,
        phone=buyer.phone,
        lines=(buyer.street,),
        city=buyer.city,
        state=buyer.state,
        postcode=buyer.postcode,
        country=COUNTRY,
    )


def _money(sen: int) -> Money:
    return Money(amount=Decimal(sen).scaleb(-2), currency=CURRENCY)

"""From Tokopedia's orders, in either shape, to the hub's: pure, no network, no clock."""

import html
from collections.abc import Iterable, Iterator
from datetime import datetime
from decimal import Decimal

from hub_hookspecs import Address, Money, Order, OrderLine, OrderState

from hub_tokopedia import moments
from hub_tokopedia.order_payloads import (
    Amounts,
    CustomFields,
    Deadlines,
    Destination,
    ListedAddress,
    ListedOrder,
    Logistics,
    OrderInfo,
    OrderWarehouse,
    Recipient,
    ShippingInfo,
    SingleOrder,
    Unsealed,
)

_LARGEST = 2**31 - 1
_STATES = {
    OrderState.UNPAID: (100, 103, 190, 200),
    OrderState.READY: (220, 221, 400, 401, 450),
    OrderState.SHIPPED: (500, 501, 520, 530, 540),
    OrderState.DELIVERED: (600, 601, 700, 701),
    OrderState.RETURNED: (550,),
    OrderState.CANCELLED: (0, 3, 5, 6, 10, 15),
}
# Replacements (2, 4, 11) and fraud reviews (690 to 699) are neither to be shipped nor to be given up: they stay
# unknown, with their number, as does what is not in the table at all.
_STATE = {status: state for state, statuses in _STATES.items() for status in statuses}
ACCEPTED = frozenset({400, 401, 450})  # only then a buyer has to ask before an order is cancelled
_ASKED = 1
_BY_TOKOPEDIA = 1


def listed(order: ListedOrder, buyer: Unsealed | None, read_at: datetime) -> Order:
    """Translate an element of the list. `buyer`: what was sealed of it; None: it could not be opened."""
    rejected = [(each.product_id, each.quantity_reject) for each in order.products_fulfilled or ()]
    lines = [
        _Line(line.id, line.sku, line.name or line.name_capital, line.quantity, _taken(rejected, line.id), line.price)
        for line in order.products or ()
    ]
    logistics = order.logistics or Logistics()
    return Order(
        ref=str(order.order_id),
        number=order.invoice_ref_num,
        state=_state(order.order_status, lines),
        raw_state=_raw(order.order_status),
        placed_at=moments.whole(moments.from_seconds(order.create_time) or read_at),
        lines=tuple(_lines(lines, order.order_status, order.warehouse_id)),
        recipient=_recipient(order.recipient or Recipient(), (buyer and buyer.recipient) or Recipient()),
        ship_by=moments.from_words((order.shipment_fulfillment or Deadlines()).confirm_shipping_deadline),
        courier=_words(logistics.shipping_agency, logistics.service_type),
        awb=(order.custom_fields or CustomFields()).awb.strip(),
        fulfilled_by_channel=order.fulfill_by == _BY_TOKOPEDIA,
        total=_money((order.amt or Amounts()).ttl_amount),
        note="; ".join(html.unescape(line.notes) for line in order.products or () if line.notes.strip()),
    )


def single(order: SingleOrder, buyer: Unsealed | None, read_at: datetime) -> Order:
    """Translate the answer to a question for one order, which alone tells of a buyer's wish to cancel.

    Its `update_time` is not handed on: lists have none, and the hub could take what was read later for older.
    """
    info = order.order_info or OrderInfo()
    shipping, warehouse = info.shipping_info or ShippingInfo(), order.order_warehouse or OrderWarehouse()
    lines = _details(order)
    return Order(
        ref=str(order.order_id),
        number=order.invoice_number,
        state=state_of(order),
        raw_state=_raw(order.order_status),
        placed_at=moments.whole(moments.from_words(order.create_time) or read_at),
        lines=tuple(_lines(lines, order.order_status, warehouse.warehouse_id)),
        recipient=_destination(info.destination or Destination(), _sealed_destination(buyer)),
        ship_by=moments.from_words((order.shipment_fulfillment or Deadlines()).confirm_shipping_deadline),
        courier=_words(shipping.logistic_name, shipping.logistic_service),
        awb=shipping.awb.strip(),
        fulfilled_by_channel=warehouse.fulfill_by == _BY_TOKOPEDIA,
        total=_money(order.open_amt),
        note="; ".join(html.unescape(line.notes) for line in info.details or () if line.notes.strip()),
    )


def state_of(order: SingleOrder) -> OrderState:
    """Name the state of one order, in which a buyer may have asked for its cancellation."""
    state = _state(order.order_status, _details(order))
    asked = order.cancel_request_info is not None and order.cancel_request_info.status == _ASKED
    return OrderState.CANCEL_REQUESTED if asked and state is OrderState.READY else state


class _Line:
    """One product of an order, whichever shape it came in; `quantity` None: it cannot be read."""

    def __init__(
        self, product: int, sku: str, name: str, quantity: int | None, rejected: int, price: Decimal | None
    ) -> None:
        self.product, self.sku, self.name, self.price = product, sku, html.unescape(name).strip(), price
        self.quantity = None if quantity is None or not 0 <= quantity <= _LARGEST else quantity
        self.rejected = min(max(rejected, 0), self.quantity or 0)


def _details(order: SingleOrder) -> list[_Line]:
    return [
        _Line(line.product_id, line.sku, line.product_name, line.quantity, line.quantity_reject, line.product_price)
        for line in (order.order_info or OrderInfo()).details or ()
    ]


def _state(status: int | None, lines: Iterable[_Line]) -> OrderState:
    """Name the state; an order of which not even the quantities can be read needs a person."""
    if status is None or any(line.quantity is None for line in lines):
        return OrderState.UNKNOWN
    return _STATE.get(status, OrderState.UNKNOWN)


def _raw(status: int | None) -> str:
    return "" if status is None else str(status)


def _lines(lines: Iterable[_Line], status: int | None, warehouse: int) -> Iterator[OrderLine]:
    """A line is known by its product, for only one of the two shapes numbers its lines."""
    met: dict[int, int] = {}
    for line in lines:
        met[line.product] = met.get(line.product, 0) + 1
        again = f"/{met[line.product]}" if met[line.product] > 1 else ""
        ordered = line.quantity or 0
        cancelled = ordered if _STATE.get(-1 if status is None else status) is OrderState.CANCELLED else line.rejected
        yield OrderLine(
            ref=f"{line.product}{again}",
            listing_ref=str(line.product or ""),
            sku=line.sku,
            name=line.name,
            quantity=ordered - cancelled,
            cancelled=cancelled,
            unit_price=_money(line.price),
            place_ref=str(warehouse) if warehouse > 0 else "",
        )


def _taken(rejected: list[tuple[int, int]], product: int) -> int:
    """Take the next figure for this product, for a product may stand in an order twice."""
    for place, (named, quantity) in enumerate(rejected):
        if named == product:
            del rejected[place]
            return quantity
    return 0


def _recipient(shown: Recipient, sealed: Recipient) -> Address:
    where, there = shown.address or ListedAddress(), sealed.address or ListedAddress()
    district, city = _clear(there.district, where.district), _clear(there.city, where.city)
    state, postcode = _clear(there.province, where.province), _clear(there.postal_code, where.postal_code)
    return Address(
        name=_clear(sealed.name or sealed.name_capital, shown.name or shown.name_capital),
        phone=_clear(sealed.phone, shown.phone),
        lines=_street(_clear(there.address_full, where.address_full), district, city, state, postcode),
        district=district,
        city=city,
        state=state,
        postcode=postcode,
        country="ID",
    )


def _destination(shown: Destination, sealed: Destination) -> Address:
    district = _clear(sealed.address_district, shown.address_district)
    city = _clear(sealed.address_city, shown.address_city)
    state = _clear(sealed.address_province, shown.address_province)
    postcode = _clear(sealed.address_postal, shown.address_postal)
    return Address(
        name=_clear(sealed.receiver_name, shown.receiver_name),
        phone=_clear(sealed.receiver_phone, shown.receiver_phone),
        lines=_street(_clear(sealed.address_street, shown.address_street), district, city, state, postcode),
        district=district,
        city=city,
        state=state,
        postcode=postcode,
        country="ID",
    )


def _sealed_destination(buyer: Unsealed | None) -> Destination:
    if buyer is None:
        return Destination()
    return (buyer.order_info and buyer.order_info.destination) or buyer.destination or Destination()


def _clear(sealed: str, shown: str) -> str:
    """What was sealed, else what stands there openly; a mask is nothing that a parcel could be sent to."""
    text = html.unescape(sealed or shown).strip()
    return "" if "***" in text else text


def _street(line: str, *beside: str) -> tuple[str, ...]:
    """The street alone: one of the two shapes repeats behind it, after commas, what stands beside it."""
    known = {part.casefold() for part in beside if part}
    parts = [part.strip() for part in line.split(",")]
    while len(parts) > 1 and (not parts[-1] or parts[-1].casefold() in known):
        parts.pop()
    street = ", ".join(part for part in parts if part)
    return (street,) if street else ()


def _words(*parts: str) -> str:
    return " ".join(part.strip() for part in parts if part.strip())


def _money(amount: Decimal | None) -> Money | None:
    return Money(amount=amount, currency="IDR") if amount is not None and amount.is_finite() and amount >= 0 else None

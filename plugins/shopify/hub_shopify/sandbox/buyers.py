"""What a test or the demo does to orders, as buyers, staff, couriers and other apps would."""

from datetime import datetime
from typing import Any

from hub_shopify.sandbox import trade
from hub_shopify.sandbox.fields import gid
from hub_shopify.sandbox.orders import LineItem, Order
from hub_shopify.sandbox.records import Level
from hub_shopify.sandbox.shop import Shop

ADDRESS = {
    "name": "Siti Rahma",
    "company": None,
    "address1": "Jl. Kebon Jeruk No. 12",
    "address2": "RT 03 / RW 05",
    "city": "Jakarta Barat",
    "province": "DKI Jakarta",
    "zip": "11530",
    "countryCodeV2": "ID",
    "phone": "+62 812 3456 7890",
}
Ref = str | int  # a global id, or its number


class Buyers:
    """The tools; an order is named by its global id or by the number in it."""

    _shop: Shop

    def order(
        self, *lines: tuple[Ref, int], place: str = "", at: datetime | None = None, **fields: Any
    ) -> str:  # Any: values of the fields of an order
        """Order units of variants from one location (by name or id; unnamed: where each is stocked first).

        `fields` are those of the record, such as `display_financial_status`, `payment_gateway_names`, `test` or `note`.
        Gives the order's global id.
        """
        with self._shop.lock:
            wanted = [(self._level(ref, place), units) for ref, units in lines]
            order = trade.place(self._shop, wanted, at or self._shop.clock())
            for name, value in {"shipping_address": ADDRESS, "payment_gateway_names": ["bogus"], **fields}.items():
                setattr(order, name, value)
            return gid("Order", order.id)

    def pay(self, order: Ref) -> None:
        self._change(order, display_financial_status="PAID")

    def cancel(self, order: Ref, *, restock: bool = True) -> None:
        """Cancel the whole order; Shopify allows it only before anything was shipped."""
        with self._shop.lock:
            trade.cancel(self._shop, self._order(order), restock=restock)

    def refund(self, order: Ref, variant: Ref, units: int = 1, *, restock: bool = True) -> None:
        """Take units of one line out and pay them back; those that left come back where it is restocked."""
        with self._shop.lock:
            found = self._order(order)
            trade.drop(self._shop, found, _line(found, variant), units, restock=restock)
            left = any(line.current_quantity for line in found.lines)
            found.display_financial_status = "PARTIALLY_REFUNDED" if left else "REFUNDED"
            trade.touch(self._shop, found, "refunds/create")

    def fulfil(self, order: Ref, *, company: str | None = None, number: str | None = None) -> None:
        """Ship all that is left, as staff or another app would."""
        with self._shop.lock:
            found = self._order(order)
            shares = {share.id: share.remaining_quantity for part in found.parts for share in part.lines}
            trade.ship(self._shop, found, shares, {"company": company, "number": number})

    def deliver(self, order: Ref) -> None:
        with self._shop.lock:
            for parcel in self._order(order).parcels:
                parcel.display_status = "DELIVERED"
        self._change(order)

    def hold(self, order: Ref, *, held: bool = True) -> None:
        with self._shop.lock:
            for part in self._order(order).parts:
                part.status = "ON_HOLD" if held else "OPEN"
        self._change(order)

    def _change(self, order: Ref, **fields: Any) -> None:  # Any: as in `order`
        with self._shop.lock:
            found = self._order(order)
            for name, value in fields.items():
                setattr(found, name, value)
            trade.touch(self._shop, found)

    def _order(self, ref: Ref) -> Order:
        return self._shop.orders[int(str(ref).rpartition("/")[2])]

    def _level(self, ref: Ref, place: str) -> Level:
        found = self._shop.variant(int(str(ref).rpartition("/")[2]))
        if found is None:
            raise KeyError(ref)
        levels = found.inventory_item.levels.values()
        return next(each for each in levels if place in ("", each.location.name, gid("Location", each.location.id)))


def _line(order: Order, variant: Ref) -> LineItem:
    number = int(str(variant).rpartition("/")[2])
    return next(line for line in order.lines if line.variant_id == number)

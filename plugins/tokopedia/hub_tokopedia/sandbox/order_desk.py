"""Where orders are read and acted on."""

import re
from datetime import timedelta
from typing import Any, TypeVar

import httpx
import msgspec

from hub_tokopedia.sandbox import order_queries
from hub_tokopedia.sandbox.answers import Refused
from hub_tokopedia.sandbox.labels import awb_of, page
from hub_tokopedia.sandbox.order_wire import OrderCodec
from hub_tokopedia.sandbox.sales import ACCEPTED, BY_THE_SELLER, IN_PART, PAID, PICKED_UP, SHIPPED, Book, Order

T = TypeVar("T")
Json = dict[str, Any]  # Any: JSON
_DELIVERED = 600
_SETTLED = timedelta(seconds=5)
_BUYERS_WISH = 8


class Nack(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    reason_code: int
    reason: str
    empty_products: tuple[int, ...] = ()
    shop_close_end_date: str = ""
    shop_close_note: str = ""


class Shipped(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    order_status: int
    shipping_ref_num: str = ""


class Collected(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    order_id: int
    shop_id: int


class OrderDesk:
    """Answers for one shop. `jakarta`: days are read as the clock on the wall there; `most`: orders in one window.

    `awb_later`: a courier who was called tells his AWB later, by the hand `tell_awb`.
    """

    def __init__(self, book: Book, codec: OrderCodec, warehouses: tuple[int, ...]) -> None:
        self._book, self._codec, self._warehouses = book, codec, warehouses
        self.jakarta = True
        self.most: int | None = None
        self.awb_later = False
        self.printed: set[int] = set()  # orders whose label the seller's centre shows as printed

    def page(self, query: order_queries.Listing) -> list[Json] | None:
        """The orders of a window, newest first."""
        found = self._book.between(query.start, query.end)
        if self.most is not None and len(found) > self.most:
            raise Refused(400, "Response is too big, please narrow the date range", code="ORD_API_009")
        if query.warehouse_id:
            if query.warehouse_id not in self._warehouses:
                raise Refused(403, "FS ID is not associated with Shop ID or Warehouse ID", code="RBAC_MDLW_001")
            second = query.warehouse_id != self._warehouses[0]
            found = [order for order in found if order.second is second]
        if query.status is not None:
            found = [order for order in found if order.status == query.status]
        start = (query.page - 1) * query.per_page
        return [self._codec.listed(order) for order in found[start : start + query.per_page]] or None

    def one(self, params: httpx.QueryParams) -> Json:
        number, named = order_queries.single(params)
        if number is None:
            found = re.search(r"/(\d{1,18})$", named)
            number = int(found[1]) if found else 0
        return self._codec.single(self.known(number))

    def known(self, number: int) -> Order:
        order = self._book.seen(number)
        if order is None:
            raise Refused(400, "Data Not Found", code="ORD_API_008")
        return order

    def accept(self, number: int, request: httpx.Request) -> str:
        if request.content:
            raise Refused(400, "Invalid request body, please check again", code="ORD_DLV_014")
        if self.known(number).status != PAID:
            raise Refused(400, "Order cannot be accepted in its status", code="ORD_USC_001")
        self._book.change(number, ACCEPTED)
        return "success"

    def refuse(self, number: int, request: httpx.Request) -> str:
        """Refuse an order; once it was accepted, only a buyer who asks for it can have that."""
        told, order = _read(request, Nack), self.known(number)
        if not 1 <= len(told.reason) <= 200 or told.reason_code not in range(9):
            raise Refused(400, "reason must be between 1-200 characters", code="ORD_DLV_015")
        if order.status in (ACCEPTED, IN_PART, PICKED_UP):
            if told.reason_code != _BUYERS_WISH or not (order.wish and order.wish.status):
                raise Refused(400, "Order has no cancellation request", code="ORD_USC_019")
        elif order.status != PAID:
            raise Refused(400, "Order cannot be rejected in its status", code="ORD_USC_008")
        self._book.change(number, BY_THE_SELLER, wish=order.wish and order.wish._replace(status=0))
        return "success"

    def ship(self, number: int, request: httpx.Request) -> str:
        """Take down an AWB that the seller has; a cashless courier tells its own."""
        told, order = _read(request, Shipped), self.known(number)
        if told.order_status != SHIPPED:
            raise Refused(400, "order_status is not allowed", code="ORD_DLV_023")
        if not told.shipping_ref_num.strip():
            raise Refused(400, "shipping_ref_num cannot be empty", code="ORD_DLV_021")
        if order.cashless:
            raise Refused(400, "Confirm shipping failed", code="LGS_USC_006")
        if order.status not in (ACCEPTED, IN_PART, PICKED_UP):
            raise Refused(400, "Order cannot be shipped in its status", code="ORD_USC_016")
        self._book.change(number, SHIPPED, awb=told.shipping_ref_num)
        return "Success"

    def collect(self, request: httpx.Request, shop_id: int) -> Json:
        """Send the courier, who tells an AWB of his own; not within five seconds of accepting."""
        told = _read(request, Collected)
        order = self.known(told.order_id)
        if told.shop_id != shop_id:
            raise Refused(403, "FS ID is not associated with Shop ID or Warehouse ID", code="RBAC_MDLW_001")
        if not order.cashless:
            raise Refused(400, "No permission to request pick up", code="LGS_USC_012")
        if order.status not in (ACCEPTED, IN_PART) or self._book.now() - order.changed < _SETTLED:
            raise Refused(400, "Order cannot be picked up yet", code="LGS_USC_006")
        self._book.change(told.order_id, PICKED_UP, awb="" if self.awb_later else awb_of(told.order_id))
        at = f"{self._book.now():%Y-%m-%d %H:%M:%S}"
        return {"order_id": told.order_id, "shop_id": shop_id, "request_time": at, "result": "Terima kasih"}

    def label(self, number: int) -> str:
        """The page that is stuck on the parcel, from the moment that the order was accepted."""
        order = self.known(number)
        if order.status < ACCEPTED:
            raise Refused(400, "Data Not Found", code="ORD_API_008")
        return page(order)

    def keep(self, number: int) -> Json:
        """Refuse a buyer's wish to cancel."""
        order = self.known(number)
        if not (ACCEPTED <= order.status < _DELIVERED and order.wish and order.wish.status):
            raise Refused(400, "Order has no cancellation request", code="ORD_USC_024")
        self._book.change(number, wish=order.wish._replace(status=0))
        return {"success": True}


def _read(request: httpx.Request, kind: type[T]) -> T:
    try:
        return msgspec.json.decode(request.content, type=kind)
    except msgspec.DecodeError as error:
        raise Refused(400, "Invalid request body, please check again", code="ORD_DLV_014") from error

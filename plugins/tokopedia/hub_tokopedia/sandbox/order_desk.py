"""Where orders are read and acted on."""

import re
from typing import Any

import httpx

from hub_tokopedia.sandbox import order_queries
from hub_tokopedia.sandbox.answers import Refused
from hub_tokopedia.sandbox.order_wire import OrderCodec
from hub_tokopedia.sandbox.sales import Book, Order

Json = dict[str, Any]  # Any: JSON


class OrderDesk:
    """Answers for one shop. `jakarta`: days are read as the clock on the wall there; `most`: orders in one window."""

    def __init__(self, book: Book, codec: OrderCodec, warehouses: tuple[int, ...]) -> None:
        self._book, self._codec, self._warehouses = book, codec, warehouses
        self.jakarta = True
        self.most: int | None = None

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

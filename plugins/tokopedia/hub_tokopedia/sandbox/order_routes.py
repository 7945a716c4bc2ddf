"""Where the calls for orders, keys and webhooks arrive."""

import re
from abc import abstractmethod
from collections.abc import Callable
from functools import partial

import httpx

from hub_tokopedia.sandbox import answers, order_queries, queries
from hub_tokopedia.sandbox.answers import Refused
from hub_tokopedia.sandbox.order_desk import OrderDesk
from hub_tokopedia.sandbox.order_wire import OrderCodec
from hub_tokopedia.sandbox.postbox import Postbox
from hub_tokopedia.sandbox.sealing import public_key, uploaded

Route = tuple[str, re.Pattern[str], Callable[[str, httpx.Request], httpx.Response]]
_ONE = r"/v1/order/([0-9]{1,18}/fs/[^/]+)"


class OrderRoutes:
    """A part of the sandbox."""

    shop_id: int
    _order_desk: OrderDesk
    _orders: OrderCodec
    _postbox: Postbox

    def _routes_of_orders(self) -> tuple[Route, ...]:
        desk = self._order_desk
        acts = {"ack": desk.accept, "nack": desk.refuse, "status": desk.ship}
        return (
            ("GET", re.compile(r"/v2/order/(list)"), self._list_orders),
            ("GET", re.compile(r"/v2/fs/([^/]+)/order"), self._read_order),
            ("POST", re.compile(r"/v1/fs/([^/]+)/register"), self._register),
            ("POST", re.compile(rf"{_ONE}/reject-cancel"), self._reject_cancel),
            ("POST", re.compile(r"/inventory/v1/fs/([^/]+)/pick-up"), self._pick_up),
            ("GET", re.compile(rf"{_ONE}/shipping-label"), self._label),
            *(("POST", re.compile(f"{_ONE}/{verb}"), partial(self._act, act)) for verb, act in acts.items()),
        )

    def _list_orders(self, _: str, request: httpx.Request) -> httpx.Response:
        query = order_queries.listing(request.url.params, jakarta=self._order_desk.jakarta)
        self._knows_app(query.fs_id)
        self._belongs(str(query.shop_id or self.shop_id))
        return self._fine(self._order_desk.page(query))

    def _read_order(self, fs_id: str, request: httpx.Request) -> httpx.Response:
        self._knows_app(fs_id)
        self._belongs(str(self.shop_id))
        return self._fine(self._order_desk.one(request.url.params))

    def _register(self, fs_id: str, request: httpx.Request) -> httpx.Response:
        """Take the public key as a file, or the addresses of the webhooks, which answer in the older envelope."""
        self._knows_app(fs_id)
        queries.only(request.url.params, ("upload",))
        if request.url.params.get("upload") == "1":
            self._orders.key = public_key(uploaded(request, "public_key"))
            return self._fine(None)
        self._postbox.register(request)
        return answers.plain(200, {"data": "Webhook has been registered", "status": "200 Ok", "error_message": []})

    def _act(self, act: Callable[[int, httpx.Request], object], named: str, request: httpx.Request) -> httpx.Response:
        queries.only(request.url.params, ())
        return self._fine(act(self._number(named), request))

    def _pick_up(self, fs_id: str, request: httpx.Request) -> httpx.Response:
        queries.only(request.url.params, ())
        self._knows_app(fs_id)
        return self._fine(self._order_desk.collect(request, self.shop_id))

    def _label(self, named: str, request: httpx.Request) -> httpx.Response:
        """`printed` counts as 1 where it is left out: the seller's centre then shows the order as printed."""
        queries.only(request.url.params, ("printed",))
        number = self._number(named)
        text = self._order_desk.label(number)
        if request.url.params.get("printed", "1") == "1":
            self._order_desk.printed.add(number)
        return httpx.Response(200, content=text.encode(), headers={"Content-Type": "text/html; charset=utf-8"})

    def _reject_cancel(self, named: str, request: httpx.Request) -> httpx.Response:
        queries.only(request.url.params, ("shop_id",))
        if not request.url.params.get("shop_id"):
            raise Refused(400, "shop_id cannot be empty", code="ORD_DLV_002")
        self._belongs(request.url.params["shop_id"])
        return self._fine(self._order_desk.keep(self._number(named)))

    def _number(self, named: str) -> int:
        number, _, fs_id = named.partition("/fs/")
        self._knows_app(fs_id)
        self._belongs(str(self.shop_id))
        return int(number)

    @abstractmethod
    def _knows_app(self, fs_id: str) -> None: ...

    @abstractmethod
    def _belongs(self, shop_id: str) -> None: ...

    @abstractmethod
    def _fine(self, data: object, *, status: int = 200) -> httpx.Response: ...

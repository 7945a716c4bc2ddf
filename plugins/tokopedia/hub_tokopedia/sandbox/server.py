"""Answers requests as Tokopedia would, and lets a test or the demo change the world behind them."""

import re
import threading
import time
from collections import Counter, deque
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Literal, NamedTuple

import httpx
from hub_hookspecs.testing import Sandbox
from hub_hookspecs.testing.sandbox import utc_now

from hub_tokopedia.sandbox import answers, queries, shelves, shop
from hub_tokopedia.sandbox.answers import Refused
from hub_tokopedia.sandbox.catalogue import Catalogue
from hub_tokopedia.sandbox.desk import Desk
from hub_tokopedia.sandbox.hands import Hands
from hub_tokopedia.sandbox.limits import Limits
from hub_tokopedia.sandbox.login import Login
from hub_tokopedia.sandbox.order_desk import OrderDesk
from hub_tokopedia.sandbox.order_routes import OrderRoutes, Route
from hub_tokopedia.sandbox.order_wire import OrderCodec
from hub_tokopedia.sandbox.postbox import Postbox
from hub_tokopedia.sandbox.sales import Book
from hub_tokopedia.sandbox.stockroom import Stockroom
from hub_tokopedia.sandbox.wire import Codec, Product

_REMEMBERED = 1000
_NOT_ASSOCIATED = "FS ID is not associated with Shop ID or Warehouse ID"


class Seen(NamedTuple):
    """One request as the sandbox took it."""

    method: str
    path: str
    query: str
    status: int


class TokopediaSandbox(Hands, OrderRoutes, Sandbox):
    """`rate` requests a second per endpoint (None: no limit), `latency` in seconds, `names` as products print it.

    `app`: another shop, whose app this one has authorised too; they share FS ID, login and token.
    """

    def __init__(
        self,
        seed: int = 1,
        size: int = 100,
        clock: Callable[[], datetime] = utc_now,
        *,
        rate: float | None = 5,
        latency: float = 0.0,
        names: Literal["name", "Name"] = "name",
        token_life: timedelta = timedelta(days=30),
        warehouses: Literal[1, 2] = 2,
        days: Literal["Jakarta", "UTC"] = "Jakarta",
        app: "TokopediaSandbox | None" = None,
    ) -> None:
        super().__init__(seed, size, clock)
        self._app = app or self
        self.fs_id: int = app.fs_id if app else 13_000 + seed
        self.shop_id = 479_500 + seed
        number = self.fs_id - 13_000
        self._client_id, self._client_secret = f"sandbox-app-{number}", f"sandbox-secret-{number}"
        login = app._login if app else None  # noqa: SLF001 - of its own kind
        self._login = login or Login(self._client_id, self._client_secret, token_life, self._now)
        self._limits = Limits(rate, self._now)
        self._catalogue = Catalogue(seed, size, self._now)
        self._desk = Desk(self._catalogue, self._now)
        self.failing_status = 400  # of an answer in which every row failed; which one it is was never published
        self.warehouse_ids = shop.warehouse_ids(self.shop_id, warehouses)  # the default one first
        self._stockroom = Stockroom(self._catalogue, self.warehouse_ids)
        self._book = Book(seed, self._catalogue, self._now)
        self._orders = OrderCodec(self.fs_id, self.shop_id, self.warehouse_ids)
        self._order_desk = OrderDesk(self._book, self._orders, self.warehouse_ids)
        self._order_desk.jakarta = days == "Jakarta"
        self._postbox = Postbox(self._orders, self._now)
        self._book.told.append(self._postbox.tell)
        self._codec = Codec(self.shop_id, self.warehouse_ids, capital=names == "Name")
        self._latency = latency
        self._state = shop.State(warehouses=warehouses)
        self._routes: tuple[Route, ...] = (
            ("GET", re.compile(r"/v1/shop/fs/([^/]+)/shop-info"), self._shop_info),
            ("GET", re.compile(r"/inventory/v1/fs/([^/]+)/product/info"), self._product_info),
            ("GET", re.compile(r"/inventory/v1/fs/([^/]+)/product/category"), self._categories),
            ("POST", re.compile(r"/v3/products/fs/([^/]+)/create"), self._create),
            ("PATCH", re.compile(r"/v3/products/fs/([^/]+)/edit"), self._edit),
            ("POST", re.compile(r"/inventory/v1/fs/([^/]+)/stock/update"), self._update_stock),
            *self._routes_of_orders(),
        )
        self._answered = 0
        self._lock = threading.Lock()
        self.requests: deque[Seen] = deque(maxlen=_REMEMBERED)
        self.counts: Counter[tuple[str, str, int]] = Counter()

    def settings(self) -> dict[str, Any]:  # Any: as in `Sandbox`
        return {
            "fs_id": str(self.fs_id),
            "shop_id": str(self.shop_id),
            "client_id": self._client_id,
            "client_secret": self._client_secret,
            "accounts_url": self._app.base_url,
            "api_url": self.base_url,
        }

    def handle(self, request: httpx.Request) -> httpx.Response:
        if self._latency:
            time.sleep(self._latency)
        allowed, headers = self._limits.take(request.url.path)
        try:
            answer = self._answer(request) if allowed else answers.refused(Refused(429, "Too Many Requests"))
        except Refused as why:
            answer = answers.refused(why)
        answer.headers.update(headers)
        self._remember(request, answer.status_code)
        return answer

    def _remember(self, request: httpx.Request, status: int) -> None:
        method, path = request.method, request.url.path
        with self._lock:
            self.requests.append(Seen(method, path, request.url.query.decode("ascii"), status))
            self.counts[method, path, status] += 1

    def _now(self) -> datetime:
        """Ask the clock that counts now: a test may have put another one in."""
        return self.clock()

    def _answer(self, request: httpx.Request) -> httpx.Response:
        path = request.url.path
        if path == "/token":
            return self._token(request)
        self._let_in(request)
        found = ((method, route.fullmatch(path), answer) for method, route, answer in self._routes)
        reached = {method: (answer, matched[1]) for method, matched, answer in found if matched}
        if not reached:
            raise Refused(404, "Not Found")
        if request.method not in reached:
            raise Refused(405, "Method Not Allowed")
        answer, named = reached[request.method]
        return answer(named, request)

    def _token(self, request: httpx.Request) -> httpx.Response:
        """The body of a refusal is a guess: no client we know reads it."""
        asked = httpx.QueryParams(request.content.decode()) if request.content else request.url.params
        if request.method != "POST" or asked.get("grant_type") != "client_credentials":
            return answers.plain(
                400, {"error": "unsupported_grant_type", "error_description": "grant_type is not allowed"}
            )
        if not self._login.accepts(request.headers.get("authorization", "")):
            return answers.plain(401, {"error": "invalid_client", "error_description": "client authentication failed"})
        value, lasts = self._login.token()
        body = {"access_token": value, "event_code": "", "expires_in": lasts, "last_login_type": "", "sq_check": False}
        return answers.plain(200, body | {"token_type": "Bearer"})

    def _let_in(self, request: httpx.Request) -> None:
        if not self._state.ip_listed:  # how Tokopedia words this is not known
            raise Refused(403, "IP address is not whitelisted")
        if not self._login.knows(request.headers.get("authorization", "")):
            raise Refused(401, "Unauthorized")

    def _shop_info(self, fs_id: str, request: httpx.Request) -> httpx.Response:
        params = request.url.params
        queries.only(params, ("shop_id", "page", "per_page"))
        if fs_id != str(self.fs_id):
            raise Refused(400, "FS ID is not valid" if fs_id.isdecimal() else "Invalid FS ID Format", old=True)
        self._belongs(params.get("shop_id", str(self.shop_id)))
        return self._fine([shop.info(self.shop_id, self._state)])

    def _product_info(self, fs_id: str, request: httpx.Request) -> httpx.Response:
        query = queries.product_query(request.url.params)
        self._knows_app(fs_id)
        if isinstance(query, queries.ByIds):
            self._belongs(str(self.shop_id))
            products = [self._catalogue.by_ref(ref, self._codec) for ref in query.refs]
            found = [product for product in products if product]
            if not found:
                raise Refused(500, "Data Not Found", code="PRD_GRPC_003")
            return self._fine(found)
        if isinstance(query, queries.BySku):
            self._belongs(str(self.shop_id))
            carrying = [self._codec.unit(unit) for unit in self._catalogue.by_sku(query.sku)]
            if not carrying:
                raise Refused(500, "Data Not Found", code="PRD_GRPC_003")
            return self._fine(carrying)
        self._belongs(str(query.shop_id))
        return self._fine(self._page(query) or None)

    def _categories(self, fs_id: str, request: httpx.Request) -> httpx.Response:
        params = request.url.params
        queries.only(params, ("keyword",))
        self._knows_app(fs_id)
        label = "Name" if self._codec.capital else "name"
        return answers.found({"categories": shelves.tree(label, params.get("keyword", ""))})

    def _create(self, fs_id: str, request: httpx.Request) -> httpx.Response:
        self._take_rows(fs_id, request, ("shop_id",))
        data = self._desk.create(request)
        return self._fine(data, status=200 if data["success_data"] else self.failing_status)

    def _edit(self, fs_id: str, request: httpx.Request) -> httpx.Response:
        self._take_rows(fs_id, request, ("shop_id",))
        data = self._desk.edit(request)
        return self._fine(data, status=200 if data["success_data"] else self.failing_status)

    def _update_stock(self, fs_id: str, request: httpx.Request) -> httpx.Response:
        self._take_rows(fs_id, request, ("shop_id", "warehouse_id", "bypass_update_product_status"))
        return self._fine(self._stockroom.update(request))

    def _take_rows(self, fs_id: str, request: httpx.Request, allowed: tuple[str, ...]) -> None:
        queries.only(request.url.params, allowed)
        self._knows_app(fs_id)
        if not request.url.params.get("shop_id"):
            raise Refused(400, "shop_id cannot be empty", code="PRD_DLV_016")
        self._belongs(request.url.params["shop_id"])
        if not request.headers.get("content-type", "").startswith("application/json"):
            raise Refused(400, "Invalid request body, please check again", code="PRD_DLV_043")

    def _knows_app(self, fs_id: str) -> None:
        if fs_id != str(self.fs_id):
            raise Refused(403, _NOT_ASSOCIATED, code="RBAC_MDLW_001")

    def _page(self, query: queries.Listing) -> list[Product]:
        start = (query.page - 1) * query.per_page
        if query.last_sort is not None:
            place = self._catalogue.place_of(query.last_sort)
            if place is None:
                raise Refused(400, "Invalid field [last_sort] format, value is no product", code="PRD_DLV_042")
            start = place + 1
        places = range(start, min(start + query.per_page, self._catalogue.places))
        shown = (self._catalogue.shown_at(place, self._codec) for place in places)
        return [product for product in shown if product]

    def _belongs(self, shop_id: str) -> None:
        if not self._state.linked or shop_id != str(self.shop_id):
            raise Refused(403, _NOT_ASSOCIATED, code="RBAC_MDLW_001")

    def _fine(self, data: object, *, status: int = 200) -> httpx.Response:
        """Every seventh answer has its time as a word, as some of Tokopedia's services do."""
        self._answered += 1
        return answers.fine(data, process_time="35.50ms" if self._answered % 7 == 0 else 0.0183, status=status)

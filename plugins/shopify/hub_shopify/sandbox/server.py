"""Answers requests as Shopify would, and lets a test or the demo change the shop behind them."""

import re
import threading
import time
from collections import Counter, deque
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import httpx
import msgspec
from hub_hookspecs.testing import Sandbox
from hub_hookspecs.testing.sandbox import utc_now

from hub_shopify.sandbox import answers, bulk, engine, mutations, queries, schema
from hub_shopify.sandbox.answers import Denied, Json, OAuthDenied
from hub_shopify.sandbox.bucket import Bucket
from hub_shopify.sandbox.bulk import Bulk
from hub_shopify.sandbox.fields import Context, widened
from hub_shopify.sandbox.hands import Hands
from hub_shopify.sandbox.keys import Keys
from hub_shopify.sandbox.login import DAY, Installed, Login
from hub_shopify.sandbox.outbox import Outbox
from hub_shopify.sandbox.shop import Shop

SCOPES = (
    "read_locations",
    "read_orders",
    "read_publications",
    "read_third_party_fulfillment_orders",
    "write_inventory",
    "write_merchant_managed_fulfillment_orders",
    "write_products",
    "write_publications",
)
_REMEMBERED = 1000
_REGISTERED = (queries, mutations)  # imported for what they register


class Seen(NamedTuple):
    """One request as the sandbox took it; `operation` is empty where it was no GraphQL."""

    method: str
    path: str
    operation: str
    status: int


class ShopifySandbox(Hands, Sandbox):
    """One shop with one app in it, about `size` variants.

    `rate` is how many points a second the bucket restores (None: no limit), `latency` is in seconds, `scopes` are those
    that the shop granted, `currency` is what it sells in, `token_life` is how long a token counts, `bulk_at_once` how
    many bulk operations may run, and `bulk_polls` how many polls find one unfinished; `orders` is how many came in the
    last hours, and `order_lag` how much later than the stock their search learns of orders.
    """

    def __init__(
        self,
        seed: int = 1,
        size: int = 100,
        clock: Callable[[], datetime] = utc_now,
        *,
        rate: float | None = 100,
        latency: float = 0.0,
        scopes: tuple[str, ...] = SCOPES,
        currency: str = "IDR",
        token_life: timedelta = DAY,
        bulk_at_once: int = 5,
        bulk_polls: int = 1,
        orders: int = 0,
        order_lag: timedelta = timedelta(0),
    ) -> None:
        super().__init__(seed, size, clock)
        self.domain = f"larasati-sandbox-{seed}.myshopify.com"
        self.version = schema.VERSION  # what `X-Shopify-API-Version` says: another one after a fall forward
        self.scopes = scopes
        self._login = Login(self.domain, self._now, token_life)
        self._bucket = Bucket(rate, self._now)
        self._shop = Shop(seed, size, self._now, currency)
        self._bulk = Bulk(at_once=bulk_at_once, polls=bulk_polls)
        self._operations: dict[int, Any] = {}  # Any: as in `Context`
        self._keys = Keys()
        self._before: dict[str, Callable[[], object]] = {}  # by operation name
        self._latency = latency
        self.outbox = Outbox(self.domain, self._login, self._now)  # signed deliveries wait in there
        self._shop.order_lag, self._shop.tell = order_lag, self.outbox.tell
        self._take(orders)
        self._lock = threading.Lock()
        self._answered = 0
        self.requests: deque[Seen] = deque(maxlen=_REMEMBERED)
        self.counts: Counter[str] = Counter()  # by operation name, or by path where there is none
        self.documents: dict[str, str] = {}  # every document that came, by operation name

    @property
    def address(self) -> str:
        """Where the settings say that it is: in process too they take nothing but an address on this machine."""
        return self.base_url if self.base_url.startswith("http://127.0.0.1") else "http://127.0.0.1"

    def settings(self) -> dict[str, Any]:  # Any: as in `Sandbox`
        return {
            "shop": self.domain,
            "client_id": self._login.client_id,
            "client_secret": self._login.client_secret,
            "sandbox_url": self.address,
        }

    def legacy_settings(self) -> dict[str, Any]:  # Any: as in `Sandbox`
        """As an app made before 2026 has them: a pasted token that never ends."""
        return {"shop": self.domain, "access_token": self._login.pasted, "sandbox_url": self.address}

    def handle(self, request: httpx.Request) -> httpx.Response:
        if self._latency:
            time.sleep(self._latency)
        operation = ""
        try:
            with self._shop.lock:
                operation, answer = self._answer(request)
        except Denied as why:
            answer = answers.denied(why)
        except OAuthDenied as why:
            answer = answers.oauth_denied(why)
        with self._lock:
            self._answered += 1
            answer.headers["X-Request-Id"] = f"{self.seed:08x}-0000-4000-8000-{self._answered:012x}"
            self.requests.append(Seen(request.method, request.url.path, operation, answer.status_code))
            self.counts[operation or request.url.path] += 1
        return answer

    def _take(self, orders: int) -> None:
        """Let orders come in, a minute apart, the last one just now."""
        stocked = [one.id for one in self._shop.variants() if one.inventory_item.levels] if orders else []
        for number in range(orders if stocked else 0):
            at = self._now() - timedelta(minutes=orders - number) - self._shop.order_lag
            chosen = (stocked[number % len(stocked)], stocked[(number * 7 + 3) % len(stocked)])
            self.order(*((ref, 1 + number % 3) for ref in dict.fromkeys(chosen)), at=at)

    def _now(self) -> datetime:
        """Ask the clock that counts now: a test may have put another one in."""
        return self.clock()

    def _answer(self, request: httpx.Request) -> tuple[str, httpx.Response]:
        path = request.url.path
        if path == "/admin/oauth/access_token":
            return "", self._token(request)
        if path.startswith(bulk.PATH) and request.method == "GET":
            return "", self._bulk.download(request, self._now())
        if found := re.fullmatch(r"/admin/api/(\d{4}-\d\d|unstable)/graphql\.json", path):
            return self._graphql(request, found[1])
        raise Denied(404, "Not Found")

    def _token(self, request: httpx.Request) -> httpx.Response:
        token, lasts = self._login.token(request)
        return answers.answer({"access_token": token, "scope": ",".join(self.scopes), "expires_in": lasts})

    def _graphql(self, request: httpx.Request, version: str) -> tuple[str, httpx.Response]:
        self._login.let_in(request.headers.get("x-shopify-access-token", ""))
        if version == "unstable" or version > self.version:
            raise Denied(404, "Not Found")
        if request.method != "POST" or "application/json" not in request.headers.get("content-type", ""):
            raise Denied(400, "Bad Request")
        try:
            body = msgspec.json.decode(request.content, type=dict[str, Any])  # Any: JSON
        except msgspec.DecodeError as error:
            raise Denied(400, "Bad Request") from error
        name, told = self._executed(body)
        answer = answers.answer(told)
        answer.headers["X-Shopify-API-Version"] = self.version  # an expired version falls forward without a word
        return name, answer

    def _executed(self, body: Json) -> tuple[str, Json]:
        try:
            prepared = engine.prepare(body.get("query"), body.get("variables"), body.get("operationName"))
        except engine.Rejected as why:
            return "", {"errors": why.errors}
        name = engine.name_of(prepared.operation)
        self.documents[name] = str(body["query"])
        self._bulk.base_url = self.address
        if happens := self._before.pop(name, None):
            happens()
        granted = widened(frozenset(self.scopes))
        context = Context(self._shop, self._bulk, self.domain, granted, self.outbox, self._operations, self._keys)
        return name, engine.run(prepared, context, self._bucket)

    # What a test or the demo does to the world.

    def ask(self, document: str, **variables: Any) -> Json:  # Any: JSON
        """Send a document as the app itself would, with the pasted token; it counts as a request like any other."""
        body = msgspec.json.encode({"query": document, "variables": variables})
        headers = {"X-Shopify-Access-Token": self._login.pasted, "Content-Type": "application/json"}
        address = f"{self.base_url}/admin/api/{schema.VERSION}/graphql.json"
        told: Json = self.handle(httpx.Request("POST", address, content=body, headers=headers)).json()
        return told

    def before(self, operation: str, happens: Callable[[], object]) -> None:
        """Let something happen once in the shop just before the next request of this name is executed: a race."""
        self._before[operation] = happens

    def uninstall(self) -> None:
        self._login.state = Installed.NOWHERE

    def move_to_another_organisation(self) -> None:
        self._login.state = Installed.ELSEWHERE

    def install(self) -> None:
        self._login.state = Installed.HERE

    def revoke_token(self) -> None:
        self._login.revoke()

    def stir(self) -> None:
        self.order((next(one.id for one in self.variants() if one.inventory_item.tracked), 1))

    def deliveries(self) -> list[httpx.Request]:
        waiting, self.outbox.waiting = self.outbox.waiting, []
        return waiting

    def rotate_secret(self, secret: str) -> None:
        """Give the app another client secret; deliveries are signed with the one before for an hour."""
        self.outbox.rotate(secret)

    def fall_forward(self, version: str) -> None:
        """Answer as this later version, as happens when the asked one has expired."""
        self.version = version

    def drain(self, left: int = 0) -> None:
        """Leave so many points in the bucket, as another user of the same app would."""
        self._bucket.drain(left)

    def fail_next_bulk(self, code: str = "INTERNAL_SERVER_ERROR") -> None:
        self._bulk.fail_next(code)

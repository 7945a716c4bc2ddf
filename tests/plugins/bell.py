"""A channel in process that rings: one registration of an app serves all its shops, and each call is signed."""

from __future__ import annotations

import hashlib
import hmac
import itertools
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from types import ModuleType
from typing import Any, NamedTuple

import msgspec
from hub_hookspecs import (
    Absent,
    Account,
    AccountCheck,
    ActionRequired,
    BadSignature,
    Capability,
    Channel,
    Connection,
    Delivery,
    GeneratedSecret,
    Hint,
    HintKind,
    Item,
    Kind,
    Money,
    Order,
    OrderLine,
    OrderState,
    Page,
    Paper,
    Token,
    WebhookRequest,
    hookimpl,
)

FRESH = timedelta(minutes=15)
RINGS = frozenset({Capability.IMPORT_ORDERS, Capability.PARSE_WEBHOOK})


class BellSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which shop it is, and whose app."""

    shop: str
    app: str = "app-1"
    secret: GeneratedSecret = ""


class Ring(NamedTuple):
    """A delivery on its way: where to, and what."""

    url: str
    headers: dict[str, str]
    body: bytes


class Bell:
    """The channel behind the plugin; `registered` is where each app wants to be told, and its secret."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self.clock = clock
        self.registered: dict[str, tuple[str, str]] = {}
        self.orders: dict[str, Order] = {}
        self.read: list[tuple[str, str]] = []  # shop, order
        self.fed: list[str] = []  # shops whose feed was read
        self.walked: list[str] = []  # shops whose listings were read
        self.uninstalled = False
        self.on_parse: Callable[[WebhookRequest], None] = lambda request: None
        self._ids = itertools.count(1)

    def sells(self, ref: str) -> Order:
        money = Money(amount=Decimal(50_000), currency="IDR")
        line = OrderLine(ref="1", listing_ref="TEE", sku="TEE", name="Kaos", quantity=1, unit_price=money)
        order = Order(
            ref=ref, number=ref, state=OrderState.READY, raw_state="new", placed_at=self.clock(),
            updated_at=self.clock(), lines=(line,), total=money,
        )  # fmt: skip
        self.orders[ref] = order
        return order

    def check(self, shop: str) -> str:
        if self.uninstalled:
            raise ActionRequired("the app was uninstalled: install it again")
        return shop

    def feed(self, shop: str) -> Page[Order]:
        self.fed.append(shop)
        return Page(records=(), cursor="end")

    def look(self, shop: str, refs: Sequence[str]) -> Iterator[Order | Absent]:
        for ref in refs:
            self.read.append((shop, ref))
            yield self.orders.get(ref) or Absent(key=ref)

    def rings(
        self, *hints: tuple[str, str, str], name: str = "", at: datetime | None = None, secret: str = "",
        app: str = "app-1",
    ) -> Ring:  # fmt: skip
        """Make a delivery of hints (kind, ref, shop), signed now; `name`: of one that was made before."""
        url, registered = self.registered[app]
        told = {"id": name or f"d-{next(self._ids)}", "at": (at or self.clock()).timestamp(), "hints": hints}
        body = msgspec.json.encode(told)
        return Ring(url, {"X-Bell-Signature": _signed(body, secret or registered)}, body)


def _signed(body: bytes, secret: str) -> str:
    return hmac.digest(secret.encode(), body, "sha256").hex()


class _Told(msgspec.Struct, frozen=True):
    id: str
    at: float
    hints: list[tuple[HintKind, str, str]]


def _parsed(secret: str, request: WebhookRequest) -> Delivery:
    given = request.headers.get("x-bell-signature", "")
    if not secret or not hmac.compare_digest(given.encode(), _signed(request.body, secret).encode()):
        raise BadSignature("the signature does not fit")
    told = msgspec.json.decode(request.body, type=_Told)
    if abs(request.received_at - datetime.fromtimestamp(told.at, UTC)) > FRESH:
        raise BadSignature("it was signed too long ago", code="stale")
    hints = tuple(Hint(kind=kind, ref=ref, shop_ref=shop) for kind, ref, shop in told.hints)
    digest = hashlib.sha256(request.path.encode()).hexdigest()
    return Delivery(key=told.id, hints=hints, reply_body=digest.encode(), reply_type="text/x-bell")


def a_plugin(bell: Bell, name: str = "bell", **changes: Any) -> ModuleType:  # Any: fields of Channel
    """A plugin module for this bell; `changes` are made to its declaration."""
    module = ModuleType(f"hub_{name}")
    declared: dict[str, Any] = {  # Any: as above
        "name": name, "title": "Bell", "kind": Kind.MARKETPLACE, "settings": BellSettings, "offers": RINGS,
        "lacks": _lacks(RINGS),
        "lacks_papers": dict.fromkeys(Paper, "the bell has none"), "token_settings": ("app",),
    }  # fmt: skip

    @hookimpl
    def describe_channel() -> Channel:
        return Channel(**{**declared, **changes})

    @hookimpl
    def authenticate(account: Account[BellSettings], old: Token | None) -> Token:
        return Token(value=f"token-{account.settings.app}")

    @hookimpl
    def check_account(account: Account[BellSettings]) -> AccountCheck:
        shop = bell.check(account.settings.shop)
        return AccountCheck(identity=f"{name}-{shop}", name=f"Toko {shop}", shop_ref=shop)

    @hookimpl
    def connect_account(account: Account[BellSettings], callback_url: str) -> Connection:
        bell.registered[account.settings.app] = (callback_url, account.settings.secret)
        return Connection(webhooks=("all",))

    @hookimpl
    def import_orders(account: Account[BellSettings], cursor: str) -> Iterator[Page[Order]]:
        yield bell.feed(account.settings.shop)

    @hookimpl
    def read_orders(account: Account[BellSettings], refs: Sequence[str]) -> Iterator[Order | Absent]:
        yield from bell.look(account.settings.shop, refs)

    @hookimpl
    def parse_webhook(account: Account[BellSettings], request: WebhookRequest) -> Delivery:
        bell.on_parse(request)
        return _parsed(account.settings.secret, request)

    hooks = (describe_channel, check_account, connect_account, import_orders, read_orders, parse_webhook)
    for hook in hooks + ((authenticate,) if declared["token_settings"] else ()):
        setattr(module, hook.__name__, hook)
    return module


def a_plugin_with_goods(bell: Bell, name: str) -> ModuleType:
    """The same for a channel whose listings can be read, though there are none."""
    offers = RINGS | {Capability.IMPORT_ITEMS}
    module = a_plugin(bell, name, offers=offers, lacks=_lacks(offers))

    @hookimpl
    def import_items(account: Account[BellSettings], cursor: str) -> Iterator[Page[Item]]:
        bell.walked.append(account.settings.shop)
        yield Page(records=(), cursor="end")

    vars(module)["import_items"] = import_items
    return module


def _lacks(offers: frozenset[Capability]) -> dict[Capability, str]:
    return {each: "the bell only rings" for each in Capability if each not in offers}

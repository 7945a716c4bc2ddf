"""Plugins made on the spot: an honest shop by default, and whatever a test makes of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from types import ModuleType
from typing import Any

import httpx
import msgspec
import pytest
from hub_hookspecs import (
    Absent,
    Account,
    AccountCheck,
    Address,
    Capability,
    Channel,
    ChannelError,
    Inbound,
    Item,
    Kind,
    Outbound,
    Page,
    Paper,
    Product,
    Secret,
    Shipment,
    StockTarget,
    TaskKind,
    TaskRef,
    Token,
    hookimpl,
)

from hub.channels.host import Host, PluginBug, load_hosts
from hub.channels.host.errors import MAY_BE_UNKNOWN
from hub.kernel.clock import Clock

NOW = Clock().now()
PRODUCT = Product(key="p-1", sku="TEE-M", name="Tee")
SHIPMENT = Shipment(key="s-1", order_ref="o-1", order_number="1", sender=Address(), recipient=Address(), lines=())
INBOUND = Inbound(key="i-1", place_ref="w", lines=())
OUTBOUND = Outbound(
    key="d-1", place_ref="w", order_number="1", placed_at=NOW, created_at=NOW, recipient=Address(), parcels=()
)
TASK = TaskRef(kind=TaskKind.OUTBOUND, key="d-1", place_ref="w")


class ShopSettings(msgspec.Struct, frozen=True, kw_only=True):
    base_url: str = "https://shop.example"
    api_secret: Secret = "hunter2-hunter2"


def an_item(number: int = 1, **changes: Any) -> Item:  # Any: the fields of `Item`
    fields = {"ref": f"r-{number}", "sku": f"SKU-{number}", "name": "Tee", "active": True, "quantity": 1}
    return Item(**{**fields, **changes})


def a_page(*items: Item, cursor: str = "1") -> Page[Item]:
    return Page(records=items, cursor=cursor)


def a_channel(hooks: Mapping[str, object] | None = None, **changes: Any) -> Channel:  # Any: the fields of `Channel`
    offers = frozenset(Capability) & frozenset(hooks or {})
    kind = changes.get("kind", Kind.MARKETPLACE)
    fields: dict[str, Any] = {  # Any: as above
        "name": "shop",
        "title": "Shop",
        "kind": kind,
        "settings": ShopSettings,
        "offers": offers,
        "lacks": {capability: "not built yet" for capability in Capability if capability not in offers},
        "lacks_papers": {} if kind is Kind.FULFILMENT else dict.fromkeys(Paper, "the shop has no papers"),
    }
    return Channel(**{**fields, **changes})


def a_module(**functions: Callable[..., Any]) -> ModuleType:  # Any: hooks of every shape
    module = ModuleType("a_plugin")
    for name, function in functions.items():
        setattr(module, name, hookimpl(function))
    return module


def a_plugin(channel: Channel | None = None, **hooks: Callable[..., Any]) -> ModuleType:  # Any: hooks of every shape
    """An honest plugin that offers exactly the capabilities among `hooks`, with their companions."""
    companions: dict[str, Callable[..., Any]] = {"check_account": _check_account}  # Any: as above
    if "push_product" in hooks:
        companions["find_listing"] = _find_listing
    if hooks.keys() & {"push_inbound", "push_outbound"}:
        companions["read_tasks"] = _read_tasks
    if "import_orders" in hooks:
        companions["read_orders"] = _read_orders
    declared = channel or a_channel(hooks)

    def describe_channel() -> Channel:
        return declared

    return a_module(**{"describe_channel": describe_channel, **companions, **hooks})


def a_host(
    channel: Channel | None = None, *, deadline: float = 20.0, **hooks: Callable[..., Any]
) -> Host:  # Any: hooks of every shape
    return hosting(a_plugin(channel, **hooks), deadline=deadline)


def hosting(plugin: ModuleType, *, deadline: float = 20.0) -> Host:
    hosts = load_hosts({"shop": plugin}, deadline=deadline)
    assert not hosts.refused, hosts.refused
    return hosts.loaded["shop"]


class FrontDoor:
    """An account whose token can be renewed as often as wanted; every token is a number."""

    def __init__(self, *, client: httpx.Client | None = None, lacks: Mapping[Capability, str] | None = None) -> None:
        self.lacks = lacks or {}
        self.version = None  # a refusal stays what the plugin meant by it
        self.renewals = 0
        self._client = client or httpx.Client(transport=httpx.MockTransport(lambda request: httpx.Response(200)))

    @property
    def account_id(self) -> str:
        return "account"

    def open(self) -> Account[ShopSettings]:
        return Account(
            id="account", merchant_id="m", settings=ShopSettings(), token=f"token-{self.renewals}", http=self._client
        )

    def renew(self) -> Account[ShopSettings]:
        self.renewals += 1
        return self.open()


def authenticate(account: Account[ShopSettings], old: Token | None) -> Token:
    return Token(value="fresh")


def _check_account(account: Account[ShopSettings]) -> AccountCheck:
    return AccountCheck(identity="1", name="Shop")


def _find_listing(account: Account[ShopSettings], product: Product) -> Absent:
    return Absent(key=product.key)


def _read_tasks(account: Account[ShopSettings], tasks: tuple[TaskRef, ...]) -> Iterator[Absent]:
    return (Absent(key=task.key) for task in tasks)


def _read_orders(account: Account[ShopSettings], refs: tuple[str, ...]) -> Iterator[Absent]:
    return (Absent(key=ref) for ref in refs)


AnyAccount = Account[Any]  # Any: whatever settings
Behaviour = Callable[[AnyAccount], Any]  # Any: the honest answer or anything else
ASKED: Mapping[str, Callable[[Host, FrontDoor], object]] = {
    "push_product": lambda host, door: host.push_product(door, PRODUCT, ""),
    "push_inbound": lambda host, door: host.push_inbound(door, INBOUND),
    "push_outbound": lambda host, door: host.push_outbound(door, OUTBOUND),
    "create_label": lambda host, door: host.create_label(door, SHIPMENT, ""),
    "cancel_outbound": lambda host, door: host.cancel_outbound(door, TASK, "no longer wanted"),
    "confirm_shipment": lambda host, door: host.confirm_shipment(door, SHIPMENT),
    "answer_cancellation": lambda host, door: host.answer_cancellation(door, "o-1", accept=True, reason=""),
    "import_items": lambda host, door: list(host.import_items(door, "")),
    "push_stock": lambda host, door: list(host.push_stock(door, [StockTarget(listing_ref="r", quantity=1)])),
    "list_categories": lambda host, door: list(host.list_categories(door)),
    "check_account": lambda host, door: host.check_account(door),
}
SEVEN = sorted(MAY_BE_UNKNOWN)


def behaving(hook: str, behave: Behaviour) -> Host:
    """A host whose `hook` does `behave`, whatever it is asked."""
    doing: dict[str, Callable[..., Any]] = {  # Any: hooks of every shape
        "push_product": lambda account, product, resume: behave(account),
        "push_inbound": lambda account, inbound: behave(account),
        "push_outbound": lambda account, outbound: behave(account),
        "create_label": lambda account, shipment, resume: behave(account),
        "cancel_outbound": lambda account, task, reason: behave(account),
        "confirm_shipment": lambda account, shipment: behave(account),
        "answer_cancellation": lambda account, order_ref, accept, reason: behave(account),
        "import_items": lambda account, cursor: behave(account),
        "push_stock": lambda account, targets: behave(account),
        "list_categories": behave,
        "check_account": behave,
    }
    hooks = {hook: doing[hook], "authenticate": authenticate}
    return hosting(a_plugin(None, **hooks))


def raising(error: BaseException) -> Behaviour:
    def behave(account: AnyAccount) -> None:
        raise error

    return behave


def answered(status: int, headers: Mapping[str, str] | None = None) -> Behaviour:
    def behave(account: AnyAccount) -> None:
        request = httpx.Request("POST", "https://shop.example/v1?access_token=sesame-open")
        httpx.Response(status, headers=headers, request=request).raise_for_status()

    return behave


def verdict(hook: str, behave: Behaviour) -> Exception:
    with pytest.raises((ChannelError, PluginBug)) as raised:
        ASKED[hook](behaving(hook, behave), FrontDoor())
    return raised.value

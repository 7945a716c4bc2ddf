"""One channel's plugin as the hub calls it: a typed method per hook, and a clear no for what is lacking."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from operator import attrgetter
from typing import TypeVar

import pluggy
from hub_hookspecs import (
    Absent,
    AccountCheck,
    Cancellation,
    Capability,
    Category,
    Channel,
    Connection,
    Delivery,
    Inbound,
    Item,
    Label,
    Listing,
    NotSupported,
    Order,
    Outbound,
    Page,
    Product,
    Receipt,
    Shipment,
    StockOutcome,
    StockReading,
    StockTarget,
    TaskRef,
    TaskState,
    Token,
    Waiting,
    WebhookRequest,
)

from hub.channels.host.calls import Calls
from hub.channels.host.checking import checker_of, page_checker_of
from hub.channels.host.doors import Door
from hub.channels.host.questions import ForEach, FromCursor, WholeTree

R = TypeVar("R")


class Host:
    """Hosts exactly one plugin. Streams begin when they are first asked for an item."""

    def __init__(
        self,
        channel: Channel,
        *,
        manager: pluggy.PluginManager,
        distribution: str = "",
        version: str = "",
        deadline: float = 20.0,
    ) -> None:
        self.channel = channel
        self.name = channel.name
        self.distribution = distribution
        self.version = version
        self._calls = Calls(channel.name, manager, deadline=deadline)

    def implements(self, hook: str) -> bool:
        return self._calls.implements(hook)

    def lacking(self, capability: Capability, lacks: Mapping[Capability, str] | None = None) -> str:
        """Give the reason why the channel, or an account with `lacks`, has no `capability`; "" where it has."""
        channel_lacks = self.channel.lacks.get(capability, "")
        return channel_lacks or (lacks or {}).get(capability, "")

    # the account

    def check_account(self, door: Door) -> AccountCheck:
        return self._calls.one("check_account", door, checker_of(AccountCheck))

    def authenticate(self, door: Door, old: Token | None) -> Token:
        self._require_hook("authenticate")
        return self._calls.one("authenticate", door, checker_of(Token), old=old)

    def connect_account(self, door: Door, callback_url: str) -> Connection:
        """Register webhooks and keys; a plugin without the hook has nothing to register."""
        if not self.implements("connect_account"):
            return Connection()
        return self._calls.one("connect_account", door, checker_of(Connection), callback_url=callback_url)

    # catalogue

    def import_items(self, door: Door, cursor: str) -> Iterator[Page[Item]]:
        return self._pages(Capability.IMPORT_ITEMS, door, Item, cursor)

    def list_categories(self, door: Door) -> Iterator[Category]:
        self._require(Capability.LIST_CATEGORIES, door)
        return self._calls.stream("list_categories", door, checker_of(Category), WholeTree())

    def push_product(self, door: Door, product: Product, resume: str) -> Listing | Waiting:
        self._require(Capability.PUSH_PRODUCT, door)
        answer = checker_of(Listing, Waiting)
        return self._calls.one("push_product", door, answer, product=product, resume=resume)

    def find_listing(self, door: Door, product: Product) -> Listing | Absent:
        self._require_hook("find_listing")
        return self._calls.one("find_listing", door, checker_of(Listing, Absent), product=product)

    # stock

    def push_stock(self, door: Door, targets: Sequence[StockTarget]) -> Iterator[StockOutcome]:
        self._require(Capability.PUSH_STOCK, door)
        key = attrgetter("listing_ref", "place_ref")
        question = ForEach[StockTarget, StockOutcome]("targets", targets, asked=key, answered=key)
        return self._calls.stream("push_stock", door, checker_of(StockOutcome), question)

    def sync_stock(self, door: Door, cursor: str) -> Iterator[Page[StockReading]]:
        return self._pages(Capability.SYNC_STOCK, door, StockReading, cursor)

    # orders

    def import_orders(self, door: Door, cursor: str) -> Iterator[Page[Order]]:
        return self._pages(Capability.IMPORT_ORDERS, door, Order, cursor)

    def read_orders(self, door: Door, refs: Sequence[str]) -> Iterator[Order | Absent]:
        self._require_hook("read_orders")
        question = ForEach[str, Order | Absent]("refs", refs, asked=str, answered=_order_ref)
        return self._calls.stream("read_orders", door, checker_of(Order, Absent), question)

    def parse_webhook(self, door: Door, request: WebhookRequest) -> Delivery:
        self._require(Capability.PARSE_WEBHOOK, door)
        return self._calls.one("parse_webhook", door, checker_of(Delivery), request=request)

    def confirm_shipment(self, door: Door, shipment: Shipment) -> Receipt:
        self._require(Capability.CONFIRM_SHIPMENT, door)
        return self._calls.one("confirm_shipment", door, checker_of(Receipt), shipment=shipment)

    def answer_cancellation(self, door: Door, order_ref: str, *, accept: bool, reason: str) -> Receipt:
        self._require(Capability.ANSWER_CANCELLATION, door)
        answer = checker_of(Receipt)
        return self._calls.one("answer_cancellation", door, answer, order_ref=order_ref, accept=accept, reason=reason)

    # fulfilment

    def create_label(self, door: Door, shipment: Shipment, resume: str) -> Label | Waiting:
        self._require(Capability.CREATE_LABEL, door)
        answer = checker_of(Label, Waiting)
        return self._calls.one("create_label", door, answer, shipment=shipment, resume=resume)

    def push_inbound(self, door: Door, inbound: Inbound) -> Receipt:
        self._require(Capability.PUSH_INBOUND, door)
        return self._calls.one("push_inbound", door, checker_of(Receipt), inbound=inbound)

    def push_outbound(self, door: Door, outbound: Outbound) -> Receipt:
        self._require(Capability.PUSH_OUTBOUND, door)
        return self._calls.one("push_outbound", door, checker_of(Receipt), outbound=outbound)

    def cancel_outbound(self, door: Door, task: TaskRef, reason: str) -> Cancellation:
        self._require(Capability.CANCEL_OUTBOUND, door)
        return self._calls.one("cancel_outbound", door, checker_of(Cancellation), task=task, reason=reason)

    def read_tasks(self, door: Door, tasks: Sequence[TaskRef]) -> Iterator[TaskState | Absent]:
        self._require_hook("read_tasks")
        key = attrgetter("key")
        question = ForEach[TaskRef, TaskState | Absent]("tasks", tasks, asked=key, answered=key)
        return self._calls.stream("read_tasks", door, checker_of(TaskState, Absent), question)

    # refusing

    def _pages(self, capability: Capability, door: Door, record: type[R], cursor: str) -> Iterator[Page[R]]:
        self._require(capability, door)
        return self._calls.stream(capability, door, page_checker_of(record), FromCursor[R](cursor))

    def _require(self, capability: Capability, door: Door) -> None:
        reason = self.lacking(capability, door.lacks)
        if reason:
            raise NotSupported(f"{self.channel.title} cannot {_words(capability)}: {reason}", code="not_supported")

    def _require_hook(self, hook: str) -> None:
        """Refuse what the plugin has not; a read-back stays allowed where the capability it serves is switched off."""
        if not self.implements(hook):
            raise NotSupported(f"{self.channel.title} cannot {_words(hook)}", code="not_supported")


def _order_ref(answer: Order | Absent) -> str:
    return answer.key if isinstance(answer, Absent) else answer.ref


def _words(hook: str) -> str:
    return hook.replace("_", " ")

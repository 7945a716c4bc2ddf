"""The hooks: module-level functions, plain parameters, synchronous.

None sleeps, and none waits longer than 20 s per answer.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import pluggy

from hub_hookspecs.channel import Account, AccountCheck, Channel, Connection, Token
from hub_hookspecs.records import (
    Absent,
    Cancellation,
    Category,
    Delivery,
    Inbound,
    Item,
    Label,
    Listing,
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
    Waiting,
    WebhookRequest,
)

hookspec = pluggy.HookspecMarker("hub")
hookimpl = pluggy.HookimplMarker("hub")


class ChannelSpec:
    """In the order a merchant meets them. (*) the eight of the design card."""

    # mandatory
    @hookspec(firstresult=True)
    def describe_channel(self) -> Channel:
        """Name the channel, its settings and what it can and cannot do. Pure."""
        raise NotImplementedError

    @hookspec(firstresult=True)
    def check_account(self, account: Account[Any]) -> AccountCheck:
        """Prove with cheap calls that the account works, or raise what is wrong with it."""
        raise NotImplementedError

    # plumbing: no capability, asked for only where another hook needs it
    @hookspec(firstresult=True)
    def authenticate(self, account: Account[Any], old: Token | None) -> Token:
        """Get or renew the token. The host calls it under a lock, stores the answer sealed, then uses it."""
        raise NotImplementedError

    @hookspec(firstresult=True)
    def connect_account(self, account: Account[Any], callback_url: str) -> Connection:
        """Register webhooks and keys; repeatable. Called at authorising, rotating and daily."""
        raise NotImplementedError

    # catalogue
    @hookspec(firstresult=True)
    def import_items(self, account: Account[Any], cursor: str) -> Iterator[Page[Item]]:
        """(*) Yield what the channel lists, from `cursor` on ("" is the start)."""
        raise NotImplementedError

    @hookspec(firstresult=True)
    def list_categories(self, account: Account[Any]) -> Iterator[Category]:
        """Yield the channel's category tree, parents first."""
        raise NotImplementedError

    @hookspec(firstresult=True)
    def push_product(self, account: Account[Any], product: Product, resume: str) -> Listing | Waiting:
        """(*) Create or update a listing, or a warehouse's master data. Delete nothing that was not given."""
        raise NotImplementedError

    @hookspec(firstresult=True)
    def find_listing(self, account: Account[Any], product: Product) -> Listing | Absent:
        """Read back: did an earlier push_product arrive? Required with push_product. Where pushing is an upsert by
        key and nothing can be queried, always answer Absent: sending again is then safe."""
        raise NotImplementedError

    # stock
    @hookspec(firstresult=True)
    def push_stock(self, account: Account[Any], targets: Sequence[StockTarget]) -> Iterator[StockOutcome]:
        """(*) Set each level; yield exactly one outcome per target as soon as it is known."""
        raise NotImplementedError

    @hookspec(firstresult=True)
    def sync_stock(self, account: Account[Any], cursor: str) -> Iterator[Page[StockReading]]:
        """(*) Yield the levels the other side believes in (a pull)."""
        raise NotImplementedError

    # orders
    @hookspec(firstresult=True)
    def import_orders(self, account: Account[Any], cursor: str) -> Iterator[Page[Order]]:
        """Yield orders new or changed since `cursor`, oldest change first; repeats are fine, gaps are not."""
        raise NotImplementedError

    @hookspec(firstresult=True)
    def read_orders(self, account: Account[Any], refs: Sequence[str]) -> Iterator[Order | Absent]:
        """Read these orders as they are now. Required with import_orders."""
        raise NotImplementedError

    @hookspec(firstresult=True)
    def parse_webhook(self, account: Account[Any], request: WebhookRequest) -> Delivery:
        """Verify over the raw bytes, then say what it hints at. No network."""
        raise NotImplementedError

    @hookspec(firstresult=True)
    def confirm_shipment(self, account: Account[Any], shipment: Shipment) -> Receipt:
        """Tell the channel that the parcel left, with courier and AWB."""
        raise NotImplementedError

    @hookspec(firstresult=True)
    def answer_cancellation(self, account: Account[Any], order_ref: str, accept: bool, reason: str) -> Receipt:
        """Agree to, or refuse, a buyer's cancellation request."""
        raise NotImplementedError

    # fulfilment
    @hookspec(firstresult=True)
    def create_label(self, account: Account[Any], shipment: Shipment, resume: str) -> Label | Waiting:
        """(*) Arrange the shipment as far as the channel demands, then return its label."""
        raise NotImplementedError

    @hookspec(firstresult=True)
    def push_inbound(self, account: Account[Any], inbound: Inbound) -> Receipt:
        """(*) Announce goods on their way to the warehouse."""
        raise NotImplementedError

    @hookspec(firstresult=True)
    def push_outbound(self, account: Account[Any], outbound: Outbound) -> Receipt:
        """(*) Ask the warehouse to pick, pack and hand over."""
        raise NotImplementedError

    @hookspec(firstresult=True)
    def cancel_outbound(self, account: Account[Any], task: TaskRef, reason: str) -> Cancellation:
        """(*) Stop an outbound if it is not too late; being too late is an answer, not an error."""
        raise NotImplementedError

    @hookspec(firstresult=True)
    def read_tasks(self, account: Account[Any], tasks: Sequence[TaskRef]) -> Iterator[TaskState | Absent]:
        """Read inbounds and outbounds as they are now: totals. Also the read-back. Required with the two pushes."""
        raise NotImplementedError


def load(plugin: object) -> pluggy.PluginManager:
    """One manager per plugin: pluggy calls everyone who implements a hook, the hub always means one channel."""
    manager = pluggy.PluginManager("hub")
    manager.add_hookspecs(ChannelSpec)
    manager.register(plugin)
    manager.check_pending()
    return manager

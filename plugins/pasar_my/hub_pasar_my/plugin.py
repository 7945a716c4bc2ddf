"""Pasar MY, as the hub sees it: a marketplace of Malaysia that supplies what a warehouse needs, and does not exist."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta

from hub_hookspecs import (
    Absent,
    Account,
    AccountCheck,
    Capability,
    Channel,
    Connection,
    Delivery,
    Item,
    Kind,
    Label,
    Order,
    Page,
    Paper,
    Receipt,
    Rejected,
    Shipment,
    StockOutcome,
    StockReading,
    StockTarget,
    Waiting,
    WebhookRequest,
    hookimpl,
)

from hub_pasar_my import translate, webhooks
from hub_pasar_my.client import PasarMyClient
from hub_pasar_my.settings import PasarMySettings

_SELLS = "Pasar MY sells; it has no warehouse that takes documents"


@hookimpl
def describe_channel() -> Channel:
    return Channel(
        name="pasar_my",
        title="Pasar MY (test channel)",
        kind=Kind.MARKETPLACE,
        settings=PasarMySettings,
        offers=frozenset(
            {
                Capability.IMPORT_ITEMS,
                Capability.PUSH_STOCK,
                Capability.SYNC_STOCK,
                Capability.IMPORT_ORDERS,
                Capability.PARSE_WEBHOOK,
                Capability.CREATE_LABEL,
                Capability.CONFIRM_SHIPMENT,
            }
        ),
        lacks={
            Capability.PUSH_PRODUCT: "products are listed at Pasar MY's own sandbox; import them from there",
            Capability.LIST_CATEGORIES: "Pasar MY has no categories",
            Capability.ANSWER_CANCELLATION: "buyers cancel by themselves until the parcel has left; nobody is asked",
            Capability.PUSH_INBOUND: _SELLS,
            Capability.PUSH_OUTBOUND: _SELLS,
            Capability.CANCEL_OUTBOUND: _SELLS,
        },
        supplies=frozenset({Paper.LABEL_PDF, Paper.AWB}),
        countries=frozenset({"MY"}),
        orders_visible_after=timedelta(0),  # an order and its stock change in one moment
        compare_and_set=True,
        advice=("This market does not exist: it is here to try the hub with, over its own sandbox.",),
    )


@hookimpl
def check_account(account: Account[PasarMySettings]) -> AccountCheck:
    return translate.account_check(PasarMyClient(account).shop())


@hookimpl
def connect_account(account: Account[PasarMySettings], callback_url: str) -> Connection:
    PasarMyClient(account).register(callback_url)
    return Connection(webhooks=("orders",))


@hookimpl
def import_items(account: Account[PasarMySettings], cursor: str) -> Iterator[Page[Item]]:
    for products in PasarMyClient(account).products(after=cursor):
        yield translate.items(products)


@hookimpl
def push_stock(account: Account[PasarMySettings], targets: Sequence[StockTarget]) -> Iterator[StockOutcome]:
    """The market compares and sets in one step, and sets nothing where nothing is expected."""
    client = PasarMyClient(account)
    for target in targets:
        yield translate.outcome(target, client.set_stock(target.listing_ref, target.quantity, target.expected))


@hookimpl
def sync_stock(account: Account[PasarMySettings], cursor: str) -> Iterator[Page[StockReading]]:
    for products in PasarMyClient(account).products(after=cursor):
        yield translate.readings(products)


@hookimpl
def import_orders(account: Account[PasarMySettings], cursor: str) -> Iterator[Page[Order]]:
    """The market numbers its changes, so the last number is where to go on."""
    for found in PasarMyClient(account).orders(since=cursor or "0"):
        yield translate.orders(found)


@hookimpl
def read_orders(account: Account[PasarMySettings], refs: Sequence[str]) -> Iterator[Order | Absent]:
    client = PasarMyClient(account)
    for ref in refs:
        found = client.order(ref)
        yield translate.order(found) if found else Absent(key=ref)


@hookimpl
def create_label(account: Account[PasarMySettings], shipment: Shipment, resume: str) -> Label | Waiting:
    """Arrange, wait for the courier's AWB, fetch the label. Asking again under the key arranges nothing anew."""
    client, order, key = PasarMyClient(account), shipment.order_ref, shipment.key
    parcel = client.parcel(order, key) if resume else client.arrange(order, key, translate.parcel_lines(shipment))
    if parcel.state == "refused":
        raise Rejected(f"Pasar MY found no courier: {parcel.problem[:200]}", code="no_courier")
    if parcel.state != "ready":
        return Waiting(after=timedelta(seconds=parcel.wait), state="arranged", note="the courier's AWB is on its way")
    return translate.label(parcel, *client.label(order, key))


@hookimpl
def confirm_shipment(account: Account[PasarMySettings], shipment: Shipment) -> Receipt:
    """Hand over; a parcel that has left already has left, and needs no more."""
    if not shipment.awb.strip():
        raise Rejected("Pasar MY wants the AWB of its own label: create the label first", code="awb")
    PasarMyClient(account).hand_over(shipment.order_ref, shipment.awb.strip())
    return Receipt(ref=shipment.awb.strip())


@hookimpl
def parse_webhook(account: Account[PasarMySettings], request: WebhookRequest) -> Delivery:
    return webhooks.delivery(request, account.settings.secret)

"""Fastock MY, as the hub sees it."""

from collections.abc import Iterator, Sequence

from hub_hookspecs import (
    Absent,
    Account,
    AccountCheck,
    ActionRequired,
    Cancellation,
    CancelOutcome,
    Channel,
    Delivery,
    Inbound,
    Listing,
    Outbound,
    Page,
    Product,
    Receipt,
    Rejected,
    StockReading,
    TaskRef,
    TaskState,
    WebhookRequest,
    hookimpl,
)

from hub_fastock_my import documents, policy, stock, translate, webhooks
from hub_fastock_my.declaration import FASTOCK_MY
from hub_fastock_my.port import Cancel
from hub_fastock_my.settings import FastockSettings
from hub_fastock_my.wire import port_of


@hookimpl
def describe_channel() -> Channel:
    return FASTOCK_MY


@hookimpl
def check_account(account: Account[FastockSettings]) -> AccountCheck:
    """One question for each warehouse proves credentials, warehouse and consignor before anything is kept."""
    settings = account.settings
    for depot in port_of(account).verify():
        if depot.consignor not in ("", settings.consignor):
            raise ActionRequired(
                f"at Fastock the goods in the warehouse {depot.number[:50]!r} belong to the consignor "
                f"{depot.consignor[:100]!r}: enter that as Consignor code",
                code="consignor",
            )
    return translate.account_check(settings)


@hookimpl
def push_product(account: Account[FastockSettings], product: Product, resume: str) -> Listing:
    """Make a SKU known in one warehouse, or change it. The same again changes nothing."""
    policy.product(product, account.settings)
    return translate.listing(product, port_of(account).put_item(translate.item(product)))


@hookimpl
def find_listing(account: Account[FastockSettings], product: Product) -> Absent:
    """Items cannot be asked for, and pushing one again is safe: the SKU is its key."""
    return Absent(key=product.key)


@hookimpl
def push_inbound(account: Account[FastockSettings], inbound: Inbound) -> Receipt:
    policy.inbound(inbound, account.settings)
    return translate.receipt(inbound.key, port_of(account).put_inbound(translate.inbound(inbound)))


@hookimpl
def push_outbound(account: Account[FastockSettings], outbound: Outbound) -> Receipt:
    parcel, label = policy.outbound(outbound, account.settings)
    told = translate.outbound(outbound, parcel, label)
    return translate.receipt(outbound.key, port_of(account).put_outbound(told))


@hookimpl
def cancel_outbound(account: Account[FastockSettings], task: TaskRef, reason: str) -> Cancellation:
    """A document that never arrived needs no cancelling; one that had arrived and is gone is for a person."""
    policy.warehouse(task.place_ref, account.settings)
    policy.document(task.key)
    answer = port_of(account).cancel(translate.name(task), reason)
    if answer.outcome is not Cancel.NO_SUCH:
        return translate.cancellation(answer)
    if task.ref:
        raise Rejected(f"Fastock had taken this document as {task.ref[:50]!r} and does not know it any more: call them")
    return Cancellation(outcome=CancelOutcome.CANCELLED, reason="it had never arrived at Fastock")


@hookimpl
def read_tasks(account: Account[FastockSettings], tasks: Sequence[TaskRef]) -> Iterator[TaskState | Absent]:
    yield from documents.read(port_of(account), tasks)


@hookimpl
def sync_stock(account: Account[FastockSettings], cursor: str) -> Iterator[Page[StockReading]]:
    yield from stock.walk(port_of(account), account.settings, cursor)


@hookimpl
def parse_webhook(account: Account[FastockSettings], request: WebhookRequest) -> Delivery:
    return webhooks.delivery(port_of(account), request)

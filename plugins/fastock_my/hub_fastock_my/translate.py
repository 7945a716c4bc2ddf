"""From the contract's records to the port's values and back. Pure."""

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal

import httpx
from hub_hookspecs import (
    AccountCheck,
    Address,
    Cancellation,
    CancelOutcome,
    Inbound,
    LabelFile,
    Listing,
    Money,
    Outbound,
    Parcel,
    Place,
    Product,
    Receipt,
    StockReading,
    TaskKind,
    TaskRef,
)

from hub_fastock_my.policy import COUNTRY, CURRENCY
from hub_fastock_my.port import (
    Cancel,
    Cancelled,
    Contact,
    Document,
    DocumentName,
    Heap,
    InboundOrder,
    Item,
    Label,
    Line,
    OutboundOrder,
    Quality,
    Reason,
)
from hub_fastock_my.settings import FastockSettings
from hub_fastock_my.wire.xml import clean

_ZONE = "Asia/Kuala_Lumpur"
_OUTCOMES = {
    Cancel.DONE: CancelOutcome.CANCELLED,
    Cancel.REFUSED: CancelOutcome.REFUSED,
    Cancel.TOO_LATE: CancelOutcome.TOO_LATE,
    Cancel.PENDING: CancelOutcome.PENDING,
}
KINDS = {TaskKind.INBOUND: Document.INBOUND, TaskKind.OUTBOUND: Document.OUTBOUND}
_NOTES = (
    "Set up shipping-warehouse rules that name these warehouses; without one no order is sent from them.",
    "Stores in other countries than Malaysia cannot send from here: their orders are flagged.",
)


def account_check(settings: FastockSettings) -> AccountCheck:
    """An account is known by its customer code at its service: codes of another service are other accounts."""
    places = (
        Place(ref=number, name=f"{number} {settings.consignor}", country=COUNTRY, timezone=_ZONE)
        for number in settings.warehouses
    )
    return AccountCheck(
        identity=f"{_service(settings.service_url)}/{settings.customer_code}",
        name=f"Fastock MY {settings.customer_code}",
        country=COUNTRY,
        places=tuple(places),
        notes=_NOTES,
    )


def _service(address: str) -> str:
    """The same for every way to write it: the port that its scheme has anyway, capitals, the dot of the root."""
    url = httpx.URL(address)
    host = url.raw_host.decode().rstrip(".")
    return host if url.port is None else f"{host}:{url.port}"


def item(product: Product) -> Item:
    """A product without a barcode is scanned by its SKU: Fastock wants one of every item."""
    return Item(
        warehouse=product.place_ref,
        code=product.sku,
        name=clean(product.name).strip(),
        barcode=clean(product.barcode).strip() or product.sku,
        item_id=_item_id(product.listing_ref, product.sku),
        is_known=bool(product.listing_ref),
        variant=clean(", ".join(f"{name}: {value}" for name, value in product.options.items())),
        weight_g=product.weight_g,
        size_mm=product.size_mm,
        price=_ringgit(product.price),
    )


def listing(product: Product, item_id: str) -> Listing:
    """What the warehouse calls it; the SKU where it has no name of its own."""
    return Listing(ref=item_id or product.listing_ref or product.sku)


def inbound(given: Inbound) -> InboundOrder:
    lines = (
        Line(
            number=number,
            code=line.sku,
            quantity=line.quantity,
            item_id=_item_id(line.item_ref, line.sku),
            price=_ringgit(line.unit_cost),
        )
        for number, line in enumerate(given.lines, start=1)
    )
    return InboundOrder(
        code=given.key,
        warehouse=given.place_ref,
        reason=Reason(given.kind),
        lines=tuple(lines),
        expected_at=given.expected_at,
    )


def outbound(given: Outbound, parcel: Parcel, label: LabelFile) -> OutboundOrder:
    lines = (
        Line(
            number=number,
            code=line.sku,
            quantity=line.quantity,
            item_id=_item_id(line.item_ref, line.sku),
            price=_ringgit(line.unit_price),
        )
        for number, line in enumerate(parcel.lines, start=1)
    )
    return OutboundOrder(
        code=given.key,
        warehouse=given.place_ref,
        order_number=clean(given.order_number),
        placed_at=given.placed_at,
        created_at=given.created_at,
        courier=clean(parcel.courier).strip(),
        awb=parcel.awb.strip(),
        label=Label(content=label.content, sha256=label.sha256, url=label.url),
        recipient=_contact(given.recipient),
        lines=tuple(lines),
        sender=_contact(given.sender) if given.sender.name else None,
        channel=clean(given.channel),
        shop=clean(given.shop),
    )


def receipt(code: str, ref: str) -> Receipt:
    """What the warehouse calls it; our own code where it gives no name: a document that was taken always has one."""
    return Receipt(ref=ref or code)


def name(task: TaskRef) -> DocumentName:
    ref = "" if task.ref == task.key else task.ref
    return DocumentName(kind=KINDS[task.kind], code=task.key, warehouse=task.place_ref, ref=ref)


def cancellation(answer: Cancelled) -> Cancellation:
    return Cancellation(outcome=_OUTCOMES[answer.outcome], reason=answer.reason)


def readings(warehouse: str, heaps: Iterable[Heap]) -> tuple[StockReading, ...]:
    """Add up what lies of each SKU, by what may be done with it; a figure below zero is nothing that could be sold."""
    sums: dict[str, dict[str, int]] = defaultdict(lambda: {"good": 0, "frozen": 0, "damaged": 0})
    for heap in heaps:
        of_sku = sums[heap.code]
        match heap.quality:
            case Quality.GOOD:
                of_sku["good"] += heap.free
                of_sku["frozen"] += heap.locked
            case Quality.HELD:
                of_sku["frozen"] += heap.free + heap.locked
            case Quality.DAMAGED:
                of_sku["damaged"] += heap.free + heap.locked
            case Quality.AWAY:
                pass  # on its way: not there
    return tuple(
        StockReading(
            place_ref=warehouse,
            sku=sku,
            good=max(of_sku["good"], 0),
            frozen=max(of_sku["frozen"], 0),
            damaged=max(of_sku["damaged"], 0),
        )
        for sku, of_sku in sums.items()
    )


def _contact(of: Address) -> Contact:
    street = ", ".join(part for part in (*of.lines, of.district) if part.strip())
    return Contact(
        name=clean(of.name),
        phone=clean(of.phone),
        state=clean(of.state),
        city=clean(of.city),
        street=clean(street),
        postcode=clean(of.postcode),
        country=of.country or COUNTRY,
    )


def _ringgit(money: Money | None) -> Decimal | None:
    """An amount in another currency is not told: the wire has no place for a currency, and would read ringgit."""
    return money.amount if money and money.currency == CURRENCY else None


def _item_id(ref: str, sku: str) -> str:
    """The warehouse's own id; a placement that is named by the SKU has none."""
    return "" if ref == sku else ref

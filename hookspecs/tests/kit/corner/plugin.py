"""The corner shop, as the hub sees it."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, TypeVar

import httpx
import msgspec
from hub_hookspecs import (
    Absent,
    Account,
    AccountCheck,
    ActionRequired,
    BadSignature,
    Cancellation,
    CancelOutcome,
    Capability,
    Category,
    Channel,
    Connection,
    Delivery,
    DocumentState,
    Hint,
    HintKind,
    Inbound,
    Item,
    Kind,
    Label,
    Listing,
    Money,
    Order,
    OrderLine,
    OrderState,
    Outbound,
    Page,
    Paper,
    Product,
    Rate,
    Receipt,
    Rejected,
    Secret,
    Shipment,
    StockOutcome,
    StockReading,
    StockStatus,
    StockTarget,
    TaskLine,
    TaskRef,
    TaskState,
    Temporary,
    Token,
    UnknownOutcome,
    WebhookRequest,
    hookimpl,
)

T = TypeVar("T")
OFFERS = frozenset(
    {
        Capability.IMPORT_ITEMS,
        Capability.LIST_CATEGORIES,
        Capability.PUSH_PRODUCT,
        Capability.PUSH_STOCK,
        Capability.SYNC_STOCK,
        Capability.IMPORT_ORDERS,
        Capability.PARSE_WEBHOOK,
        Capability.CREATE_LABEL,
        Capability.PUSH_INBOUND,
        Capability.PUSH_OUTBOUND,
        Capability.CANCEL_OUTBOUND,
    }
)

FRESH = timedelta(minutes=5)  # between its clock and the hub's


class CornerSettings(msgspec.Struct, frozen=True, kw_only=True):
    base_url: str
    client_id: str
    client_secret: Secret


class Shop(msgspec.Struct, frozen=True):
    id: str
    name: str


class Login(msgspec.Struct, frozen=True):
    token: str
    expires_at: datetime


class Row(msgspec.Struct, frozen=True, kw_only=True):
    ref: str
    sku: str = ""
    name: str = ""
    level: int = 0
    at: datetime | None = None
    quantity: int = 0
    price: int = 0
    description: str = ""
    pictures: tuple[str, ...] = ()
    category: str = ""
    barcode: str = ""


class Rows(msgspec.Struct, frozen=True):
    rows: list[Row]
    more: bool


class Level(msgspec.Struct, frozen=True):
    level: int


class Paperwork(msgspec.Struct, frozen=True):
    ref: str
    state: str
    lines: dict[str, int]
    done: int


class Node(msgspec.Struct, frozen=True):
    ref: str
    parent: str
    leaf: bool


# -- the wire


def send(account: Account[CornerSettings], method: str, path: str, **options: Any) -> httpx.Response:  # Any: httpx's
    headers = {"Authorization": f"Bearer {account.token}"}
    return account.http.request(method, f"{account.settings.base_url}{path}", headers=headers, **options)


def read(response: httpx.Response, answer: type[T]) -> T:
    response.raise_for_status()
    try:
        return msgspec.json.decode(response.content, type=answer)
    except msgspec.DecodeError as error:
        raise Temporary("the corner shop gave an answer that cannot be read") from error


def rows(account: Account[CornerSettings], path: str, after: str) -> Iterator[tuple[list[Row], str]]:
    more = True
    while more:
        found = read(send(account, "GET", path, params={"after": after}), Rows)
        more = found.more
        if found.rows:
            after = found.rows[-1].ref
            yield found.rows, after


# -- the hooks


@hookimpl
def describe_channel() -> Channel:
    return Channel(
        name="corner",
        title="Corner Shop",
        kind=Kind.MARKETPLACE,
        settings=CornerSettings,
        offers=OFFERS,
        lacks={capability: "the corner shop cannot" for capability in Capability if capability not in OFFERS},
        lacks_papers=dict.fromkeys(Paper, "sold over the counter"),
        countries=frozenset({"ID", "MY"}),
        rate=Rate(requests=5, per=timedelta(seconds=1)),
        token_settings=("client_id", "client_secret"),
    )


@hookimpl
def check_account(account: Account[CornerSettings]) -> AccountCheck:
    shop = read(send(account, "GET", "/shop"), Shop)
    return AccountCheck(identity=shop.id, name=shop.name, shop_ref=shop.id)


@hookimpl
def authenticate(account: Account[CornerSettings], old: Token | None) -> Token:
    response = send(account, "POST", "/token", json={"secret": account.settings.client_secret})
    if response.status_code == httpx.codes.UNAUTHORIZED:
        raise ActionRequired("the corner shop does not know this client; correct the client secret")
    login = read(response, Login)
    return Token(value=login.token, expires_at=login.expires_at)


@hookimpl
def connect_account(account: Account[CornerSettings], callback_url: str) -> Connection:
    send(account, "PUT", "/webhook", json={"url": callback_url}).raise_for_status()
    return Connection(webhooks=("orders",))


@hookimpl
def import_items(account: Account[CornerSettings], cursor: str) -> Iterator[Page[Item]]:
    for found, after in rows(account, "/items", cursor):
        yield Page(records=tuple(map(to_item, found)), cursor=after)


def to_item(row: Row) -> Item:
    return Item(
        ref=row.ref,
        sku=row.sku,
        name=row.name,
        active=True,
        quantity=row.level,
        price=Money(amount=Decimal(row.price), currency="USD"),
        description=row.description,
        image_urls=row.pictures,
        category_ref=row.category,
        barcode=row.barcode,
    )


@hookimpl
def list_categories(account: Account[CornerSettings]) -> Iterator[Category]:
    for node in read(send(account, "GET", "/categories"), list[Node]):
        yield Category(ref=node.ref, name=f"Category {node.ref}", parent_ref=node.parent, leaf=node.leaf)


@hookimpl
def push_product(account: Account[CornerSettings], product: Product, resume: str) -> Listing:
    if not product.name.strip():
        raise Rejected("the name is blank; say what it is")
    path = f"/items/{product.listing_ref}" if product.listing_ref else "/items"
    answer = send(account, "PATCH" if product.listing_ref else "POST", path, json=to_body(product))
    answer.raise_for_status()
    try:
        return Listing(ref=msgspec.json.decode(answer.content, type=Row).ref)
    except msgspec.DecodeError as error:
        raise UnknownOutcome("the corner shop's answer cannot be read") from error


def to_body(product: Product) -> dict[str, object]:
    body = {"sku": product.sku, "name": product.name, "level": product.quantity, "description": product.description}
    body |= {"pictures": product.image_urls, "category": product.category_ref, "barcode": product.barcode}
    body |= {"price": int(product.price.amount)} if product.price else {}
    return {name: value for name, value in body.items() if value}


@hookimpl
def find_listing(account: Account[CornerSettings], product: Product) -> Listing | Absent:
    found = read(send(account, "GET", "/items", params={"sku": product.sku}), Rows).rows
    return Listing(ref=found[0].ref) if found else Absent(key=product.key)


@hookimpl
def push_stock(account: Account[CornerSettings], targets: Sequence[StockTarget]) -> Iterator[StockOutcome]:
    for target in targets:
        yield tell(account, target, {"level": target.quantity})


def tell(account: Account[CornerSettings], target: StockTarget, body: dict[str, int | None]) -> StockOutcome:
    response = send(account, "PUT", f"/items/{target.listing_ref}/stock", json=body)
    if response.status_code == httpx.codes.NOT_FOUND:
        return StockOutcome(listing_ref=target.listing_ref, status=StockStatus.REFUSED, reason="no such item")
    if response.status_code == httpx.codes.CONFLICT:
        shown = msgspec.json.decode(response.content, type=Level).level
        return StockOutcome(listing_ref=target.listing_ref, status=StockStatus.STALE, actual=shown)
    shown = read(response, Level).level
    return StockOutcome(listing_ref=target.listing_ref, status=StockStatus.CONFIRMED, actual=shown)


@hookimpl
def sync_stock(account: Account[CornerSettings], cursor: str) -> Iterator[Page[StockReading]]:
    for found, after in rows(account, "/items", cursor):
        yield Page(
            records=tuple(StockReading(place_ref="", listing_ref=row.ref, good=row.level) for row in found),
            cursor=after,
        )


@hookimpl
def import_orders(account: Account[CornerSettings], cursor: str) -> Iterator[Page[Order]]:
    for found, after in rows(account, "/orders", cursor):
        yield Page(records=tuple(map(to_order, found)), cursor=after)


@hookimpl
def read_orders(account: Account[CornerSettings], refs: Sequence[str]) -> Iterator[Order | Absent]:
    for ref in refs:
        response = send(account, "GET", f"/orders/{ref}")
        missing = response.status_code == httpx.codes.NOT_FOUND
        yield Absent(key=ref) if missing else to_order(read(response, Row))


def to_order(row: Row) -> Order:
    if row.at is None:
        raise Temporary("the corner shop gave an order without a time")
    line = OrderLine(ref="1", listing_ref="", sku=row.sku, name=row.sku, quantity=row.quantity)
    return Order(
        ref=row.ref,
        number=row.ref,
        state=OrderState.READY,
        raw_state="ready",
        placed_at=row.at,
        updated_at=row.at,
        lines=(line,),
    )


@hookimpl
def create_label(account: Account[CornerSettings], shipment: Shipment, resume: str) -> Label:
    return Label(content=f"%PDF-1.4 {shipment.key}".encode(), media_type="application/pdf")


@hookimpl
def push_inbound(account: Account[CornerSettings], inbound: Inbound) -> Receipt:
    return announced(account, "inbound", inbound.key, {line.sku: line.quantity for line in inbound.lines})


@hookimpl
def push_outbound(account: Account[CornerSettings], outbound: Outbound) -> Receipt:
    lines = {line.sku: line.quantity for parcel in outbound.parcels for line in parcel.lines}
    return announced(account, "outbound", outbound.key, lines)


def announced(account: Account[CornerSettings], kind: str, key: str, lines: dict[str, int]) -> Receipt:
    answer = send(account, "PUT", f"/documents/{kind}/{key}", json=lines)
    if answer.status_code == httpx.codes.CONFLICT:
        raise Rejected(f"the corner shop knows {key} for something else")
    answer.raise_for_status()
    try:
        return Receipt(ref=msgspec.json.decode(answer.content, type=Paperwork).ref)
    except msgspec.DecodeError as error:
        raise UnknownOutcome("the corner shop's answer cannot be read") from error


@hookimpl
def cancel_outbound(account: Account[CornerSettings], task: TaskRef, reason: str) -> Cancellation:
    send(account, "POST", f"/documents/outbound/{task.key}/cancel").raise_for_status()
    return Cancellation(outcome=CancelOutcome.CANCELLED)


@hookimpl
def read_tasks(account: Account[CornerSettings], tasks: Sequence[TaskRef]) -> Iterator[TaskState | Absent]:
    for task in tasks:
        answer = send(account, "GET", f"/documents/{task.kind}/{task.key}")
        missing = answer.status_code == httpx.codes.NOT_FOUND
        yield Absent(key=task.key) if missing else to_state(task.key, read(answer, Paperwork))


def to_state(key: str, paper: Paperwork) -> TaskState:
    lines = (TaskLine(sku=sku, planned=units, good=paper.done) for sku, units in paper.lines.items())
    state = DocumentState.INVALID if paper.state == "cancelled" else DocumentState.PENDING
    return TaskState(key=key, ref=paper.ref, state=state, progress=paper.state, lines=tuple(lines))


@hookimpl
def parse_webhook(account: Account[CornerSettings], request: WebhookRequest) -> Delivery:
    return believe(request, account.settings.client_secret, request.body)


def believe(request: WebhookRequest, secret: str, signed: bytes, *, fresh: timedelta = FRESH) -> Delivery:
    at = request.headers.get("x-at", "")
    expected = hmac.new(secret.encode(), at.encode() + b"\n" + signed, hashlib.sha256).hexdigest()
    if not hmac.compare_digest(expected, request.headers.get("x-signature", "")):
        raise BadSignature("the signature does not match the body")
    if abs(request.received_at - datetime.fromisoformat(at)) > fresh:
        raise BadSignature("it was signed too long ago", code="stale")
    hint = Hint(kind=HintKind.ORDER, ref=msgspec.json.decode(request.body)["order"])
    return Delivery(key=expected, hints=(hint,))

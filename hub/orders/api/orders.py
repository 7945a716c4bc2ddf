"""Routes of orders: seen, made by hand, edited, cancelled, imported."""

from __future__ import annotations

from typing import Annotated

from hub_hookspecs import OrderState
from litestar import Response, get, patch, post
from litestar.di import NamedDependency
from litestar.params import JSONBody, PathParameter, QueryParameter

from hub.channels.service.wiring import Channels
from hub.kernel.api.etags import etag_of, require_match
from hub.kernel.api.job_routes import JobView, left
from hub.kernel.api.policy import Access, allow
from hub.kernel.api.requests import ApiRequest
from hub.kernel.api.texts import Cursor, Id, Limit, Words
from hub.kernel.db import Database, Transaction
from hub.kernel.paging import Page, after_id, page
from hub.kernel.sealing import KeyRing
from hub.orders.rules.flags import Code
from hub.orders.schemas import Acknowledgement, NewOrder, OrderChange, OrderSummary, ShownOrder, shown, summary
from hub.orders.service import acknowledging, editing, importing, manual
from hub.orders.store import flags, pages
from hub.orders.store.orders import Stored
from hub.orders.store.pages import Wanted

M = "/merchants/{merchant_id:str}"
InState = Annotated[OrderState | None, QueryParameter(name="state", description="Only orders in this state.")]
OfCode = Annotated[Code, PathParameter(description="The flag, by its code.")]
Flagged = Annotated[Code | None, QueryParameter(description="Only orders that wait for this.")]


@get(f"{M}/orders", opt=allow(Access.READ), operation_id="list_orders", sync_to_thread=True)
def list_orders(
    request: ApiRequest,
    database: NamedDependency[Database],
    merchant_id: Id,
    in_state: InState = None,
    flag: Flagged = None,
    account_id: Words = None,
    q: Words = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[OrderSummary]:
    """List the merchant's orders, the newest first; `q` searches the start of their number."""
    wanted = Wanted(state=in_state, flag=flag, account_id=account_id, q=q)
    with database.reading() as db:
        rows = pages.page(db, merchant_id, wanted, limit=limit, before=after_id(cursor))
        waits = flags.of_orders(db, [row.id for row in rows])
    return page(
        request.url, rows, limit=limit, key=lambda row: (row.id,), view=lambda row: summary(row, waits.get(row.id, ()))
    )


@post(f"{M}/orders", opt=allow(Access.WRITE), operation_id="create_order", sync_to_thread=True)
def create_order(
    request: ApiRequest,
    channels: NamedDependency[Channels],
    merchant_id: Id,
    data: JSONBody[NewOrder],
) -> Response[ShownOrder]:
    """Make an order at a point of sale; its stock falls now. Refused whole where there is not enough."""
    wanted = data.given()
    with channels.database.writing() as db:
        made = manual.create(db, channels, merchant_id, data.account_id, wanted, actor=request.actor)
        order = made.stored.order
        waits = flags.anew(order.id, made.flags, since=order.changed_at)
        headers = {"Location": f"/v1/merchants/{merchant_id}/orders/{order.id}", "ETag": etag(made.stored)}
        return request.answer(db, shown(channels.ring, made.stored, waits), headers=headers)


@get(f"{M}/orders/{{order_id:str}}", opt=allow(Access.READ), operation_id="get_order", sync_to_thread=True)
def get_order(
    database: NamedDependency[Database], ring: NamedDependency[KeyRing], merchant_id: Id, order_id: Id
) -> Response[ShownOrder]:
    """Show an order with its lines, its buyer, and why it waits."""
    with database.reading() as db:
        found = manual.find(db, merchant_id, order_id)
        return Response(view(db, ring, found), headers={"ETag": etag(found)})


@patch(
    f"{M}/orders/{{order_id:str}}",
    opt=allow(Access.WRITE, matches=True),
    operation_id="change_order",
    sync_to_thread=True,
)
def change_order(
    request: ApiRequest,
    database: NamedDependency[Database],
    channels: NamedDependency[Channels],
    merchant_id: Id,
    order_id: Id,
    data: JSONBody[OrderChange],
) -> Response[ShownOrder]:
    """Change a manual order that has not left; stock moves by just the difference, or the change is refused whole."""
    wanted = data.given()
    with database.writing() as db:
        before = manual.find(db, merchant_id, order_id, for_change=True)
        require_match(request, version_of(before))
        now = editing.edit(db, channels, before, wanted, actor=request.actor).stored
        return Response(view(db, channels.ring, now), headers={"ETag": etag(now)})


@post(
    f"{M}/orders/{{order_id:str}}/cancel",
    opt=allow(Access.WRITE, matches=True),
    operation_id="cancel_order",
    status_code=200,
    sync_to_thread=True,
)
def cancel_order(
    request: ApiRequest,
    database: NamedDependency[Database],
    channels: NamedDependency[Channels],
    merchant_id: Id,
    order_id: Id,
) -> Response[ShownOrder]:
    """Cancel a manual order, or one of an account that is closed; what it held is free again. Twice is once."""
    with database.writing() as db:
        before = manual.find(db, merchant_id, order_id, for_change=True)
        require_match(request, version_of(before))
        now = manual.cancel(db, channels, before, actor=request.actor).stored
        return request.answer(db, view(db, channels.ring, now), status=200, headers={"ETag": etag(now)})


@post(
    f"{M}/orders/{{order_id:str}}/flags/{{code:str}}/acknowledge",
    opt=allow(Access.WRITE, matches=True),
    operation_id="acknowledge_flag",
    status_code=200,
    sync_to_thread=True,
)
def acknowledge_flag(
    request: ApiRequest,
    database: NamedDependency[Database],
    ring: NamedDependency[KeyRing],
    merchant_id: Id,
    order_id: Id,
    code: OfCode,
    data: JSONBody[Acknowledgement],
) -> Response[ShownOrder]:
    """Say that a flag was seen to whose cause stays, such as a return; another unit of it flags the order anew."""
    with database.writing() as db:
        before = manual.find(db, merchant_id, order_id, for_change=True)
        require_match(request, version_of(before))
        now = acknowledging.acknowledge(db, before, code, data.why, actor=request.actor)
        return request.answer(db, view(db, ring, now), status=200, headers={"ETag": etag(now)})


@post(
    f"{M}/accounts/{{account_id:str}}/orders/import",
    opt=allow(Access.WRITE),
    operation_id="import_orders",
    status_code=202,
    sync_to_thread=True,
)
def import_orders(
    request: ApiRequest,
    database: NamedDependency[Database],
    channels: NamedDependency[Channels],
    merchant_id: Id,
    account_id: Id,
) -> Response[JobView]:
    """Import an account's orders now, from where its feed was left; the answer names the job.

    Its progress counts the orders that were new, changed and unchanged, and those `refused`: by the channel, which
    would not tell of them by their refs, or by the hub, which cannot keep them as they are told; `refusals` names the
    first twenty of these, each with the reason.
    """
    with database.writing() as db:
        ticket = importing.start(channels, db, merchant_id, account_id, actor=request.actor)
        job, where = left(db, merchant_id, ticket)
        return request.answer(db, job, status=202, headers=where)


def view(db: Transaction, ring: KeyRing, stored: Stored) -> ShownOrder:
    """An order as it is shown, with why it waits."""
    return shown(ring, stored, flags.of_orders(db, [stored.order.id]).get(stored.order.id, ()))


def version_of(stored: Stored) -> tuple[str, int]:
    """What If-Match is held against."""
    return stored.order.id, stored.order.version


def etag(stored: Stored) -> str:
    return etag_of(version_of(stored))


ROUTES = [list_orders, create_order, get_order, change_order, cancel_order, acknowledge_flag, import_orders]

"""Routes of inbounds: goods announced to 3PLs, how far they are, pushed again, looked at and taken back."""

from __future__ import annotations

from typing import Annotated

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import JSONBody, QueryParameter

from hub.channels.service.wiring import Channels
from hub.fulfilment.rules.documents import PushStatus, State
from hub.fulfilment.schemas.inbounds import InboundSummary, InboundView, NewInbound, WhyTakenBack, shown, summary
from hub.fulfilment.service import announcing
from hub.fulfilment.store import discrepancies, inbounds
from hub.fulfilment.store.documents import Filter
from hub.fulfilment.store.inbounds import InboundRow
from hub.kernel.api.job_routes import JobView, left
from hub.kernel.api.policy import Access, allow
from hub.kernel.api.requests import ApiRequest
from hub.kernel.api.texts import Cursor, Id, Limit, Words
from hub.kernel.db import Database, Transaction
from hub.kernel.paging import Page, after_id, page

M = "/merchants/{merchant_id:str}"
ONE = f"{M}/inbounds/{{inbound_id:str}}"
OfPush = Annotated[PushStatus | None, QueryParameter(description="Only those that the warehouse has, or not, so.")]
OfState = Annotated[State | None, QueryParameter(name="state", description="Only those that are so far.")]


@post(f"{M}/inbounds", opt=allow(Access.WRITE), operation_id="create_inbound", sync_to_thread=True)
def create_inbound(
    request: ApiRequest,
    database: NamedDependency[Database],
    channels: NamedDependency[Channels],
    merchant_id: Id,
    data: JSONBody[NewInbound],
) -> Response[InboundView]:
    """Announce goods to a warehouse of a 3PL, one line or many; it is told of them by a job.

    Only products that were pushed to that warehouse can be announced. Every line that cannot be is named with its
    cure, and then nothing is issued.
    """
    with database.writing() as db:
        made = announcing.announce(db, channels, merchant_id, data.given(), actor=request.actor)
        return request.answer(db, _view(db, made))


@get(f"{M}/inbounds", opt=allow(Access.READ), operation_id="list_inbounds", sync_to_thread=True)
def list_inbounds(
    request: ApiRequest,
    database: NamedDependency[Database],
    merchant_id: Id,
    push_status: OfPush = None,
    of_state: OfState = None,
    warehouse_id: Words = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[InboundSummary]:
    """List what was announced to 3PLs, the newest first: whether each has it, and how far it is."""
    wanted = Filter(push_status=push_status, state=of_state, warehouse_id=warehouse_id)
    with database.reading() as db:
        rows = inbounds.page(db, merchant_id, wanted, limit=limit, before=after_id(cursor))
    return page(request.url, rows, limit=limit, key=lambda row: (row.id,), view=summary)


@get(ONE, opt=allow(Access.READ), operation_id="get_inbound", sync_to_thread=True)
def get_inbound(database: NamedDependency[Database], merchant_id: Id, inbound_id: Id) -> InboundView:
    """Show an inbound with its lines, what came of each, and how that differs from what was planned."""
    with database.reading() as db:
        return _view(db, announcing.find(db, merchant_id, inbound_id))


@post(
    f"{ONE}/push", opt=allow(Access.WRITE), operation_id="push_inbound", status_code=200, sync_to_thread=True
)  # fmt: skip
def push_inbound(
    request: ApiRequest, database: NamedDependency[Database], merchant_id: Id, inbound_id: Id
) -> Response[InboundView]:
    """Push an inbound again that was not taken, by the same code; the warehouse is told by a job."""
    with database.writing() as db:
        one = announcing.find(db, merchant_id, inbound_id, for_change=True)
        now = announcing.push_again(db, one, actor=request.actor)
        return request.answer(db, _view(db, now), status=200)


@post(
    f"{ONE}/refresh", opt=allow(Access.WRITE), operation_id="refresh_inbound", status_code=202, sync_to_thread=True
)  # fmt: skip
def refresh_inbound(
    request: ApiRequest, database: NamedDependency[Database], merchant_id: Id, inbound_id: Id
) -> Response[JobView]:
    """Have the warehouse asked by a job what came of an inbound; the hub does so by itself, ever more seldom."""
    with database.writing() as db:
        ticket = announcing.refresh(db, announcing.find(db, merchant_id, inbound_id, for_change=True))
        job, headers = left(db, merchant_id, ticket)
        return request.answer(db, job, status=202, headers=headers)


@post(
    f"{ONE}/cancellation", opt=allow(Access.WRITE), operation_id="cancel_inbound", status_code=200, sync_to_thread=True
)  # fmt: skip
def cancel_inbound(
    request: ApiRequest,
    database: NamedDependency[Database],
    merchant_id: Id,
    inbound_id: Id,
    data: JSONBody[WhyTakenBack],
) -> Response[InboundView]:
    """Take back an inbound that the warehouse has not.

    One that it has is refused: no 3PL can be asked to cancel an inbound. It is called; what comes of it is seen here.
    """
    with database.writing() as db:
        one = announcing.find(db, merchant_id, inbound_id, for_change=True)
        now = announcing.cancel(db, one, reason=data.reason, actor=request.actor)
        return request.answer(db, _view(db, now), status=200)


def _view(db: Transaction, one: InboundRow) -> InboundView:
    return shown(one, inbounds.lines(db, one.id), discrepancies.of_inbound(db, one.id))


ROUTES = [create_inbound, list_inbounds, get_inbound, push_inbound, refresh_inbound, cancel_inbound]

"""Routes of outbounds: what 3PLs are asked to send, how far they are, pushed again, looked at and stopped."""

from __future__ import annotations

from typing import Annotated

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.openapi import ResponseSpec
from litestar.params import JSONBody, PathParameter, QueryParameter

from hub.channels.service.wiring import Channels
from hub.fulfilment.rules.documents import PushStatus, State
from hub.fulfilment.schemas.outbounds import (
    OutboundSummary,
    OutboundView,
    Stopping,
    WhyStopped,
    shown,
    stopping,
    summary,
)
from hub.fulfilment.service import cancelling, label_links, labelling, repushing
from hub.fulfilment.service.pushing import locked
from hub.fulfilment.store import outbounds, parcels
from hub.fulfilment.store.outbounds import Filter, OutboundRow
from hub.kernel.api.etags import etag_of, require_match
from hub.kernel.api.job_routes import JobView, left
from hub.kernel.api.policy import Access, allow, open_to_all
from hub.kernel.api.requests import ApiRequest
from hub.kernel.api.texts import Cursor, Id, Limit, Words
from hub.kernel.db import Database, Transaction
from hub.kernel.files import File
from hub.kernel.paging import Page, after_id, page
from hub.kernel.sealing import KeyRing
from hub.orders.service import manual
from hub.stock.service.pushing import moment

M = "/merchants/{merchant_id:str}"
ONE = f"{M}/outbounds/{{outbound_id:str}}"
PDF = "application/pdf"
OfPush = Annotated[PushStatus | None, QueryParameter(description="Only those that the warehouse has, or not, so.")]
OfState = Annotated[State | None, QueryParameter(name="state", description="Only those that are so far.")]
Token = Annotated[str, PathParameter(max_length=label_links.LONGEST)]


@get(f"{M}/outbounds", opt=allow(Access.READ), operation_id="list_outbounds", sync_to_thread=True)
def list_outbounds(
    request: ApiRequest,
    database: NamedDependency[Database],
    merchant_id: Id,
    push_status: OfPush = None,
    of_state: OfState = None,
    warehouse_id: Words = None,
    order_id: Words = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[OutboundSummary]:
    """List what 3PLs are, or were, to send, the newest first: whether each has it, and how far it is."""
    wanted = Filter(push_status=push_status, state=of_state, warehouse_id=warehouse_id, order_id=order_id)
    with database.reading() as db:
        rows = outbounds.page(db, merchant_id, wanted, limit=limit, before=after_id(cursor))
    return page(request.url, rows, limit=limit, key=lambda row: (row.id,), view=summary)


@get(ONE, opt=allow(Access.READ), operation_id="get_outbound", sync_to_thread=True)
def get_outbound(database: NamedDependency[Database], merchant_id: Id, outbound_id: Id) -> OutboundView:
    """Show an outbound with its lines, what it waits for and how far it is."""
    with database.reading() as db:
        return _view(db, repushing.found(db, merchant_id, outbound_id))


@post(
    f"{ONE}/push", opt=allow(Access.WRITE), operation_id="push_outbound", status_code=200, sync_to_thread=True
)  # fmt: skip
def push_outbound(
    request: ApiRequest,
    database: NamedDependency[Database],
    channels: NamedDependency[Channels],
    merchant_id: Id,
    outbound_id: Id,
) -> Response[OutboundView]:
    """Push an outbound again that was not taken, or was stopped; it is pushed by a job once nothing stands against it.

    Shows the outbound that is pushed now: after a stop it is another one, by another code.
    """
    with database.writing() as db:
        one = repushing.found(db, merchant_id, outbound_id)
        now = repushing.push_again(db, channels, one, actor=request.actor)
        return request.answer(db, _view(db, now), status=200)


@post(
    f"{ONE}/refresh", opt=allow(Access.WRITE), operation_id="refresh_outbound", status_code=202, sync_to_thread=True
)  # fmt: skip
def refresh_outbound(
    request: ApiRequest, database: NamedDependency[Database], merchant_id: Id, outbound_id: Id
) -> Response[JobView]:
    """Have the warehouse asked by a job how far an outbound is; the hub does so by itself, ever more seldom."""
    with database.writing() as db:
        ticket = repushing.refresh(db, repushing.found(db, merchant_id, outbound_id))
        job, headers = left(db, merchant_id, ticket)
        return request.answer(db, job, status=202, headers=headers)


@get(f"{ONE}/cancellation", opt=allow(Access.READ), operation_id="get_outbound_cancellation", sync_to_thread=True)
def get_outbound_cancellation(
    database: NamedDependency[Database], channels: NamedDependency[Channels], merchant_id: Id, outbound_id: Id
) -> Response[Stopping]:
    """Say what stopping an outbound would come to now, and whom to call where it is too late; nothing is done.

    Sent back as If-Match its ETag holds whoever agrees to what they have seen.
    """
    with database.reading() as db:
        one = repushing.found(db, merchant_id, outbound_id)
        found = stopping(cancelling.verdict_on(db, channels, one))
    return Response(found, headers={"ETag": etag_of(found)})


@post(
    f"{ONE}/cancellation", opt=allow(Access.WRITE, matches=True), operation_id="cancel_outbound", status_code=200,
    sync_to_thread=True,
)  # fmt: skip
def cancel_outbound(
    request: ApiRequest,
    database: NamedDependency[Database],
    channels: NamedDependency[Channels],
    merchant_id: Id,
    outbound_id: Id,
    data: JSONBody[WhyStopped],
) -> Response[OutboundView]:
    """Stop an outbound: at once where the warehouse has nothing of it, else the warehouse is asked by a job.

    What it holds stays promised to its order, until that is cancelled, sent from elsewhere or pushed again.
    """
    with database.writing() as db:
        _, one = locked(db, repushing.found(db, merchant_id, outbound_id))
        require_match(request, stopping(cancelling.verdict_on(db, channels, one)))
        now = cancelling.stop(db, channels, one, why=data.reason, actor=request.actor)
        return request.answer(db, _view(db, now), status=200)


@get(
    f"{ONE}/label",
    opt=allow(Access.READ),
    operation_id="print_outbound_label",
    responses={200: ResponseSpec(bytes, media_type=PDF, generate_examples=False, description="The label.")},
    sync_to_thread=True,
)
def print_outbound_label(
    database: NamedDependency[Database], ring: NamedDependency[KeyRing], merchant_id: Id, outbound_id: Id
) -> Response[bytes]:
    """Print the label of an outbound's parcel, the same bytes each time."""
    with database.reading() as db:
        one = repushing.found(db, merchant_id, outbound_id)
        stored = manual.find(db, merchant_id, one.order_id)
        return _file(labelling.print_again(db, ring, stored, parcels.expect(db, one.parcel_id)))


@get(
    "/labels/{token:str}",
    opt=open_to_all(),
    operation_id="download_label",
    responses={200: ResponseSpec(bytes, media_type=PDF, generate_examples=False, description="The label.")},
    sync_to_thread=True,
)
def download_label(
    database: NamedDependency[Database], ring: NamedDependency[KeyRing], token: Token
) -> Response[bytes]:
    """Give a 3PL the label that it was told the address of: just that file, for 30 days."""
    with database.reading() as db:
        return _file(label_links.file_of(db, ring, token, at=moment(db)))


def _view(db: Transaction, one: OutboundRow) -> OutboundView:
    return shown(one, outbounds.lines(db, [one.id])[one.id])


def _file(found: File) -> Response[bytes]:
    headers = {"Content-Disposition": f'attachment; filename="{found.name}"', "Cache-Control": "private, no-store"}
    return Response(found.content, media_type=found.media_type, headers=headers)


ROUTES = [
    list_outbounds, get_outbound, push_outbound, refresh_outbound, get_outbound_cancellation, cancel_outbound,
    print_outbound_label,
]  # fmt: skip
OPEN_ROUTES = [download_label]

"""Routes of parcels: orders leave the own shelf, and their labels are made and printed again."""

from __future__ import annotations

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.openapi import ResponseSpec
from litestar.params import JSONBody

from hub.channels.service.wiring import Channels
from hub.fulfilment.schemas.parcels import LabelView, ParcelList, Sending, shown_label, shown_parcel
from hub.fulfilment.service import labelling, parcels, shipping
from hub.kernel.api.etags import require_match
from hub.kernel.api.policy import Access, allow
from hub.kernel.api.requests import ApiRequest
from hub.kernel.api.texts import Id
from hub.kernel.db import Database
from hub.kernel.sealing import KeyRing
from hub.orders.api.orders import etag, version_of, view
from hub.orders.schemas import ShownOrder
from hub.orders.service import manual

ONE = "/merchants/{merchant_id:str}/orders/{order_id:str}"
PDF = "application/pdf"


@post(
    f"{ONE}/ship",
    opt=allow(Access.WRITE, matches=True),
    operation_id="ship_order",
    status_code=200,
    sync_to_thread=True,
)
def ship_order(
    request: ApiRequest,
    database: NamedDependency[Database],
    channels: NamedDependency[Channels],
    merchant_id: Id,
    order_id: Id,
    data: JSONBody[Sending],
) -> Response[ShownOrder]:
    """Let an order leave the own shelf with what it reserved, once; a channel that wants to know is told by a job.

    Called again it adds who carries the parcel, and has a channel that refused told again.
    """
    with database.writing() as db:
        before = manual.find(db, merchant_id, order_id, for_change=True)
        require_match(request, version_of(before))
        now = shipping.ship(db, channels, before, courier=data.courier, awb=data.awb, actor=request.actor)
        return request.answer(db, view(db, channels.ring, now), status=200, headers={"ETag": etag(now)})


@get(f"{ONE}/parcels", opt=allow(Access.READ), operation_id="list_parcels", sync_to_thread=True)
def list_parcels(database: NamedDependency[Database], merchant_id: Id, order_id: Id) -> ParcelList:
    """Show the parcels of an order: what is in each, who carries it, and whether its channel knows that it left."""
    with database.reading() as db:
        stored = manual.find(db, merchant_id, order_id)
        return ParcelList(items=[shown_parcel(one) for one in parcels.packed(db, stored)])


@post(
    f"{ONE}/label",
    opt=allow(Access.WRITE),
    operation_id="create_label",
    status_code=202,
    responses={200: ResponseSpec(LabelView, generate_examples=False, description="It is there.")},
    sync_to_thread=True,
)
def create_label(
    request: ApiRequest,
    database: NamedDependency[Database],
    channels: NamedDependency[Channels],
    merchant_id: Id,
    order_id: Id,
) -> Response[LabelView]:
    """Have the order's label made (202, by a job), unless it is there (200). An order that changed needs a new one."""
    with database.writing() as db:
        stored = manual.find(db, merchant_id, order_id, for_change=True)
        label, ticket = labelling.ask(db, channels, stored, actor=request.actor)
        db.flush()  # writes the job, whose id the answer tells
        shown = shown_label(label, order_id=order_id, job_id=ticket.job_id if ticket else None)
        return request.answer(db, shown, status=202 if ticket else 200, headers={"Location": shown.url})


@get(
    f"{ONE}/label",
    opt=allow(Access.READ),
    operation_id="print_label",
    responses={200: ResponseSpec(bytes, media_type=PDF, generate_examples=False, description="The label.")},
    sync_to_thread=True,
)
def print_label(
    database: NamedDependency[Database], ring: NamedDependency[KeyRing], merchant_id: Id, order_id: Id
) -> Response[bytes]:
    """Print the order's label, the same bytes each time."""
    with database.reading() as db:
        found = labelling.print_again(db, ring, manual.find(db, merchant_id, order_id))
    headers = {"Content-Disposition": f'attachment; filename="{found.name}"', "Cache-Control": "private, no-store"}
    return Response(found.content, media_type=found.media_type, headers=headers)


ROUTES = [ship_order, list_parcels, create_label, print_label]

"""Routes that merge products and take steps back."""

from __future__ import annotations

from litestar import Response, post
from litestar.di import NamedDependency
from litestar.openapi import ResponseSpec
from litestar.params import JSONBody

from hub.kernel import events
from hub.kernel.api.job_routes import JobView, left
from hub.kernel.api.policy import Access, allow
from hub.kernel.api.requests import ApiRequest
from hub.kernel.api.texts import Id
from hub.kernel.db import Database, Transaction
from hub.kernel.errors import NotFound
from hub.kernel.events import Event
from hub.linking.schemas import Merge
from hub.linking.service import merging, undoing

M = "/merchants/{merchant_id:str}"


@post(f"{M}/products/{{product_id:str}}/merge", opt=allow(Access.WRITE), operation_id="merge_product",
      status_code=200, sync_to_thread=True)  # fmt: skip
def merge_product(
    request: ApiRequest, database: NamedDependency[Database], merchant_id: Id, product_id: Id, data: JSONBody[Merge]
) -> Response[Event]:
    """Put all listings of a product on another one; the emptied one leaves the catalogue. Gives the event to undo."""
    with database.writing() as db:
        event_id = merging.merge(db, merchant_id, product_id, data.into, actor=request.actor)
        return request.answer(db, event_of(db, merchant_id, event_id), status=200)


@post(
    f"{M}/events/{{event_id:str}}/undo",
    opt=allow(Access.WRITE),
    operation_id="undo_event",
    status_code=200,
    responses={202: ResponseSpec(JobView, generate_examples=False)},
    sync_to_thread=True,
)
def undo_event(
    request: ApiRequest, database: NamedDependency[Database], merchant_id: Id, event_id: Id
) -> Response[Event] | Response[JobView]:
    """Take a step of linking back: gives the event of the undoing (200), or the job that undoes a bulk step (202)."""
    with database.writing() as db:
        undone = undoing.undo(db, merchant_id, event_id, actor=request.actor)
        if isinstance(undone, str):
            return request.answer(db, event_of(db, merchant_id, undone), status=200)
        job, where = left(db, merchant_id, undone)
        return request.answer(db, job, status=202, headers=where)


def event_of(db: Transaction, merchant_id: str, event_id: str) -> Event:
    event = events.find(db, merchant_id, event_id)
    if event is None:
        raise NotFound("event")
    return event


ROUTES = [merge_product, undo_event]

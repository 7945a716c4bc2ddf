"""Routes of the audit trail."""

from __future__ import annotations

from litestar import Router, get
from litestar.di import NamedDependency

from hub.kernel import events
from hub.kernel.api.policy import Access, allow
from hub.kernel.api.requests import ApiRequest
from hub.kernel.api.texts import Cursor, Id, Limit, Words
from hub.kernel.db import Database
from hub.kernel.events import Event
from hub.kernel.paging import Page, after_id, page


@get("/events", opt=allow(Access.READ), operation_id="list_events", sync_to_thread=True)
def list_events(
    request: ApiRequest,
    database: NamedDependency[Database],
    merchant_id: Id,
    kind: Words = None,
    subject_kind: Words = None,
    subject_id: Words = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[Event]:
    """List what happened for a merchant, by whom, before and after; the newest first."""
    before_id = after_id(cursor)
    with database.reading() as db:
        rows = events.listing(
            db, merchant_id, limit=limit + 1, before_id=before_id, kind=kind, subject=(subject_kind, subject_id)
        )
    return page(request.url, rows, limit=limit, key=lambda row: (row.id,), view=lambda row: row)


router = Router("/v1/merchants/{merchant_id:str}", route_handlers=[list_events], tags=["events"])

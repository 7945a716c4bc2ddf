"""Routes of notices: look through them, and take one out of what is unread."""

from __future__ import annotations

from typing import Annotated

from litestar import Response, Router, get, post
from litestar.di import NamedDependency
from litestar.params import QueryParameter

from hub.kernel.api.policy import Access, allow
from hub.kernel.api.requests import ApiRequest
from hub.kernel.api.texts import Cursor, Id, Limit
from hub.kernel.db import Database
from hub.kernel.paging import Page, after_id, page
from hub.notices import service, store
from hub.notices.rules import Level
from hub.notices.store import Notice

Unread = Annotated[bool, QueryParameter(description="Only those that nobody has read.")]

OfLevel = Annotated[Level | None, QueryParameter(description="Only those that matter so much.")]


@get("/notices", opt=allow(Access.READ), operation_id="list_notices", sync_to_thread=True)
def list_notices(
    request: ApiRequest,
    database: NamedDependency[Database],
    merchant_id: Id,
    unread: Unread = False,
    level: OfLevel = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[Notice]:
    """List what a merchant's people should know, the newest first."""
    before = after_id(cursor)
    with database.reading() as db:
        rows = store.listing(db, merchant_id, limit=limit + 1, before=before, unread=unread, level=level)
    return page(request.url, rows, limit=limit, key=lambda row: (row.id,), view=lambda row: row)


@get("/notices/{notice_id:str}", opt=allow(Access.READ), operation_id="get_notice", sync_to_thread=True)
def get_notice(database: NamedDependency[Database], merchant_id: Id, notice_id: Id) -> Notice:
    """Show a notice."""
    with database.reading() as db:
        return service.notice(db, merchant_id, notice_id)


@post(
    "/notices/{notice_id:str}/read",
    opt=allow(Access.WRITE),
    operation_id="read_notice",
    status_code=200,
    sync_to_thread=True,
)
def read_notice(
    request: ApiRequest, database: NamedDependency[Database], merchant_id: Id, notice_id: Id
) -> Response[Notice]:
    """Take a notice out of what is unread."""
    with database.writing() as db:
        found = service.read(db, merchant_id, notice_id, actor=request.actor)
        return request.answer(db, found, status=200)


router = Router(
    "/v1/merchants/{merchant_id:str}", route_handlers=[list_notices, get_notice, read_notice], tags=["notices"]
)

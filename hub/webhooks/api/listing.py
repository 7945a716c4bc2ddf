"""Routes by which people look at what channels sent, and at what was refused."""

from __future__ import annotations

from typing import Annotated

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import QueryParameter

from hub.kernel.api.policy import Access, allow
from hub.kernel.api.requests import ApiRequest
from hub.kernel.api.texts import Cursor, Id, Limit, Words
from hub.kernel.db import Database
from hub.kernel.paging import Page, after_id, page
from hub.kernel.sealing import KeyRing
from hub.webhooks.rules import Outcome
from hub.webhooks.service import messages
from hub.webhooks.service.messages import ShownMessage
from hub.webhooks.store import deliveries, refusals
from hub.webhooks.store.deliveries import Webhook
from hub.webhooks.store.refusals import Refused

OfOutcome = Annotated[Outcome | None, QueryParameter(description="Only those that this became of.")]


@get("/webhooks", opt=allow(Access.READ), operation_id="list_webhooks", sync_to_thread=True)
def list_webhooks(
    request: ApiRequest,
    database: NamedDependency[Database],
    merchant_id: Id,
    account_id: Words = None,
    outcome: OfOutcome = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[Webhook]:
    """List what a merchant's channels hinted at in the last thirty days and what became of it, the newest first."""
    before = after_id(cursor)
    with database.reading() as db:
        rows = deliveries.listing(
            db, merchant_id, limit=limit + 1, before=before, account_id=account_id, outcome=outcome
        )
    return page(request.url, rows, limit=limit, key=lambda row: (row.id,), view=lambda row: row)


@get("/webhooks/refused", opt=allow(Access.READ), operation_id="list_refused_webhooks", sync_to_thread=True)
def list_refused_webhooks(
    request: ApiRequest,
    database: NamedDependency[Database],
    merchant_id: Id,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[Refused]:
    """List how many deliveries were refused at the addresses of a merchant's accounts, by day and reason."""
    before = after_id(cursor)
    with database.reading() as db:
        rows = refusals.listing(db, merchant_id, limit=limit + 1, before=before)
    return page(request.url, rows, limit=limit, key=lambda row: (row.id,), view=lambda row: row)


@get(
    "/webhooks/{webhook_id:str}/message",
    opt=allow(Access.ADMIN),
    operation_id="show_webhook_message",
    sync_to_thread=True,
)
def show_webhook_message(
    request: ApiRequest,
    database: NamedDependency[Database],
    ring: NamedDependency[KeyRing],
    merchant_id: Id,
    webhook_id: Id,
) -> Response[ShownMessage]:
    """Show what a channel sent, as it came, buyers and all; who looks at it stands in the audit trail."""
    with database.writing() as db:
        found = messages.show(db, ring, merchant_id, webhook_id, actor=request.actor)
    return Response(found, headers={"Cache-Control": "private, no-store"})


ROUTES = [list_webhooks, list_refused_webhooks, show_webhook_message]

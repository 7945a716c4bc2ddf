"""Routes of stock syncs: a 3PL's warehouse says what lies there, by hand or every night, and people see what came."""

from __future__ import annotations

from typing import Annotated

from litestar import Response, get, post, put
from litestar.di import NamedDependency
from litestar.params import JSONBody, QueryParameter

from hub.channels.service import warehouses
from hub.fulfilment.rules.syncs import Outcome
from hub.fulfilment.schemas.syncs import DeclineSync, SwitchDaily, SyncLineView, SyncView, line_view, sync_view
from hub.fulfilment.service import syncs
from hub.fulfilment.service.syncs import Daily
from hub.fulfilment.store import syncs as store
from hub.kernel.api.policy import Access, allow
from hub.kernel.api.requests import ApiRequest
from hub.kernel.api.texts import Cursor, Id, Limit
from hub.kernel.db import Database
from hub.kernel.paging import Page, after_id, page

HOUSE = "/merchants/{merchant_id:str}/warehouses/{warehouse_id:str}"
ONE = f"{HOUSE}/syncs/{{sync_id:str}}"
OfOutcome = Annotated[Outcome | None, QueryParameter(description="Only SKUs that came to this.")]


@post(f"{HOUSE}/syncs", opt=allow(Access.WRITE), operation_id="sync_warehouse", status_code=202, sync_to_thread=True)
def sync_warehouse(
    request: ApiRequest, database: NamedDependency[Database], merchant_id: Id, warehouse_id: Id
) -> Response[SyncView]:
    """Have the stock of a 3PL's warehouse synchronised: all its SKUs, by a job; one that is under way is that one."""
    with database.writing() as db:
        asked = syncs.ask(db, merchant_id, warehouse_id, actor=request.actor)
        db.flush()  # the job's id is known once it is written
        return request.answer(db, sync_view(asked.sync, job_id=asked.ticket.job_id), status=202)


@get(f"{HOUSE}/syncs", opt=allow(Access.READ), operation_id="list_syncs", sync_to_thread=True)
def list_syncs(
    request: ApiRequest,
    database: NamedDependency[Database],
    merchant_id: Id,
    warehouse_id: Id,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[SyncView]:
    """List the stock syncs of a warehouse, the newest first, with how far each is."""
    before = after_id(cursor)
    with database.reading() as db:
        warehouses.warehouse(db, merchant_id, warehouse_id)
        rows = store.page(db, warehouse_id, limit=limit, before=before)
    return page(request.url, rows, limit=limit, key=lambda row: (row.id,), view=sync_view)


@get(ONE, opt=allow(Access.READ), operation_id="get_sync", sync_to_thread=True)
def get_sync(database: NamedDependency[Database], merchant_id: Id, warehouse_id: Id, sync_id: Id) -> SyncView:
    """Show a stock sync and how far it is."""
    with database.reading() as db:
        return sync_view(syncs.expect(db, merchant_id, warehouse_id, sync_id))


@get(f"{ONE}/lines", opt=allow(Access.READ), operation_id="list_sync_lines", sync_to_thread=True)
def list_sync_lines(
    request: ApiRequest,
    database: NamedDependency[Database],
    merchant_id: Id,
    warehouse_id: Id,
    sync_id: Id,
    outcome: OfOutcome = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[SyncLineView]:
    """List the SKUs of a stock sync: what the warehouse said of each, the level before and after, and why not."""
    after = after_id(cursor)
    with database.reading() as db:
        found = syncs.expect(db, merchant_id, warehouse_id, sync_id)
        rows = store.lines(db, found.id, limit=limit, after=after, outcome=outcome)
    return page(request.url, rows, limit=limit, key=lambda row: (row.sku,), view=line_view)


@post(f"{ONE}/approve", opt=allow(Access.WRITE), operation_id="approve_sync", status_code=202, sync_to_thread=True)
def approve_sync(
    request: ApiRequest, database: NamedDependency[Database], merchant_id: Id, warehouse_id: Id, sync_id: Id
) -> Response[SyncView]:
    """Adopt a sync that waits, just as it is shown; what has changed since is left be, what does not fit comes near."""
    with database.writing() as db:
        asked = syncs.approve(db, merchant_id, warehouse_id, sync_id, actor=request.actor)
        db.flush()  # the job's id is known once it is written
        return request.answer(db, sync_view(asked.sync, job_id=asked.ticket.job_id), status=202)


@post(f"{ONE}/decline", opt=allow(Access.WRITE), operation_id="decline_sync", status_code=200, sync_to_thread=True)
def decline_sync(
    request: ApiRequest,
    database: NamedDependency[Database],
    merchant_id: Id,
    warehouse_id: Id,
    sync_id: Id,
    data: JSONBody[DeclineSync],
) -> Response[SyncView]:
    """Adopt nothing more of a sync that waits for approval: the stock stays as it is until the next one."""
    with database.writing() as db:
        row = syncs.decline(db, merchant_id, warehouse_id, sync_id, why=data.reason, actor=request.actor)
        return request.answer(db, sync_view(row), status=200)


@get(f"{HOUSE}/daily-sync", opt=allow(Access.READ), operation_id="get_daily_sync", sync_to_thread=True)
def get_daily_sync(database: NamedDependency[Database], merchant_id: Id, warehouse_id: Id) -> Daily:
    """Show whether a warehouse is synchronised every day at 02:00, by which clocks, and when next."""
    with database.reading() as db:
        return syncs.daily_of(db, merchant_id, warehouse_id)


@put(f"{HOUSE}/daily-sync", opt=allow(Access.WRITE), operation_id="switch_daily_sync", sync_to_thread=True)
def switch_daily_sync(
    request: ApiRequest,
    database: NamedDependency[Database],
    merchant_id: Id,
    warehouse_id: Id,
    data: JSONBody[SwitchDaily],
) -> Daily:
    """Have a 3PL's warehouse synchronised every day at 02:00 by its own clocks, or no more."""
    with database.writing() as db:
        return syncs.turn_daily(db, merchant_id, warehouse_id, enabled=data.enabled, actor=request.actor)


ROUTES = [
    sync_warehouse, list_syncs, get_sync, list_sync_lines, approve_sync, decline_sync, get_daily_sync,
    switch_daily_sync,
]  # fmt: skip

"""Routes of a merchant's warehouses."""

from __future__ import annotations

from litestar import Response, get, patch, post
from litestar.di import NamedDependency
from litestar.params import JSONBody

from hub.channels import store
from hub.channels.schemas.warehouses import NewWarehouse, WarehouseChange, details_changed, details_given
from hub.channels.service import warehouses
from hub.channels.store.warehouses import Warehouse
from hub.kernel.api.etags import etag_of, require_match
from hub.kernel.api.policy import Access, allow
from hub.kernel.api.requests import ApiRequest
from hub.kernel.api.texts import Cursor, Id, Limit, given
from hub.kernel.db import Database
from hub.kernel.paging import Page, after_id, page


@get(
    "/merchants/{merchant_id:str}/warehouses",
    opt=allow(Access.READ),
    operation_id="list_warehouses",
    sync_to_thread=True,
)
def list_warehouses(
    request: ApiRequest, database: NamedDependency[Database], merchant_id: Id, limit: Limit = 50, cursor: Cursor = None
) -> Page[Warehouse]:
    """List a merchant's warehouses, archived ones too, the oldest first."""
    after = after_id(cursor)
    _require_default(database, merchant_id)
    with database.reading() as db:
        rows = store.warehouses.warehouses_of(db, merchant_id, after_id=after, limit=limit)
    return page(request.url, rows, limit=limit, key=lambda row: (row.id,), view=lambda row: row)


@post(
    "/merchants/{merchant_id:str}/warehouses",
    opt=allow(Access.WRITE),
    operation_id="create_warehouse",
    sync_to_thread=True,
)
def create_warehouse(
    request: ApiRequest, database: NamedDependency[Database], merchant_id: Id, data: JSONBody[NewWarehouse]
) -> Response[Warehouse]:
    """Add a warehouse of the merchant's own."""
    with database.writing() as db:
        made = warehouses.create(db, merchant_id, details_given(data), actor=request.actor)
        headers = {"Location": f"/v1/merchants/{merchant_id}/warehouses/{made.id}", "ETag": etag_of(made)}
        return request.answer(db, made, headers=headers)


@get(
    "/merchants/{merchant_id:str}/warehouses/{warehouse_id:str}",
    opt=allow(Access.READ),
    operation_id="get_warehouse",
    sync_to_thread=True,
)
def get_warehouse(database: NamedDependency[Database], merchant_id: Id, warehouse_id: Id) -> Response[Warehouse]:
    """Show a warehouse."""
    with database.reading() as db:
        found = warehouses.warehouse(db, merchant_id, warehouse_id)
    return Response(found, headers={"ETag": etag_of(found)})


@patch(
    "/merchants/{merchant_id:str}/warehouses/{warehouse_id:str}",
    opt=allow(Access.WRITE, matches=True),
    operation_id="change_warehouse",
    sync_to_thread=True,
)
def change_warehouse(
    request: ApiRequest,
    database: NamedDependency[Database],
    merchant_id: Id,
    warehouse_id: Id,
    data: JSONBody[WarehouseChange],
) -> Response[Warehouse]:
    """Change what a warehouse says of itself, or make it the merchant's default."""
    with database.writing() as db:
        warehouses.one_at_a_time(db, merchant_id)
        old = warehouses.warehouse(db, merchant_id, warehouse_id)
        require_match(request, old)
        details = details_changed(old, data)
        new = warehouses.change(db, old, details, is_default=given(data.is_default), actor=request.actor)
    return Response(new, headers={"ETag": etag_of(new)})


@post(
    "/merchants/{merchant_id:str}/warehouses/{warehouse_id:str}/archive",
    opt=allow(Access.WRITE),
    operation_id="archive_warehouse",
    status_code=200,
    sync_to_thread=True,
)
def archive_warehouse(
    request: ApiRequest, database: NamedDependency[Database], merchant_id: Id, warehouse_id: Id
) -> Response[Warehouse]:
    """Take a warehouse out of use for good; refused while it is the default or an account uses it."""
    with database.writing() as db:
        new = warehouses.archive(db, merchant_id, warehouse_id, actor=request.actor)
        return request.answer(db, new, status=200)


def _require_default(database: Database, merchant_id: str) -> None:
    """Nobody has looked yet: the merchant's first warehouse is there from now on."""
    with database.reading() as db:
        found = store.warehouses.default_of(db, merchant_id)
    if found is None:
        with database.writing() as db:
            warehouses.default_of(db, merchant_id)


ROUTES = [list_warehouses, create_warehouse, get_warehouse, change_warehouse, archive_warehouse]

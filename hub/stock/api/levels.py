"""Routes of levels: what lies where, how it came there, and what people move."""

from __future__ import annotations

from typing import Annotated

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import JSONBody, QueryParameter

from hub.catalog.service import products
from hub.channels.service import warehouses
from hub.kernel.api.policy import Access, allow
from hub.kernel.api.requests import ApiRequest
from hub.kernel.api.texts import Cursor, Id, Limit, Words
from hub.kernel.db import Database
from hub.kernel.paging import Page, after_id, page
from hub.stock.rules.levels import MovementKind
from hub.stock.schemas.levels import Adjustment, ProductStock, Step, Transfer, step_view
from hub.stock.service import levels as service
from hub.stock.store import levels, movements
from hub.stock.store.levels import Shelf
from hub.stock.store.movements import Movement, Wanted

M = "/merchants/{merchant_id:str}"
Kind = Annotated[MovementKind | None, QueryParameter(description="Only movements of this kind.")]


@get(f"{M}/products/{{product_id:str}}/stock", opt=allow(Access.READ), operation_id="get_product_stock",
     sync_to_thread=True)  # fmt: skip
def get_product_stock(database: NamedDependency[Database], merchant_id: Id, product_id: Id) -> ProductStock:
    """Show where a product lies; nothing is listed as long as nobody has said how much there is."""
    with database.reading() as db:
        products.find(db, merchant_id, product_id)
        return ProductStock(items=levels.of_product(db, merchant_id, product_id))


@get(f"{M}/warehouses/{{warehouse_id:str}}/stock", opt=allow(Access.READ), operation_id="list_warehouse_stock",
     sync_to_thread=True)  # fmt: skip
def list_warehouse_stock(
    request: ApiRequest,
    database: NamedDependency[Database],
    merchant_id: Id,
    warehouse_id: Id,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[Shelf]:
    """List what lies in a warehouse, the oldest product first."""
    after = after_id(cursor) or ""
    with database.reading() as db:
        warehouses.warehouse(db, merchant_id, warehouse_id)
        rows = levels.of_warehouse(db, merchant_id, warehouse_id, limit=limit, after=after)
    return page(request.url, rows, limit=limit, key=lambda row: (row.product_id,), view=lambda row: row)


@get(f"{M}/movements", opt=allow(Access.READ), operation_id="list_movements", sync_to_thread=True)
def list_movements(
    request: ApiRequest,
    database: NamedDependency[Database],
    merchant_id: Id,
    product_id: Words = None,
    warehouse_id: Words = None,
    kind: Kind = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[Movement]:
    """List every movement, the newest first: what came, what left, why, and by whom."""
    wanted = Wanted(product_id=product_id, warehouse_id=warehouse_id, kind=kind)
    with database.reading() as db:
        rows = movements.page(db, merchant_id, wanted, limit=limit, before=after_id(cursor))
    return page(request.url, rows, limit=limit, key=lambda row: (row.id,), view=lambda row: row)


@post(f"{M}/stock/adjustments", opt=allow(Access.WRITE), operation_id="adjust_stock", sync_to_thread=True)
def adjust_stock(
    request: ApiRequest, database: NamedDependency[Database], merchant_id: Id, data: JSONBody[Adjustment]
) -> Response[Step]:
    """Raise or lower levels in one of the merchant's own warehouses, by a difference and for a reason."""
    lines, said = data.given()
    with database.writing() as db:
        moved = service.adjust(db, merchant_id, data.warehouse_id, lines, said, actor=request.actor)
        return request.answer(db, step_view(moved))


@post(f"{M}/stock/transfers", opt=allow(Access.WRITE), operation_id="transfer_stock", sync_to_thread=True)
def transfer_stock(
    request: ApiRequest, database: NamedDependency[Database], merchant_id: Id, data: JSONBody[Transfer]
) -> Response[Step]:
    """Move goods from one of the merchant's own warehouses to another."""
    lines, said = data.given()
    source, target = data.from_warehouse_id, data.to_warehouse_id
    with database.writing() as db:
        moved = service.transfer(db, merchant_id, source, target, lines, said, actor=request.actor)
        return request.answer(db, step_view(moved))


ROUTES = [get_product_stock, list_warehouse_stock, list_movements, adjust_stock, transfer_stock]

"""Routes of products in warehouses of 3PLs: added, told again, and how that went."""

from __future__ import annotations

from typing import Annotated

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import JSONBody, QueryParameter

from hub.catalog.schemas.products import components_of, data_of
from hub.catalog.service import products
from hub.channels.service import warehouses
from hub.channels.service.wiring import Channels
from hub.fulfilment.schemas.placements import (
    NewlyPlaced,
    Placed,
    PlacedProduct,
    PlacedProducts,
    Placements,
    ProductToPlace,
)
from hub.fulfilment.service import choosing
from hub.kernel.api.policy import Access, allow
from hub.kernel.api.requests import ApiRequest
from hub.kernel.api.texts import Cursor, Id, Limit
from hub.kernel.db import Database, Transaction
from hub.kernel.paging import Page, after_id, page
from hub.stock.rules.placing import Status
from hub.stock.service import placing
from hub.stock.service.placing import Placing
from hub.stock.store import placed
from hub.stock.store.placed import Row

M = "/merchants/{merchant_id:str}"
OfStatus = Annotated[Status | None, QueryParameter(description="Only those that stand so.")]


@get(
    f"{M}/warehouses/{{warehouse_id:str}}/products",
    opt=allow(Access.READ),
    operation_id="list_placed_products",
    sync_to_thread=True,
)
def list_placed_products(
    request: ApiRequest,
    database: NamedDependency[Database],
    merchant_id: Id,
    warehouse_id: Id,
    status: OfStatus = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[Row]:
    """List the products of a 3PL's warehouse: whether it was told of each, why not, and what lies there."""
    after = after_id(cursor) or ""
    with database.reading() as db:
        warehouses.warehouse(db, merchant_id, warehouse_id)
        rows = placed.page(db, warehouse_id, status=status, after=after, limit=limit)
    return page(request.url, rows, limit=limit, key=lambda row: (row.product_id,), view=lambda row: row)


@post(
    f"{M}/warehouses/{{warehouse_id:str}}/products",
    opt=allow(Access.WRITE),
    operation_id="place_products",
    status_code=202,
    sync_to_thread=True,
)
def place_products(
    request: ApiRequest,
    database: NamedDependency[Database],
    merchant_id: Id,
    warehouse_id: Id,
    data: JSONBody[PlacedProducts],
) -> Response[Placed]:
    """Add products to a 3PL's warehouse, all or none; it is told of them by a job, and again of those it knows."""
    with database.writing() as db:
        chosen = choosing.chosen(db, merchant_id, data.product_ids, data.listing_ids, actor=request.actor)
        made = placing.place(db, merchant_id, warehouse_id, chosen, actor=request.actor)
        return request.answer(db, _shown(db, merchant_id, warehouse_id, made), status=202)


@post(
    f"{M}/warehouses/{{warehouse_id:str}}/new-products",
    opt=allow(Access.WRITE),
    operation_id="create_placed_product",
    status_code=202,
    sync_to_thread=True,
)
def create_placed_product(
    request: ApiRequest,
    database: NamedDependency[Database],
    channels: NamedDependency[Channels],
    merchant_id: Id,
    warehouse_id: Id,
    data: JSONBody[ProductToPlace],
) -> Response[NewlyPlaced]:
    """Make a product, add it to a 3PL's warehouse and, where `inbound` says so, announce goods of it; all or nothing.

    The warehouse is told of the inbound once it knows the product.
    """
    new, actor = data.product, request.actor
    with database.writing() as db:
        placing.require_plan(db, merchant_id)
        made = products.create(db, merchant_id, data_of(new), components=components_of(new) or (), actor=actor)
        there = placing.place(db, merchant_id, warehouse_id, [made.product.id], actor=actor)
        inbound_id = None
        if data.inbound:
            goods = data.inbound.goods(made.product.id)
            inbound_id = choosing.announced(db, channels, merchant_id, warehouse_id, goods, actor=actor)
        shown = msgspec.structs.asdict(_shown(db, merchant_id, warehouse_id, there))
        return request.answer(db, NewlyPlaced(**shown, inbound_id=inbound_id), status=202)


@get(
    f"{M}/products/{{product_id:str}}/placements",
    opt=allow(Access.READ),
    operation_id="list_placements",
    sync_to_thread=True,
)
def list_placements(database: NamedDependency[Database], merchant_id: Id, product_id: Id) -> Placements:
    """Show the warehouses of 3PLs that a product was added to, and whether each was told of it."""
    with database.reading() as db:
        products.find(db, merchant_id, product_id)
        return Placements(items=placed.of_products(db, merchant_id, [product_id]))


@post(
    f"{M}/products/{{product_id:str}}/placements",
    opt=allow(Access.WRITE),
    operation_id="place_product",
    status_code=202,
    sync_to_thread=True,
)
def place_product(
    request: ApiRequest,
    database: NamedDependency[Database],
    merchant_id: Id,
    product_id: Id,
    data: JSONBody[PlacedProduct],
) -> Response[Placed]:
    """Add a product to a 3PL's warehouse, or have it told of the product again."""
    with database.writing() as db:
        products.find(db, merchant_id, product_id)
        made = placing.place(db, merchant_id, data.warehouse_id, [product_id], actor=request.actor)
        return request.answer(db, _shown(db, merchant_id, data.warehouse_id, made), status=202)


def _shown(db: Transaction, merchant_id: str, warehouse_id: str, made: Placing) -> Placed:
    db.flush()  # the job's id is known once it is written
    rows = placed.of_products(db, merchant_id, made.product_ids, warehouse_id)
    return Placed(items=rows, notes=made.notes, job_id=made.ticket.job_id)


ROUTES = [list_placed_products, place_products, create_placed_product, list_placements, place_product]

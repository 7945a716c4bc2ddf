"""Routes of products."""

from __future__ import annotations

from litestar import get
from litestar.di import NamedDependency

from hub.catalog.schemas import Product, product_view
from hub.catalog.store import pages
from hub.kernel.api.policy import Access, allow
from hub.kernel.api.requests import ApiRequest
from hub.kernel.api.texts import Cursor, Id, Limit, Words
from hub.kernel.db import Database
from hub.kernel.errors import NotFound
from hub.kernel.paging import Page, after_id, page

M = "/merchants/{merchant_id:str}"


@get(f"{M}/products", opt=allow(Access.READ), operation_id="list_products", sync_to_thread=True)
def list_products(
    request: ApiRequest,
    database: NamedDependency[Database],
    merchant_id: Id,
    sku: Words = None,
    q: Words = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[Product]:
    """List the merchant's products; `q` searches the start of SKU or name."""
    with database.reading() as db:
        rows = pages.products(db, merchant_id, sku=sku, q=q, limit=limit + 1, after=after_id(cursor) or "")
    return page(request.url, rows, limit=limit, key=lambda row: (row["id"],), view=product_view)


@get(f"{M}/products/{{product_id:str}}", opt=allow(Access.READ), operation_id="get_product", sync_to_thread=True)
def get_product(database: NamedDependency[Database], merchant_id: Id, product_id: Id) -> Product:
    """Show a product."""
    with database.reading() as db:
        row = pages.product_of(db, merchant_id, product_id)
    if row is None:
        raise NotFound("product")
    return product_view(row)


ROUTES = [list_products, get_product]

"""Routes of products and of the parents that group variants."""

from __future__ import annotations

from typing import Annotated

from litestar import Response, get, patch, post
from litestar.di import NamedDependency
from litestar.params import JSONBody, QueryParameter

from hub.catalog.schemas.products import (
    NewParent,
    NewProduct,
    Product,
    ProductChange,
    ProductDetail,
    changed,
    components_of,
    data_of,
    detail_view,
    product_view,
)  # fmt: skip
from hub.catalog.service import archiving, products, variants
from hub.catalog.service.products import Whole
from hub.catalog.store import pages, parents
from hub.catalog.store.pages import LISTINGS_SHOWN, ListingFilter
from hub.catalog.store.parents import Parent
from hub.kernel.api.etags import etag_of, require_match
from hub.kernel.api.policy import Access, allow
from hub.kernel.api.requests import ApiRequest
from hub.kernel.api.texts import Cursor, Id, Limit, Words
from hub.kernel.db import Database, Transaction
from hub.kernel.paging import Page, after_id, page

M = "/merchants/{merchant_id:str}"
IsBundle = Annotated[bool | None, QueryParameter(name="bundle", description="Only bundles, or only what is none.")]


@get(f"{M}/products", opt=allow(Access.READ), operation_id="list_products", sync_to_thread=True)
def list_products(
    request: ApiRequest,
    database: NamedDependency[Database],
    merchant_id: Id,
    sku: Words = None,
    q: Words = None,
    parent_id: Words = None,
    is_bundle: IsBundle = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[Product]:
    """List the merchant's products, the oldest first; `q` searches the start of SKU or name."""
    with database.reading() as db:
        rows = pages.products(
            db, merchant_id, sku=sku, q=q, parent_id=parent_id, bundle=is_bundle, limit=limit + 1,
            after=after_id(cursor) or "",
        )  # fmt: skip
    return page(request.url, rows, limit=limit, key=lambda row: (row["id"],), view=product_view)


@post(f"{M}/products", opt=allow(Access.WRITE), operation_id="create_product", sync_to_thread=True)
def create_product(
    request: ApiRequest, database: NamedDependency[Database], merchant_id: Id, data: JSONBody[NewProduct]
) -> Response[ProductDetail]:
    """Make a product by hand; listings with its SKU match it from now on."""
    with database.writing() as db:
        made = products.create(
            db, merchant_id, data_of(data), components=components_of(data) or (), actor=request.actor
        )  # fmt: skip
        headers = {"Location": f"/v1/merchants/{merchant_id}/products/{made.product.id}", "ETag": etag_of(made)}
        return request.answer(db, _shown(db, made), headers=headers)


@get(f"{M}/products/{{product_id:str}}", opt=allow(Access.READ), operation_id="get_product", sync_to_thread=True)
def get_product(
    database: NamedDependency[Database], merchant_id: Id, product_id: Id
) -> Response[ProductDetail]:  # fmt: skip
    """Show a product, what it contains and where it is listed."""
    with database.reading() as db:
        found = products.find(db, merchant_id, product_id)
        return Response(_shown(db, found), headers={"ETag": etag_of(found)})


@patch(
    f"{M}/products/{{product_id:str}}",
    opt=allow(Access.WRITE, matches=True),
    operation_id="change_product",
    sync_to_thread=True,
)
def change_product(
    request: ApiRequest,
    database: NamedDependency[Database],
    merchant_id: Id,
    product_id: Id,
    data: JSONBody[ProductChange],
) -> Response[ProductDetail]:
    """Change a product; a later import never overwrites it. With `components` it becomes a bundle of exactly these."""
    with database.writing() as db:
        old = products.find(db, merchant_id, product_id, for_change=True)
        require_match(request, old)
        new = products.change(
            db, old, changed(old.product, data), components=components_of(data), actor=request.actor
        )  # fmt: skip
        return Response(_shown(db, new), headers={"ETag": etag_of(new)})


@post(
    f"{M}/products/{{product_id:str}}/archive",
    opt=allow(Access.WRITE),
    operation_id="archive_product",
    status_code=200,
    sync_to_thread=True,
)
def archive_product(
    request: ApiRequest, database: NamedDependency[Database], merchant_id: Id, product_id: Id
) -> Response[ProductDetail]:
    """Take a product that nothing uses out of the catalogue; it is kept, and its SKU is free."""
    with database.writing() as db:
        found = archiving.archive(db, merchant_id, product_id, actor=request.actor)
        return request.answer(db, _shown(db, found), status=200)


@post(
    f"{M}/products/{{product_id:str}}/restore",
    opt=allow(Access.WRITE),
    operation_id="restore_product",
    status_code=200,
    sync_to_thread=True,
)
def restore_product(
    request: ApiRequest, database: NamedDependency[Database], merchant_id: Id, product_id: Id
) -> Response[ProductDetail]:
    """Put an archived product back into the catalogue; refused while another one has its SKU."""
    with database.writing() as db:
        found = archiving.restore(db, merchant_id, product_id, actor=request.actor)
        return request.answer(db, _shown(db, found), status=200)


@get(f"{M}/parents", opt=allow(Access.READ), operation_id="list_parents", sync_to_thread=True)
def list_parents(
    request: ApiRequest,
    database: NamedDependency[Database],
    merchant_id: Id,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[Parent]:
    """List what groups variants, the oldest first; `…/products?parent_id=` lists the variants of one."""
    with database.reading() as db:
        rows = parents.page(db, merchant_id, limit=limit + 1, after=after_id(cursor) or "")
    return page(request.url, rows, limit=limit, key=lambda row: (row.id,), view=lambda row: row)


@post(f"{M}/parents", opt=allow(Access.WRITE), operation_id="create_parent", sync_to_thread=True)
def create_parent(
    request: ApiRequest, database: NamedDependency[Database], merchant_id: Id, data: JSONBody[NewParent]
) -> Response[Parent]:
    """Make a parent by hand; products join it by their `parent_id`."""
    with database.writing() as db:
        made = variants.create_parent(db, merchant_id, data.name, actor=request.actor)
        headers = {"Location": f"/v1/merchants/{merchant_id}/parents/{made.id}", "ETag": etag_of(made)}
        return request.answer(db, made, headers=headers)


@get(f"{M}/parents/{{parent_id:str}}", opt=allow(Access.READ), operation_id="get_parent", sync_to_thread=True)
def get_parent(database: NamedDependency[Database], merchant_id: Id, parent_id: Id) -> Response[Parent]:
    """Show a parent."""
    with database.reading() as db:
        found = variants.parent(db, merchant_id, parent_id)
    return Response(found, headers={"ETag": etag_of(found)})


@patch(
    f"{M}/parents/{{parent_id:str}}",
    opt=allow(Access.WRITE, matches=True),
    operation_id="rename_parent",
    sync_to_thread=True,
)
def rename_parent(
    request: ApiRequest, database: NamedDependency[Database], merchant_id: Id, parent_id: Id, data: JSONBody[NewParent]
) -> Response[Parent]:
    """Give a parent another name."""
    with database.writing() as db:
        old = variants.parent(db, merchant_id, parent_id, for_change=True)
        require_match(request, old)
        new = variants.rename_parent(db, merchant_id, old, data.name, actor=request.actor)
    return Response(new, headers={"ETag": etag_of(new)})


def _shown(db: Transaction, whole: Whole) -> ProductDetail:
    wanted = ListingFilter(product_id=whole.product.id)
    return detail_view(whole, pages.listings(db, whole.product.merchant_id, wanted, limit=LISTINGS_SHOWN))


ROUTES = [
    list_products, create_product, get_product, change_product, archive_product, restore_product,
    list_parents, create_parent, get_parent, rename_parent,
]  # fmt: skip

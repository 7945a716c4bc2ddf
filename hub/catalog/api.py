"""Routes of imports, listings and products."""

from __future__ import annotations

from typing import Annotated

from litestar import Response, Router, get, post
from litestar.di import NamedDependency
from litestar.params import QueryParameter

from hub.catalog.rules import ListingState, SkuClass
from hub.catalog.schemas import Classes, Import, Listing, Product, import_view, listing_view, product_view
from hub.catalog.service import imports
from hub.catalog.service.imports import IMPORT_ITEMS
from hub.catalog.store import pages
from hub.catalog.store.pages import ListingFilter
from hub.kernel import jobs
from hub.kernel.api.policy import Access, allow
from hub.kernel.api.requests import ApiRequest
from hub.kernel.api.texts import Cursor, Id, Limit, Words
from hub.kernel.db import Database, Transaction
from hub.kernel.errors import NotFound
from hub.kernel.paging import Page, after_id, page

M = "/merchants/{merchant_id:str}"
State = Annotated[ListingState | None, QueryParameter(name="state")]
Class = Annotated[SkuClass | None, QueryParameter(name="class", description="Only those that wait in this class.")]


@post(f"{M}/accounts/{{account_id:str}}/imports", opt=allow(Access.WRITE), operation_id="start_import",
      status_code=202, sync_to_thread=True)  # fmt: skip
def start_import(
    request: ApiRequest, database: NamedDependency[Database], merchant_id: Id, account_id: Id
) -> Response[Import]:
    """Import what the channel lists; the answer names the import, which runs in the background."""
    with database.writing() as db:
        ticket = imports.start(db, merchant_id, account_id, actor=request.actor)
        db.flush()
        return _accepted(request, db, merchant_id, ticket.job_id)


@get(f"{M}/imports", opt=allow(Access.READ), operation_id="list_imports", sync_to_thread=True)
def list_imports(
    request: ApiRequest,
    database: NamedDependency[Database],
    merchant_id: Id,
    account_id: Words = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[Import]:
    """List the merchant's imports, the newest first."""
    with database.reading() as db:
        kinds, before = [IMPORT_ITEMS.name], after_id(cursor) or ""
        rows = jobs.listing(db, merchant_id, before=before, limit=limit + 1, kinds=kinds, account_id=account_id or "")
    return page(request.url, rows, limit=limit, key=lambda row: (row.id,), view=import_view)


@get(f"{M}/imports/{{import_id:str}}", opt=allow(Access.READ), operation_id="get_import", sync_to_thread=True)
def get_import(database: NamedDependency[Database], merchant_id: Id, import_id: Id) -> Import:
    """Show an import and how far it is."""
    with database.reading() as db:
        return import_view(imports.find(db, merchant_id, import_id))


@post(f"{M}/imports/{{import_id:str}}/cancel", opt=allow(Access.WRITE), operation_id="cancel_import",
      status_code=202, sync_to_thread=True)  # fmt: skip
def cancel_import(
    request: ApiRequest, database: NamedDependency[Database], merchant_id: Id, import_id: Id
) -> Response[Import]:
    """Stop an import after its page; what came in stays."""
    with database.writing() as db:
        imports.cancel(db, merchant_id, import_id, actor=request.actor)
        return _accepted(request, db, merchant_id, import_id)


@post(f"{M}/imports/{{import_id:str}}/resume", opt=allow(Access.WRITE), operation_id="resume_import",
      status_code=202, sync_to_thread=True)  # fmt: skip
def resume_import(
    request: ApiRequest, database: NamedDependency[Database], merchant_id: Id, import_id: Id
) -> Response[Import]:
    """Go on where a stopped import stood; the answer is the new import."""
    with database.writing() as db:
        ticket = imports.resume(db, merchant_id, import_id, actor=request.actor)
        db.flush()
        return _accepted(request, db, merchant_id, ticket.job_id)


@get(f"{M}/listings", opt=allow(Access.READ), operation_id="list_listings", sync_to_thread=True)
def list_listings(
    request: ApiRequest,
    database: NamedDependency[Database],
    merchant_id: Id,
    sku_class: Class = None,
    account_id: Words = None,
    product_id: Words = None,
    listing_state: State = None,
    sku: Words = None,
    q: Words = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[Listing]:
    """List what channels list: `class` narrows to what waits for a person, `q` searches the start of SKU or name."""
    wanted = ListingFilter(
        sku_class=sku_class, account_id=account_id, product_id=product_id, state=listing_state, sku=sku, q=q
    )
    with database.reading() as db:
        rows = pages.listings(db, merchant_id, wanted, limit=limit + 1, after=after_id(cursor) or "")
    return page(request.url, rows, limit=limit, key=lambda row: (row["id"],), view=listing_view)


@get(f"{M}/listings/classes", opt=allow(Access.READ), operation_id="count_classes", sync_to_thread=True)
def count_classes(database: NamedDependency[Database], merchant_id: Id, account_id: Words = None) -> Classes:
    """Count the listings that wait for a person, by class."""
    with database.reading() as db:
        return Classes(**pages.counts(db, merchant_id, account_id))


@get(f"{M}/listings/{{listing_id:str}}", opt=allow(Access.READ), operation_id="get_listing", sync_to_thread=True)
def get_listing(database: NamedDependency[Database], merchant_id: Id, listing_id: Id) -> Listing:
    """Show a listing; its `sku` finds the others that share the code."""
    with database.reading() as db:
        row = pages.listing_of(db, merchant_id, listing_id)
    if row is None:
        raise NotFound("listing")
    return listing_view(row)


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


def _accepted(request: ApiRequest, db: Transaction, merchant_id: str, import_id: str) -> Response[Import]:
    shown = import_view(imports.find(db, merchant_id, import_id))
    location = f"/v1/merchants/{merchant_id}/imports/{import_id}"
    return request.answer(db, shown, status=202, headers={"Location": location})


router = Router(
    "/v1",
    route_handlers=[
        start_import, list_imports, get_import, cancel_import, resume_import,
        list_listings, count_classes, get_listing, list_products, get_product,
    ],
    tags=["catalogue"],
)  # fmt: skip

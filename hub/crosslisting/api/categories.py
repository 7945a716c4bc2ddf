"""Routes of a channel's categories, and of what a merchant maps to them."""

from __future__ import annotations

from typing import Annotated

from litestar import Response, delete, get, post, put
from litestar.di import NamedDependency
from litestar.params import JSONBody, QueryParameter

from hub.channels.service import standing
from hub.channels.service.wiring import Channels
from hub.crosslisting.schemas import NewMapping
from hub.crosslisting.service import categories as service
from hub.crosslisting.store import categories, mappings
from hub.crosslisting.store.categories import Found
from hub.crosslisting.store.mappings import Mapping
from hub.kernel.api.job_routes import JobView, left
from hub.kernel.api.policy import Access, allow
from hub.kernel.api.requests import ApiRequest
from hub.kernel.api.texts import Cursor, Id, Limit, Words
from hub.kernel.db import Database
from hub.kernel.paging import Page, after_id, page, position

OF = "/accounts/{account_id:str}"
Parent = Annotated[
    str | None,
    QueryParameter(max_length=200, pattern=r"^[^\x00]*$", description="Only those right below; empty: the roots."),
]
Leaf = Annotated[bool | None, QueryParameter(description="Only those that take products, or only those that do not.")]


@get(f"{OF}/categories", opt=allow(Access.READ), operation_id="list_categories", sync_to_thread=True)
def list_categories(
    request: ApiRequest,
    database: NamedDependency[Database],
    channels: NamedDependency[Channels],
    merchant_id: Id,
    account_id: Id,
    q: Words = None,
    parent: Parent = None,
    leaf: Leaf = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[Found]:
    """List the channel's categories in its own order; `q` finds words anywhere in the path."""
    at = position(cursor, int)
    after = int(at[0]) if at else -1
    with database.reading() as db:
        service.account_with_categories(channels, db, merchant_id, account_id)
        service.require_tree(db, account_id)
        rows = categories.search(db, account_id, q=q, parent=parent, leaf=leaf, limit=limit + 1, after=after)
    return page(request.url, rows, limit=limit, key=lambda row: (row.position,), view=lambda row: row)


@post(
    f"{OF}/categories/refresh",
    opt=allow(Access.WRITE),
    operation_id="refresh_categories",
    status_code=202,
    sync_to_thread=True,
)
def refresh_categories(
    request: ApiRequest,
    database: NamedDependency[Database],
    channels: NamedDependency[Channels],
    merchant_id: Id,
    account_id: Id,
) -> Response[JobView]:
    """Fetch the channel's categories now; from then on that happens daily by itself."""
    with database.writing() as db:
        ticket = service.refresh(channels, db, merchant_id, account_id, actor=request.actor)
        job, where = left(db, merchant_id, ticket)
        return request.answer(db, job, status=202, headers=where)


@get(f"{OF}/category-mappings", opt=allow(Access.READ), operation_id="list_category_mappings", sync_to_thread=True)
def list_category_mappings(
    request: ApiRequest,
    database: NamedDependency[Database],
    merchant_id: Id,
    account_id: Id,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[Mapping]:
    """List what is mapped to the channel's categories, the oldest first."""
    with database.reading() as db:
        standing.account(db, merchant_id, account_id)
        rows = mappings.listing(db, account_id, limit=limit + 1, after=after_id(cursor) or "")
    return page(request.url, rows, limit=limit, key=lambda row: (row.id,), view=lambda row: row)


@put(f"{OF}/category-mappings", opt=allow(Access.WRITE), operation_id="map_category", sync_to_thread=True)
def map_category(
    request: ApiRequest,
    database: NamedDependency[Database],
    channels: NamedDependency[Channels],
    merchant_id: Id,
    account_id: Id,
    data: JSONBody[NewMapping],
) -> Mapping:
    """Map an attribute or the own category of products to a category of the channel; the same words again move it."""
    with database.writing() as db:
        service.account_with_categories(channels, db, merchant_id, account_id)
        return service.put_mapping(
            db, merchant_id, account_id, field=data.field, value=data.value, category_ref=data.category_ref,
            actor=request.actor,
        )  # fmt: skip


@delete(
    f"{OF}/category-mappings/{{mapping_id:str}}",
    opt=allow(Access.WRITE),
    operation_id="unmap_category",
    status_code=200,
    sync_to_thread=True,
)
def unmap_category(
    request: ApiRequest, database: NamedDependency[Database], merchant_id: Id, account_id: Id, mapping_id: Id
) -> Mapping:
    """Take a mapping away."""
    with database.writing() as db:
        standing.account(db, merchant_id, account_id)
        return service.remove_mapping(db, merchant_id, account_id, mapping_id, actor=request.actor)


ROUTES = [list_categories, refresh_categories, list_category_mappings, map_category, unmap_category]

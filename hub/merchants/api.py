"""Routes of merchants and keys."""

from __future__ import annotations

from litestar import Response, Router, delete, get, patch, post
from litestar.di import NamedDependency
from litestar.params import JSONBody

from hub.kernel.api.etags import etag_of, require_match
from hub.kernel.api.policy import Access, allow
from hub.kernel.api.requests import ApiRequest
from hub.kernel.api.texts import Cursor, Id, Limit, given
from hub.kernel.db import Database
from hub.kernel.paging import Page, after_id, page
from hub.merchants import service, store
from hub.merchants.schemas import KeyWithSecret, MerchantChange, NewKey, NewMerchant, NewPlatformKey
from hub.merchants.store import ApiKey, Merchant
from hub.settings import Settings


@get("/merchants", opt=allow(Access.READ), operation_id="list_merchants", sync_to_thread=True)
def list_merchants(
    request: ApiRequest, database: NamedDependency[Database], limit: Limit = 50, cursor: Cursor = None
) -> Page[Merchant]:
    """List the merchants that this key reaches, the oldest first."""
    after = after_id(cursor)
    with database.reading() as db:
        rows = store.merchants_reached(db, request.caller.merchants, after=after, limit=limit + 1)
    return page(request.url, rows, limit=limit, key=lambda row: (row.id,), view=lambda row: row)


@post("/merchants", opt=allow(Access.ADMIN, platform=True), operation_id="create_merchant", sync_to_thread=True)
def create_merchant(
    request: ApiRequest, database: NamedDependency[Database], data: JSONBody[NewMerchant]
) -> Response[Merchant]:
    """Take in a merchant."""
    with database.writing() as db:
        made = service.create_merchant(db, data.name, features=data.features, actor=request.actor)
        return request.answer(db, made, headers={"Location": f"/v1/merchants/{made.id}", "ETag": etag_of(made)})


@get("/merchants/{merchant_id:str}", opt=allow(Access.READ), operation_id="get_merchant", sync_to_thread=True)
def get_merchant(database: NamedDependency[Database], merchant_id: Id) -> Response[Merchant]:
    """Show a merchant."""
    with database.reading() as db:
        found = service.merchant(db, merchant_id)
    return Response(found, headers={"ETag": etag_of(found)})


@patch(
    "/merchants/{merchant_id:str}",
    opt=allow(Access.ADMIN, matches=True),
    operation_id="change_merchant",
    sync_to_thread=True,
)
def change_merchant(
    request: ApiRequest, database: NamedDependency[Database], merchant_id: Id, data: JSONBody[MerchantChange]
) -> Response[Merchant]:
    """Change a merchant's name, what its unpaid and its split orders do, or with a platform key its plan."""
    with database.writing() as db:
        old = service.merchant(db, merchant_id, for_change=True)
        require_match(request, old)
        new = service.change_merchant(
            db, old, name=given(data.name), features=given(data.features), reserve_unpaid=given(data.reserve_unpaid),
            several_warehouses=given(data.several_warehouses), by=request.caller, actor=request.actor,
        )  # fmt: skip
    return Response(new, headers={"ETag": etag_of(new)})


@get("/merchants/{merchant_id:str}/keys", opt=allow(Access.ADMIN), operation_id="list_keys", sync_to_thread=True)
def list_keys(
    request: ApiRequest, database: NamedDependency[Database], merchant_id: Id, limit: Limit = 50, cursor: Cursor = None
) -> Page[ApiKey]:
    """List the keys made for a merchant, ended ones too, the oldest first."""
    return _keys(request, database, merchant_id, limit, cursor)


@post("/merchants/{merchant_id:str}/keys", opt=allow(Access.ADMIN), operation_id="create_key", sync_to_thread=True)
def create_key(
    request: ApiRequest,
    database: NamedDependency[Database],
    settings: NamedDependency[Settings],
    merchant_id: Id,
    data: JSONBody[NewKey],
) -> Response[KeyWithSecret]:
    """Make a key for a merchant; its secret is shown this once."""
    with database.writing() as db:
        made, secret = service.create_key(
            db,
            data.name,
            environment=settings.environment,
            merchants=(merchant_id,),
            access=data.access,
            expires_at=data.expires_at,
            actor=request.actor,
        )
        return request.answer(db, KeyWithSecret(key=made, secret=secret))


@delete(
    "/merchants/{merchant_id:str}/keys/{key_id:str}",
    opt=allow(Access.ADMIN),
    operation_id="revoke_key",
    status_code=200,
    sync_to_thread=True,
)
def revoke_key(request: ApiRequest, database: NamedDependency[Database], merchant_id: Id, key_id: Id) -> ApiKey:
    """Revoke a key: the next request with it is refused."""
    with database.writing() as db:
        found = service.key(db, key_id, merchant_id=merchant_id)
        return service.revoke_key(db, found, by=request.caller, actor=request.actor)


@get("/keys", opt=allow(Access.ADMIN, platform=True), operation_id="list_all_keys", sync_to_thread=True)
def list_all_keys(
    request: ApiRequest, database: NamedDependency[Database], limit: Limit = 50, cursor: Cursor = None
) -> Page[ApiKey]:
    """List all keys, also those that reach several merchants or all, the oldest first."""
    return _keys(request, database, None, limit, cursor)


@post("/keys", opt=allow(Access.ADMIN, platform=True), operation_id="create_platform_key", sync_to_thread=True)
def create_platform_key(
    request: ApiRequest,
    database: NamedDependency[Database],
    settings: NamedDependency[Settings],
    data: JSONBody[NewPlatformKey],
) -> Response[KeyWithSecret]:
    """Make a key for several merchants or all; its secret is shown this once."""
    with database.writing() as db:
        made, secret = service.create_key(
            db,
            data.name,
            environment=settings.environment,
            merchants=data.merchants,
            access=data.access,
            expires_at=data.expires_at,
            actor=request.actor,
        )
        return request.answer(db, KeyWithSecret(key=made, secret=secret))


@delete(
    "/keys/{key_id:str}",
    opt=allow(Access.ADMIN, platform=True),
    operation_id="revoke_any_key",
    status_code=200,
    sync_to_thread=True,
)
def revoke_any_key(request: ApiRequest, database: NamedDependency[Database], key_id: Id) -> ApiKey:
    """Revoke any key: the next request with it is refused."""
    with database.writing() as db:
        return service.revoke_key(db, service.key(db, key_id, merchant_id=None), by=request.caller, actor=request.actor)


def _keys(
    request: ApiRequest, database: Database, merchant_id: str | None, limit: int, cursor: str | None
) -> Page[ApiKey]:
    after = after_id(cursor)
    with database.reading() as db:
        rows = store.keys_reaching(db, merchant_id, after=after, limit=limit + 1)
    return page(request.url, rows, limit=limit, key=lambda row: (row.id,), view=lambda row: row)


router = Router(
    "/v1",
    route_handlers=[
        list_merchants,
        create_merchant,
        get_merchant,
        change_merchant,
        list_keys,
        create_key,
        revoke_key,
        list_all_keys,
        create_platform_key,
        revoke_any_key,
    ],
    tags=["merchants"],
)

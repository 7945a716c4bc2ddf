"""Routes of an account's places: the warehouses behind them, and where its opening stock is booked."""

from __future__ import annotations

from litestar import Response, get, put
from litestar.di import NamedDependency
from litestar.params import JSONBody

from hub.channels.schemas import Account, showing
from hub.channels.schemas.places import AccountPlaces, OpeningWarehouse, PlaceMappings
from hub.channels.service import mapping, places, standing
from hub.channels.service.wiring import Channels
from hub.kernel.api.etags import etag_of, require_match
from hub.kernel.api.policy import Access, allow
from hub.kernel.api.requests import ApiRequest
from hub.kernel.api.texts import Id
from hub.kernel.db import Database


@get(
    "/merchants/{merchant_id:str}/accounts/{account_id:str}/places",
    opt=allow(Access.READ),
    operation_id="list_places",
    sync_to_thread=True,
)
def list_places(database: NamedDependency[Database], merchant_id: Id, account_id: Id) -> Response[AccountPlaces]:
    """List the places of an account: the warehouses behind each, or why no stock is pushed there."""
    with database.reading() as db:
        view = showing.places(db, standing.account(db, merchant_id, account_id))
    return Response(view, headers={"ETag": etag_of(view)})


@put(
    "/merchants/{merchant_id:str}/accounts/{account_id:str}/places",
    opt=allow(Access.WRITE, matches=True),
    operation_id="map_places",
    sync_to_thread=True,
)
def map_places(
    request: ApiRequest,
    database: NamedDependency[Database],
    merchant_id: Id,
    account_id: Id,
    data: JSONBody[PlaceMappings],
) -> Response[AccountPlaces]:
    """Map the places of an account to warehouses, all at once; what is shared must be said openly."""
    with database.writing() as db:
        row = mapping.locked(db, merchant_id, account_id)
        require_match(request, showing.places(db, row))
        mapping.map_places(db, row, data.mapping, actor=request.actor)
        view = showing.places(db, row)
    return Response(view, headers={"ETag": etag_of(view)})


@put(
    "/merchants/{merchant_id:str}/accounts/{account_id:str}/opening-warehouse",
    opt=allow(Access.WRITE),
    operation_id="choose_opening_warehouse",
    sync_to_thread=True,
)
def choose_opening_warehouse(
    request: ApiRequest,
    database: NamedDependency[Database],
    channels: NamedDependency[Channels],
    merchant_id: Id,
    account_id: Id,
    data: JSONBody[OpeningWarehouse],
) -> Account:
    """Say where the stock of an account's first confirmed listings is booked."""
    with database.writing() as db:
        row = mapping.locked(db, merchant_id, account_id)
        row = places.choose_opening(db, row, data.warehouse, actor=request.actor)
        return showing.account(channels, db, row)


ROUTES = [list_places, map_places, choose_opening_warehouse]

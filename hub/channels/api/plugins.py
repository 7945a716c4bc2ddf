"""Routes of plugins, their switches per merchant, and access requests."""

from __future__ import annotations

import msgspec
from litestar import Response, get, post, put
from litestar.di import NamedDependency
from litestar.params import JSONBody

from hub.channels import store
from hub.channels.schemas import (
    AccessRequest,
    NewAccessRequest,
    PluginDetail,
    Plugins,
    Switch,
    SwitchChange,
    Switches,
    showing,
)
from hub.channels.service import requesting, switching
from hub.channels.service.wiring import Channels
from hub.kernel.api.policy import Access, allow
from hub.kernel.api.requests import ApiRequest
from hub.kernel.api.texts import Cursor, Id, Limit
from hub.kernel.db import Database
from hub.kernel.paging import Page, after_id, page


@get("/plugins", opt=allow(Access.READ), operation_id="list_plugins", sync_to_thread=True)
def list_plugins(channels: NamedDependency[Channels]) -> Plugins:
    """List what is installed: what each plugin can do, or why it was refused."""
    return Plugins(items=showing.plugins(channels))


@get("/plugins/{name:str}", opt=allow(Access.READ), operation_id="get_plugin", sync_to_thread=True)
def get_plugin(channels: NamedDependency[Channels], name: str) -> PluginDetail:
    """Show a plugin's capability sheet, checklist and settings form."""
    return showing.plugin_detail(channels, name)


@get(
    "/merchants/{merchant_id:str}/plugins",
    opt=allow(Access.READ),
    operation_id="list_merchant_plugins",
    sync_to_thread=True,
)
def list_switches(
    database: NamedDependency[Database], channels: NamedDependency[Channels], merchant_id: Id
) -> Switches:
    """List which plugins a merchant may use."""
    with database.reading() as db:
        return Switches(items=showing.switches(channels, db, merchant_id))


@get(
    "/merchants/{merchant_id:str}/plugins/{name:str}",
    opt=allow(Access.READ),
    operation_id="get_merchant_plugin",
    sync_to_thread=True,
)
def get_switch(
    database: NamedDependency[Database], channels: NamedDependency[Channels], merchant_id: Id, name: str
) -> Switch:
    """Show whether a merchant may use a plugin, and whether it still drains."""
    with database.reading() as db:
        return showing.switch(channels, db, merchant_id, name)


@put(
    "/merchants/{merchant_id:str}/plugins/{name:str}",
    opt=allow(Access.ADMIN),
    operation_id="switch_merchant_plugin",
    sync_to_thread=True,
)
def turn_switch(
    request: ApiRequest,
    database: NamedDependency[Database],
    channels: NamedDependency[Channels],
    merchant_id: Id,
    name: str,
    data: JSONBody[SwitchChange],
) -> Switch:
    """Enable or disable a plugin for a merchant; disabling lets running work end at its next page."""
    with database.writing() as db:
        showing.switch(channels, db, merchant_id, name)
        switching.turn(channels, db, merchant_id, name, enabled=data.enabled, actor=request.actor)
        return showing.switch(channels, db, merchant_id, name)


@get(
    "/merchants/{merchant_id:str}/access-requests",
    opt=allow(Access.READ),
    operation_id="list_access_requests",
    sync_to_thread=True,
)
def list_access_requests(
    request: ApiRequest, database: NamedDependency[Database], merchant_id: Id, limit: Limit = 50, cursor: Cursor = None
) -> Page[AccessRequest]:
    """List what a merchant has asked our team for, the oldest first."""
    with database.reading() as db:
        rows = store.requests.access_requests_of(db, merchant_id, after_id=after_id(cursor), limit=limit)
    return page(request.url, rows, limit=limit, key=lambda row: (row.id,), view=_access_request)


@post(
    "/merchants/{merchant_id:str}/access-requests",
    opt=allow(Access.WRITE),
    operation_id="request_access",
    sync_to_thread=True,
)
def request_access(
    request: ApiRequest,
    database: NamedDependency[Database],
    channels: NamedDependency[Channels],
    merchant_id: Id,
    data: JSONBody[NewAccessRequest],
) -> Response[AccessRequest]:
    """Ask our team for the API data of a store."""
    with database.writing() as db:
        made = requesting.ask_for_access(
            channels,
            db,
            merchant_id,
            data.plugin,
            store_name=data.store_name,
            store_link=data.store_link,
            email=data.email,
            actor=request.actor,
        )
        return request.answer(db, _access_request(made))


def _access_request(row: store.requests.AccessRequestRow) -> AccessRequest:
    return AccessRequest(**msgspec.structs.asdict(row))


ROUTES = [
    list_plugins,
    get_plugin,
    list_switches,
    get_switch,
    turn_switch,
    list_access_requests,
    request_access,
]

"""Routes of imports: started, watched, stopped, resumed."""

from __future__ import annotations

from litestar import Response, get, post
from litestar.di import NamedDependency

from hub.catalog.schemas import Import, import_view
from hub.catalog.service import imports
from hub.catalog.service.imports import IMPORT_ITEMS
from hub.channels.service.wiring import Channels
from hub.kernel import jobs
from hub.kernel.api.policy import Access, allow
from hub.kernel.api.requests import ApiRequest
from hub.kernel.api.texts import Cursor, Id, Limit, Words
from hub.kernel.db import Database, Transaction
from hub.kernel.paging import Page, after_id, page

M = "/merchants/{merchant_id:str}"


@post(f"{M}/accounts/{{account_id:str}}/imports", opt=allow(Access.WRITE), operation_id="start_import",
      status_code=202, sync_to_thread=True)  # fmt: skip
def start_import(
    request: ApiRequest,
    database: NamedDependency[Database],
    channels: NamedDependency[Channels],
    merchant_id: Id,
    account_id: Id,
) -> Response[Import]:
    """Import what the channel lists; the answer names the import, which runs in the background."""
    with database.writing() as db:
        ticket = imports.start(channels, db, merchant_id, account_id, actor=request.actor)
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


def _accepted(request: ApiRequest, db: Transaction, merchant_id: str, import_id: str) -> Response[Import]:
    shown = import_view(imports.find(db, merchant_id, import_id))
    location = f"/v1/merchants/{merchant_id}/imports/{import_id}"
    return request.answer(db, shown, status=202, headers={"Location": location})


ROUTES = [start_import, list_imports, get_import, cancel_import, resume_import]

"""Routes of reconciliations: how a 3PL and the hub differ, found each night or when somebody asks."""

from __future__ import annotations

from functools import partial
from typing import Annotated

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import QueryParameter

from hub.channels.service import standing
from hub.fulfilment.rules.reconciling import FindingKind
from hub.fulfilment.schemas.reconciling import FindingView, ReconciliationView, finding_view, reconciliation_view
from hub.fulfilment.service import reconciling
from hub.fulfilment.store import reconciling as store
from hub.kernel.api.policy import Access, allow
from hub.kernel.api.requests import ApiRequest
from hub.kernel.api.texts import Cursor, Id, Limit
from hub.kernel.db import Database
from hub.kernel.paging import Page, after_id, page, position

ALL = "/merchants/{merchant_id:str}/accounts/{account_id:str}/reconciliations"
ONE = f"{ALL}/{{reconciliation_id:str}}"
OfKind = Annotated[FindingKind | None, QueryParameter(description="Only differences of this kind.")]


@post(ALL, opt=allow(Access.WRITE), operation_id="reconcile_account", status_code=202, sync_to_thread=True)
def reconcile_account(
    request: ApiRequest, database: NamedDependency[Database], merchant_id: Id, account_id: Id
) -> Response[ReconciliationView]:
    """Hold the hub against what a 3PL knows, by a job; one that is under way is that one. Daily by itself."""
    with database.writing() as db:
        asked = reconciling.ask(db, merchant_id, account_id, actor=request.actor)
        db.flush()  # the job's id is known once it is written
        view = reconciliation_view(asked.reconciliation, job_id=asked.ticket.job_id)
        return request.answer(db, view, status=202)


@get(ALL, opt=allow(Access.READ), operation_id="list_reconciliations", sync_to_thread=True)
def list_reconciliations(
    request: ApiRequest,
    database: NamedDependency[Database],
    merchant_id: Id,
    account_id: Id,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[ReconciliationView]:
    """List the reconciliations of an account at a 3PL, the newest first, with how much each has found."""
    before = after_id(cursor)
    with database.reading() as db:
        account = standing.account(db, merchant_id, account_id)
        rows = store.page(db, account.id, limit=limit, before=before)
    return page(request.url, rows, limit=limit, key=lambda row: (row.id,), view=reconciliation_view)


@get(ONE, opt=allow(Access.READ), operation_id="get_reconciliation", sync_to_thread=True)
def get_reconciliation(
    database: NamedDependency[Database], merchant_id: Id, account_id: Id, reconciliation_id: Id
) -> ReconciliationView:
    """Show a reconciliation, and how far it is."""
    with database.reading() as db:
        return reconciliation_view(reconciling.expect(db, merchant_id, account_id, reconciliation_id))


@get(f"{ONE}/findings", opt=allow(Access.READ), operation_id="list_findings", sync_to_thread=True)
def list_findings(
    request: ApiRequest,
    database: NamedDependency[Database],
    merchant_id: Id,
    account_id: Id,
    reconciliation_id: Id,
    kind: OfKind = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[FindingView]:
    """List how a 3PL and the hub differ: what it does not know, what the hub does not, what left, what lies there."""
    after = position(cursor, str, str, str) or ("", "", "")
    with database.reading() as db:
        found = reconciling.expect(db, merchant_id, account_id, reconciliation_id)
        rows = store.findings(db, found.id, limit=limit, after=after, kind=kind)
    return page(
        request.url, rows, limit=limit, key=lambda row: (row.kind.value, row.warehouse_id, row.ref),
        view=partial(finding_view, until=found.finished_at or found.created_at),
    )  # fmt: skip


ROUTES = [reconcile_account, list_reconciliations, get_reconciliation, list_findings]

"""Routes of plans: what would be told to an account, and who approved it."""

from __future__ import annotations

from litestar import Response, get, post, put
from litestar.di import NamedDependency
from litestar.params import JSONBody

from hub.kernel.api.etags import etag_of, require_match
from hub.kernel.api.policy import Access, allow
from hub.kernel.api.requests import ApiRequest
from hub.kernel.api.texts import Cursor, Id, Limit
from hub.kernel.db import Database
from hub.kernel.paging import Page, page, position
from hub.stock.schemas.plans import Approval, ApprovalView, Mode, PlanRow, PlanView, approved_view, plan_view, row_view
from hub.stock.service import approving, planning

A = "/merchants/{merchant_id:str}/accounts/{account_id:str}"


@get(f"{A}/stock-mode", opt=allow(Access.READ), operation_id="get_stock_mode", sync_to_thread=True)
def get_stock_mode(database: NamedDependency[Database], merchant_id: Id, account_id: Id) -> Response[Mode]:
    """Show whether an account is told of stock by itself, or only what a person has approved."""
    with database.reading() as db:
        view = Mode(approved_only=planning.mode(db, merchant_id, account_id))
    return Response(view, headers={"ETag": etag_of(view)})


@put(f"{A}/stock-mode", opt=allow(Access.WRITE, matches=True), operation_id="put_stock_mode", sync_to_thread=True)
def put_stock_mode(
    request: ApiRequest, database: NamedDependency[Database], merchant_id: Id, account_id: Id, data: JSONBody[Mode]
) -> Response[Mode]:
    """Let an account be told by itself, or only what a person approves; what is due meanwhile is kept."""
    with database.writing() as db:
        old = planning.mode(db, merchant_id, account_id, for_change=True)
        require_match(request, Mode(approved_only=old))
        planning.put_mode(db, merchant_id, account_id, old=old, new=data.approved_only, actor=request.actor)
    return Response(data, headers={"ETag": etag_of(data)})


@post(f"{A}/plan", opt=allow(Access.WRITE), operation_id="make_plan", status_code=202, sync_to_thread=True)
def make_plan(
    request: ApiRequest, database: NamedDependency[Database], merchant_id: Id, account_id: Id
) -> Response[PlanView]:  # fmt: skip
    """Ask for a plan of all that is due for an account, compared with what its channel shows now."""
    with database.writing() as db:
        view = plan_view(planning.start(db, merchant_id, account_id, actor=request.actor))
        return request.answer(db, view, status=202, headers={"Location": request.url.path})


@get(f"{A}/plan", opt=allow(Access.READ), operation_id="get_plan", sync_to_thread=True)
def get_plan(database: NamedDependency[Database], merchant_id: Id, account_id: Id) -> PlanView:
    """Show the newest plan of an account."""
    with database.reading() as db:
        return plan_view(planning.expect(db, merchant_id, account_id))


@get(f"{A}/plan/rows", opt=allow(Access.READ), operation_id="list_plan_rows", sync_to_thread=True)
def list_plan_rows(
    request: ApiRequest,
    database: NamedDependency[Database],
    merchant_id: Id,
    account_id: Id,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[PlanRow]:
    """List the figures of the plan, beside what is offered, told and shown now."""
    found = position(cursor, str, str)
    after = (str(found[0]), str(found[1])) if found else ("", "")
    with database.reading() as db:
        plan = planning.expect(db, merchant_id, account_id)
        rows = planning.listed(db, plan, limit=limit, after=after)
    return page(request.url, rows, limit=limit, key=lambda row: row.planned.outlet, view=row_view)


@post(f"{A}/plan/approve", opt=allow(Access.WRITE), operation_id="approve_plan", status_code=202, sync_to_thread=True)
def approve_plan(
    request: ApiRequest, database: NamedDependency[Database], merchant_id: Id, account_id: Id, data: JSONBody[Approval]
) -> Response[ApprovalView]:
    """Approve rows of the plan, or all: exactly these figures are told. What has changed since is answered as such."""
    outlets, plan_id = data.outlets, data.plan_id
    with database.writing() as db:
        if outlets is None:
            ticket = approving.approve_all(db, merchant_id, account_id, plan_id, actor=request.actor)
            db.flush()
            view = approved_view([], ticket.job_id)
        else:
            found = approving.approve(db, merchant_id, account_id, plan_id, outlets, actor=request.actor)
            view = approved_view(found)
        return request.answer(db, view, status=202)


ROUTES = [get_stock_mode, put_stock_mode, make_plan, get_plan, list_plan_rows, approve_plan]

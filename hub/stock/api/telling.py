"""Routes of what channels are told: rules, why a figure is what it is, and the log of pushes."""

from __future__ import annotations

from litestar import Response, get, put
from litestar.di import NamedDependency
from litestar.params import JSONBody

from hub.channels.service import standing
from hub.kernel.api.etags import etag_of, require_match
from hub.kernel.api.policy import Access, allow
from hub.kernel.api.requests import ApiRequest
from hub.kernel.api.texts import Cursor, Id, Limit
from hub.kernel.db import Database
from hub.kernel.paging import Page, after_id, page
from hub.stock.schemas.telling import ListingStock, NewRule, StockRule, listing_view, rule_view
from hub.stock.service import explaining, ruling
from hub.stock.store import pushes, rules
from hub.stock.store.pushes import Push
from hub.stock.store.rules import ALL

A = "/merchants/{merchant_id:str}/accounts/{account_id:str}"
L = "/merchants/{merchant_id:str}/listings/{listing_id:str}"


@get(f"{L}/stock", opt=allow(Access.READ), operation_id="get_listing_stock", sync_to_thread=True)
def get_listing_stock(database: NamedDependency[Database], merchant_id: Id, listing_id: Id) -> ListingStock:
    """Tell why the figure of a listing on its channel is what it is: what is offered, told and still due."""
    with database.reading() as db:
        return listing_view(listing_id, explaining.explain(db, merchant_id, listing_id))


@get(f"{L}/pushes", opt=allow(Access.READ), operation_id="list_pushes", sync_to_thread=True)
def list_pushes(
    request: ApiRequest,
    database: NamedDependency[Database],
    merchant_id: Id,
    listing_id: Id,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[Push]:
    """List what the channel was told of a listing, the newest first: when, why, and what it answered."""
    with database.reading() as db:
        explaining.explain(db, merchant_id, listing_id)
        rows = pushes.of_listing(db, merchant_id, listing_id, limit=limit, before=after_id(cursor))
    return page(request.url, rows, limit=limit, key=lambda row: (row.id,), view=lambda row: row)


@get(f"{A}/stock-rules", opt=allow(Access.READ), operation_id="list_stock_rules", sync_to_thread=True)
def list_stock_rules(
    request: ApiRequest,
    database: NamedDependency[Database],
    merchant_id: Id,
    account_id: Id,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[StockRule]:
    """List the rules of an account, that of all its products first."""
    with database.reading() as db:
        standing.account(db, merchant_id, account_id)
        rows = rules.page(db, account_id, limit=limit, after=after_id(cursor))
    return page(
        request.url, rows, limit=limit, key=lambda row: (row[0],), view=lambda row: rule_view(account_id, *row)
    )  # fmt: skip


@get(f"{A}/stock-rule", opt=allow(Access.READ), operation_id="get_account_stock_rule", sync_to_thread=True)
def get_account_stock_rule(
    database: NamedDependency[Database], merchant_id: Id, account_id: Id
) -> Response[StockRule]:  # fmt: skip
    """Show the rule for all products of an account that have none of their own."""
    return _shown(database, merchant_id, account_id, ALL)


@put(f"{A}/stock-rule", opt=allow(Access.WRITE, matches=True), operation_id="put_account_stock_rule",
     sync_to_thread=True)  # fmt: skip
def put_account_stock_rule(
    request: ApiRequest, database: NamedDependency[Database], merchant_id: Id, account_id: Id, data: JSONBody[NewRule]
) -> Response[StockRule]:
    """Say what an account is offered of what is free: a buffer, a share, a cap or a fixed figure."""
    return _put(request, database, merchant_id, account_id, ALL, data)


@get(f"{A}/stock-rules/{{product_id:str}}", opt=allow(Access.READ), operation_id="get_stock_rule",
     sync_to_thread=True)  # fmt: skip
def get_stock_rule(
    database: NamedDependency[Database], merchant_id: Id, account_id: Id, product_id: Id
) -> Response[StockRule]:
    """Show the rule that a product has in an account by itself; without a limit where it has none."""
    return _shown(database, merchant_id, account_id, product_id)


@put(f"{A}/stock-rules/{{product_id:str}}", opt=allow(Access.WRITE, matches=True), operation_id="put_stock_rule",
     sync_to_thread=True)  # fmt: skip
def put_stock_rule(
    request: ApiRequest,
    database: NamedDependency[Database],
    merchant_id: Id,
    account_id: Id,
    product_id: Id,
    data: JSONBody[NewRule],
) -> Response[StockRule]:
    """Give a product a rule of its own in an account, which stands alone: the account's adds nothing to it."""
    return _put(request, database, merchant_id, account_id, product_id, data)


def _shown(database: Database, merchant_id: str, account_id: str, product_id: str) -> Response[StockRule]:
    with database.reading() as db:
        view = rule_view(account_id, product_id, ruling.rule_of(db, merchant_id, account_id, product_id))
    return Response(view, headers={"ETag": etag_of(view)})


def _put(
    request: ApiRequest, database: Database, merchant_id: str, account_id: str, product_id: str, data: NewRule
) -> Response[StockRule]:
    with database.writing() as db:
        old = ruling.locked(db, merchant_id, account_id, product_id)
        require_match(request, rule_view(account_id, product_id, old))
        ruling.put(db, merchant_id, account_id, product_id, old, data.rule, actor=request.actor)
    view = rule_view(account_id, product_id, data.rule)
    return Response(view, headers={"ETag": etag_of(view)})


ROUTES = [
    get_listing_stock, list_pushes, list_stock_rules, get_account_stock_rule, put_account_stock_rule, get_stock_rule,
    put_stock_rule,
]  # fmt: skip

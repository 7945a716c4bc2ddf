"""Routes of where orders are sent from: the merchant's rules, what they come to, and a person's choice."""

from __future__ import annotations

from litestar import Response, delete, get, patch, post
from litestar.di import NamedDependency
from litestar.params import JSONBody

from hub.channels.service.wiring import Channels
from hub.kernel.api.etags import etag_of, require_match
from hub.kernel.api.policy import Access, allow
from hub.kernel.api.requests import ApiRequest
from hub.kernel.api.texts import Id, given
from hub.kernel.db import Database
from hub.orders.api.orders import etag, version_of, view
from hub.orders.schemas import ShownOrder
from hub.orders.schemas.routing import (
    Choice,
    NewRule,
    Preview,
    Routing,
    RuleChange,
    RuleList,
    ShownRule,
    shown_routing,
    shown_rule,
)
from hub.orders.service import choosing, manual, previewing, ruling, viewing

RULES = "/merchants/{merchant_id:str}/shipping-rules"
ORDER = "/merchants/{merchant_id:str}/orders/{order_id:str}"


@get(RULES, opt=allow(Access.READ), operation_id="list_shipping_rules", sync_to_thread=True)
def list_rules(database: NamedDependency[Database], merchant_id: Id) -> RuleList:
    """List the merchant's shipping rules, the one that is asked first before the others."""
    with database.reading() as db:
        return RuleList(items=[shown_rule(row) for row in ruling.rules(db, merchant_id)])


@post(RULES, opt=allow(Access.WRITE), operation_id="create_shipping_rule", sync_to_thread=True)
def create_rule(
    request: ApiRequest, database: NamedDependency[Database], merchant_id: Id, data: JSONBody[NewRule]
) -> Response[ShownRule]:
    """Say from where orders are sent that match; those that wait are looked at again by it."""
    with database.writing() as db:
        made = shown_rule(
            ruling.create(db, merchant_id, data.data, position=data.position, actor=request.actor)
        )  # fmt: skip
        headers = {"Location": f"/v1/merchants/{merchant_id}/shipping-rules/{made.id}", "ETag": etag_of(made)}
        return request.answer(db, made, headers=headers)


@get(f"{RULES}/{{rule_id:str}}", opt=allow(Access.READ), operation_id="get_shipping_rule", sync_to_thread=True)
def get_rule(database: NamedDependency[Database], merchant_id: Id, rule_id: Id) -> Response[ShownRule]:
    """Show a shipping rule."""
    with database.reading() as db:
        found = shown_rule(ruling.rule(db, merchant_id, rule_id))
    return Response(found, headers={"ETag": etag_of(found)})


@patch(
    f"{RULES}/{{rule_id:str}}",
    opt=allow(Access.WRITE, matches=True),
    operation_id="change_shipping_rule",
    sync_to_thread=True,
)
def change_rule(
    request: ApiRequest, database: NamedDependency[Database], merchant_id: Id, rule_id: Id, data: JSONBody[RuleChange]
) -> Response[ShownRule]:
    """Change what a shipping rule says, or its place among the others."""
    with database.writing() as db:
        old = ruling.rule(db, merchant_id, rule_id, for_change=True)
        require_match(request, shown_rule(old))
        wanted = data.over(ruling.data_of(old))
        new = shown_rule(ruling.change(db, old, wanted, position=given(data.position), actor=request.actor))
    return Response(new, headers={"ETag": etag_of(new)})


@delete(
    f"{RULES}/{{rule_id:str}}",
    opt=allow(Access.WRITE),
    operation_id="remove_shipping_rule",
    status_code=200,
    sync_to_thread=True,
)
def remove_rule(request: ApiRequest, database: NamedDependency[Database], merchant_id: Id, rule_id: Id) -> RuleList:
    """Take a shipping rule away; gives those that are left. What it has routed stays there, and is judged anew."""
    with database.writing() as db:
        ruling.remove(db, ruling.rule(db, merchant_id, rule_id, for_change=True), actor=request.actor)
        return RuleList(items=[shown_rule(row) for row in ruling.rules(db, merchant_id)])


@post(
    "/merchants/{merchant_id:str}/routing/preview",
    opt=allow(Access.READ),
    operation_id="preview_routing",
    status_code=200,
    sync_to_thread=True,
)
def preview_routing(
    request: ApiRequest, channels: NamedDependency[Channels], merchant_id: Id, data: JSONBody[Preview]
) -> Response[Routing]:
    """Say from where an order would be sent, and why not from elsewhere, by the rules there are or by others.

    Nothing is kept: not the order, nor the rules.
    """
    with channels.database.writing() as db:
        rules = None if data.rules is None else [each.data for each in data.rules]
        found = previewing.preview(db, channels, merchant_id, data.account_id, data.told, rules, actor=request.actor)
        return request.answer(db, shown_routing(found, is_kept=False), status=200)


@get(f"{ORDER}/routing", opt=allow(Access.READ), operation_id="get_order_routing", sync_to_thread=True)
def get_order_routing(
    request: ApiRequest, channels: NamedDependency[Channels], merchant_id: Id, order_id: Id
) -> Routing:
    """Show where the lines of an order lie, from where else they could be sent, and what stands against it."""
    with channels.database.reading() as db:
        found = manual.find(db, merchant_id, order_id)
        seller = manual.seller_of(db, channels, found.order, actor=request.actor)
        return shown_routing(viewing.view(db, seller, found))


@post(
    f"{ORDER}/warehouse",
    opt=allow(Access.WRITE, matches=True),
    operation_id="choose_warehouse",
    status_code=200,
    sync_to_thread=True,
)
def choose_warehouse(
    request: ApiRequest, channels: NamedDependency[Channels], merchant_id: Id, order_id: Id, data: JSONBody[Choice]
) -> Response[ShownOrder]:
    """Have an order, or some lines of it, sent from this warehouse; refused where it cannot, with every reason.

    What lies in a warehouse of others stays there until that has let it go.
    """
    with channels.database.writing() as db:
        before = manual.find(db, merchant_id, order_id, for_change=True)
        require_match(request, version_of(before))
        now = choosing.choose(
            db, channels, before, data.warehouse_id, data.line_ids, actor=request.actor
        ).stored  # fmt: skip
        return request.answer(db, view(db, channels.ring, now), status=200, headers={"ETag": etag(now)})


ROUTES = [
    list_rules, create_rule, get_rule, change_rule, remove_rule, preview_routing, get_order_routing, choose_warehouse,
]  # fmt: skip

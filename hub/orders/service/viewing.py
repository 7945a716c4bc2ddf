"""Shows where orders may be sent from, and why not from elsewhere; nothing is changed by looking."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from hub_hookspecs import OrderState

from hub.kernel.db import Transaction
from hub.orders.rules.allotting import Wish, allot
from hub.orders.rules.routing import Rule, Verdict, held_back
from hub.orders.service import routing, wanting
from hub.orders.service.drafts import Seller
from hub.orders.service.routing import Routes
from hub.orders.store import resolving
from hub.orders.store.orders import LineRow, OrderRow, Stored
from hub.orders.store.resolving import Known
from hub.stock.store import levels

OVER = (OrderState.SHIPPED, OrderState.DELIVERED, OrderState.RETURNED, OrderState.CANCELLED)


class Choice(NamedTuple):
    """A warehouse that a line may come from, or may not: what stands against it."""

    warehouse_id: str
    name: str
    verdicts: tuple[Verdict, ...]


class LineView(NamedTuple):
    """A line with every warehouse that it could come from, in the order in which they are tried.

    `from_id` is the one that would send it now, by what lies there; None: none has enough of it.
    """

    line: LineRow
    rules: tuple[str, ...]  # the names of those that match it
    choices: tuple[Choice, ...]
    from_id: str | None


class View(NamedTuple):
    """How an order is routed; `held_back` is why nothing of it is sent, wherever it lies; "": it is.

    `verdicts` stand against sending it from where its lines lie.
    """

    held_back: str
    verdicts: tuple[Verdict, ...]
    lines: list[LineView]


def routes_of(
    db: Transaction, seller: Seller, known: Known, stored: Sequence[Stored], *, rules: Sequence[Rule] | None = None
) -> Routes:  # fmt: skip
    """What decides about these orders of the account; `rules` None: those that the merchant has."""
    is_chosen = any(line.chosen for one in stored for line in one.lines)
    needs = wanting.needs(db, stored, known)
    return routing.routes(db, seller.account, seller.declared, known, needs, rules=rules, is_chosen=is_chosen)


def known_of(db: Transaction, seller: Seller, one: Stored) -> Known:
    """What the hub knows of an order's lines."""
    refs = {line.listing_ref for line in one.lines} or {""}
    return resolving.known(db, seller.account.merchant_id, seller.account.id, refs)


def view(db: Transaction, seller: Seller, one: Stored, *, rules: Sequence[Rule] | None = None) -> View:
    """How an order is routed now; with `rules`, how it would be by these. `db` may be reading."""
    known = known_of(db, seller, one)
    # Looked at by the rules of a merchant who has none as well: whoever sets the first one up wants to see it work.
    asked = [] if rules is None and not known.routed else rules
    routes = routes_of(db, seller, known, [one], rules=asked)
    default = known.default or ""
    ranks = {line.id: routes.ranked(one.order, line, wanting.usual_of(seller.account, known, line, default))
             for line in one.lines}  # fmt: skip
    wishes = [
        Wish(line.id, one.order.id, _times(routes.needs[line.id], line.quantity), *ranks[line.id])
        for line in one.lines
        if line.quantity and routes.needs[line.id]
    ]
    found = allot(free(db, {one for wish in wishes for one in wish.needs}), wishes) if wishes else {}
    order = one.order
    lines = [
        LineView(line, _names(routes, order, line), _choices(routes, order, line, sum(ranks[line.id], ())),
                 found.get(line.id))
        for line in one.lines
    ]  # fmt: skip
    back = held_back(order.state, sent_by_channel=order.fulfilled_by_channel)
    return View(back, routes.verdicts(one), lines)


def free(db: Transaction, products: Collection[str]) -> dict[tuple[str, str], int]:
    """What is free of these products, by warehouse and product."""
    found = levels.of_products(db, products) if products else []
    return {(one.warehouse_id, one.product_id): one.standing.free for one in found}


def _times(needs: Mapping[str, int], count: int) -> dict[str, int]:
    return {product: each * count for product, each in needs.items()}


def _names(routes: Routes, order: OrderRow, line: LineRow) -> tuple[str, ...]:
    return tuple(rule.name for rule in routes.matching(order, line))


def _choices(routes: Routes, order: OrderRow, line: LineRow, ids: Sequence[str]) -> tuple[Choice, ...]:
    return tuple(Choice(one, routes.stations[one].name, routes.against(order, line, one)) for one in ids)

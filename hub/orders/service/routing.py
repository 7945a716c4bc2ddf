"""Decides where lines of orders may be sent from: by the merchant's rules, and by what channels declare."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from hub_hookspecs import Capability, Channel

from hub.channels.rules import State
from hub.channels.rules.warehouses import WarehouseKind
from hub.channels.store.accounts import AccountRow
from hub.kernel.db import Transaction
from hub.merchants.rules import Feature, Several
from hub.orders.rules.lines import Standing, Step
from hub.orders.rules.routing import (
    Case,
    Chain,
    Ranked,
    Rule,
    Sale,
    Shop,
    Station,
    Verdict,
    chain,
    judge,
    matches,
    ranked,
    several,
)
from hub.orders.store import routing, shipping_rules
from hub.orders.store.orders import LineRow, OrderRow, Stored
from hub.orders.store.resolving import Known
from hub.orders.store.routing import StationRow
from hub.orders.store.states import OPEN
from hub.stock.rules.levels import Place

Declared = Mapping[str, Channel]  # of every plugin that is loaded, by its name
_FOR_OTHERS = {Feature.MASTER_PRODUCT: "Product → Master product", Feature.WAREHOUSE_MANAGEMENT: "Warehouse management"}


@dataclass(frozen=True, kw_only=True)
class Routes:
    """What decides it for the orders of an account at this moment.

    Without `stations` nothing is decided: its merchant has neither rules nor warehouses of others, and nobody has
    chosen one by hand.
    """

    account: AccountRow
    known: Known
    needs: Mapping[str, Mapping[str, int]]  # base units by product for one of a listing's units, by the line's id
    stations: Mapping[str, Station]
    rules: Sequence[Rule]
    shop: Shop
    plan: str = ""
    splits: bool = False
    unplaced: Mapping[Place, str]

    @cached_property
    def elsewhere(self) -> frozenset[str]:
        """The open warehouses of others: what lies there is moved by fulfilment only."""
        return frozenset(one.id for one in self.stations.values() if one.third_party)

    def where(self, order: OrderRow, line: LineRow, to_do: Step, usual: Sequence[str], default: str) -> Ranked:
        """The warehouses that a line may come from, the best first; `usual` are those that its place is mapped to.

        What its channel says has left did not leave a warehouse of others: those say themselves what does.
        """
        found = self.ranked(order, line, usual) if self.stations else Ranked(tuple(usual), ())
        if to_do is Step.SHIP:
            own = [one for one in (*found.able, *found.unable) if one not in self.elsewhere]
            found = Ranked(tuple(own) or (default,), ())
        first = order.warehouse_id  # what the order holds something of already
        return Ranked(tuple(sorted(found.able, key=lambda one: one != first)), found.unable)

    def ranked(self, order: OrderRow, line: LineRow, usual: Sequence[str]) -> Ranked:
        """Where a line may come from, whatever its order holds already."""
        if line.chosen in self.stations:
            usual, named = (line.chosen,), Chain()
        else:
            named = self.chain(order, line)
        there = [one for one in (*named.named, *usual) if one in self.stations]
        return ranked(named, usual, {one: self.against(order, line, one) for one in there})

    def against(self, order: OrderRow, line: LineRow, warehouse_id: str) -> tuple[Verdict, ...]:
        """All that stands against sending a line from this warehouse; nothing: it may."""
        named = self.chain(order, line)
        unplaced = (self.unplaced.get((warehouse_id, product), "") for product in self.needs.get(line.id, ()))
        case = Case(
            named=warehouse_id in named.named or warehouse_id == line.chosen, stopped_by=named.stopped_by,
            plan=self.plan, unplaced=tuple(filter(None, unplaced)),
        )  # fmt: skip
        return judge(self.stations[warehouse_id], self.shop, case)

    def chain(self, order: OrderRow, line: LineRow) -> Chain:
        """What the merchant's rules say of a line."""
        return chain(self.rules, self._sale(order, line))

    def matching(self, order: OrderRow, line: LineRow) -> list[Rule]:
        """The rules that are for a line, the first first."""
        sale = self._sale(order, line)
        return [rule for rule in self.rules if matches(rule, sale)]

    def _sale(self, order: OrderRow, line: LineRow) -> Sale:
        sold = self.known.sold.get(line.listing_ref)
        skus = tuple(filter(None, (line.sku, sold.sku if sold else "")))
        return Sale(order.account_id, order.country or self.account.country, skus)

    def verdicts(self, stored: Stored) -> tuple[Verdict, ...]:
        """All that stands against sending an order from where it is held now."""
        order = stored.order
        if not self.known.routed or order.state not in OPEN or order.fulfilled_by_channel:
            return ()
        held = [
            (line, line.warehouse_id)
            for line in stored.lines
            if line.standing is Standing.RESERVED and line.warehouse_id in self.stations
        ]
        found = [each for line, where in held if where for each in self.against(order, line, where)]
        names = () if self.splits else [self.stations[where].name for _, where in held if where]
        return tuple(dict.fromkeys((*found, *several(names))))


def routes(
    db: Transaction, account: AccountRow, declared: Declared, known: Known, needs: Mapping[str, Mapping[str, int]], *,
    rules: Sequence[Rule] | None = None, is_chosen: bool = False,
) -> Routes:  # fmt: skip
    """What decides about orders of an account whose lines need this.

    `rules` None: those that the merchant has. `is_chosen`: a person has chosen a warehouse for some of the lines.
    """
    is_asked = known.routed or rules is not None or is_chosen
    rows = routing.stations(db, account.merchant_id) if is_asked else []
    stations = {row.id: _station(row, declared) for row in rows}
    if rules is None:
        rules = [row.rule(row.id) for row in shipping_rules.of_merchant(db, account.merchant_id)] if rows else []
    told = [row.id for row in rows if _is_told_of_products(row, declared)]
    products = {product for each in needs.values() for product in each}
    return Routes(
        account=account, known=known, needs=needs, stations=stations, rules=rules,
        shop=_shop(account, declared), plan=_plan(rows), splits=any(row.several == Several.SPLIT for row in rows),
        unplaced=routing.unplaced(db, told, products) if told and products else {},
    )  # fmt: skip


def _station(row: StationRow, declared: Declared) -> Station:
    if row.kind != WarehouseKind.THIRD_PARTY:
        return Station(row.id, row.name, row.country)
    channel = declared.get(row.plugin or "")
    needs, serves = (channel.needs, channel.countries) if channel else (frozenset(), frozenset())
    return Station(row.id, row.name, row.country, True, needs, serves, _shut(row, channel))


def _shut(row: StationRow, channel: Channel | None) -> str:
    """Why nothing is handed to a warehouse of others now; "": it is."""
    if channel is None:
        return f"its plugin {row.plugin} is not installed, or was refused"
    if not row.enabled:
        return f"{channel.title} is disabled for this merchant; ops can enable it"
    if row.state != State.ACTIVE:
        return f"its account is {str(row.state).replace('_', ' ')}{f': {row.reason}' if row.reason else ''}"
    return channel.lacks.get(Capability.PUSH_OUTBOUND, "") or (row.lacks or {}).get(Capability.PUSH_OUTBOUND, "")


def _is_told_of_products(row: StationRow, declared: Declared) -> bool:
    """Whether a warehouse sends only products that it was told of: one that is told of none knows them otherwise."""
    channel = declared.get(row.plugin or "") if row.kind == WarehouseKind.THIRD_PARTY else None
    return channel is not None and Capability.PUSH_PRODUCT in channel.offers


def _shop(account: AccountRow, declared: Declared) -> Shop:
    channel = declared.get(account.plugin)
    if channel is None:
        return Shop(account.name, account.country)
    return Shop(account.name, account.country, channel.supplies, channel.lacks_papers)


def _plan(rows: Sequence[StationRow]) -> str:
    """Why the merchant's plan allows no warehouse of others; "": it does."""
    features: Collection[str] = rows[0].features if rows else tuple(Feature)
    missing = [name for feature, name in _FOR_OTHERS.items() if feature.value not in features]
    return f"the plan does not contain {' and '.join(missing)}, which warehouses of 3PLs need" if missing else ""

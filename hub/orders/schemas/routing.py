"""Shipping rules as the API takes and shows them, and how orders are routed."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import msgspec
from hub_hookspecs import Address, Order, OrderLine, OrderState

from hub.channels.schemas.warehouses import Country
from hub.kernel.api.texts import VISIBLE, Name
from hub.orders.rules.flags import Code
from hub.orders.rules.lines import Standing
from hub.orders.rules.routing import Otherwise, Verdict
from hub.orders.schemas import MOST_LINES, MOST_UNITS, Identifier
from hub.orders.service.ruling import MOST
from hub.orders.service.viewing import LineView, View
from hub.orders.store.shipping_rules import RuleData, RuleRow

Accounts = Annotated[
    tuple[Identifier, ...], msgspec.Meta(max_length=100, description="of these accounts that sell; empty: of any")
]
Countries = Annotated[
    tuple[Country, ...],
    msgspec.Meta(
        max_length=250, description="to these countries, where the channel tells none the store's; empty: any"
    ),
]
Sku = Annotated[
    str,
    msgspec.Meta(
        min_length=1, max_length=200, pattern=VISIBLE, description="one line with at least one sign that can be seen"
    ),
]
Skus = Annotated[
    tuple[Sku, ...],
    msgspec.Meta(
        max_length=500,
        description="of these SKUs, the listing's or the product's; `TEE*`: all that begin so; empty: any",
    ),
]
Warehouses = Annotated[
    tuple[Identifier, ...], msgspec.Meta(min_length=1, max_length=20, description="the first is tried first")
]
After = Annotated[
    Otherwise,
    msgspec.Meta(
        description=(
            "where none of these warehouses can: `next`: the next rule that matches, in the end the warehouses that "
            "the account's places are mapped to; `stop`: none"
        )
    ),
]
Position = Annotated[int, msgspec.Meta(ge=0, lt=MOST, description="among the merchant's rules, from 0")]


class DraftRule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a rule says: lines that match all of it are sent from its warehouses."""

    name: Name
    warehouse_ids: Warehouses
    account_ids: Accounts = ()
    countries: Countries = ()
    skus: Skus = ()
    otherwise: After = Otherwise.NEXT

    @property
    def data(self) -> RuleData:
        return RuleData(**{name: getattr(self, name) for name in RuleData.__struct_fields__})


class NewRule(DraftRule, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A rule to be; without a position it comes behind those that there are."""

    position: Position | None = None


class RuleChange(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is to change of a rule; what is left out stays."""

    name: Name | msgspec.UnsetType = msgspec.UNSET
    warehouse_ids: Warehouses | msgspec.UnsetType = msgspec.UNSET
    account_ids: Accounts | msgspec.UnsetType = msgspec.UNSET
    countries: Countries | msgspec.UnsetType = msgspec.UNSET
    skus: Skus | msgspec.UnsetType = msgspec.UNSET
    otherwise: After | msgspec.UnsetType = msgspec.UNSET
    position: Position | msgspec.UnsetType = msgspec.UNSET

    def over(self, old: RuleData) -> RuleData:
        """The rule as it is to be."""
        given = {name: getattr(self, name) for name in RuleData.__struct_fields__}
        stays = {name: getattr(old, name) for name in given if given[name] is msgspec.UNSET}
        return RuleData(**(given | stays))


class ShownRule(msgspec.Struct, frozen=True, kw_only=True):
    """A shipping rule. The one at position 0 is asked first."""

    id: str
    position: int
    name: str
    warehouse_ids: tuple[str, ...]
    account_ids: tuple[str, ...]
    countries: tuple[str, ...]
    skus: tuple[str, ...]
    otherwise: Otherwise
    created_at: datetime
    changed_at: datetime


class RuleList(msgspec.Struct, frozen=True, kw_only=True):
    """All rules of a merchant, the first first."""

    items: list[ShownRule]


class PreviewLine(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """So many of a listing of the account, by what its channel calls it."""

    listing_ref: Annotated[str, msgspec.Meta(min_length=1, max_length=200, pattern=VISIBLE)]
    quantity: Annotated[int, msgspec.Meta(ge=1, le=MOST_UNITS)] = 1
    sku: Annotated[str, msgspec.Meta(max_length=200, pattern=r"^[^\x00]*$")] = ""
    place_ref: Annotated[str, msgspec.Meta(max_length=200, pattern=r"^[^\x00]*$")] = ""


class Preview(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An order that might come. With `rules` it is routed as if the merchant had just these; nothing is kept."""

    account_id: Identifier
    lines: Annotated[tuple[PreviewLine, ...], msgspec.Meta(min_length=1, max_length=MOST_LINES)]
    country: Country = ""
    rules: Annotated[tuple[DraftRule, ...], msgspec.Meta(max_length=MOST)] | None = None

    def told(self, at: datetime) -> Order:
        """As a channel would tell it."""
        lines = tuple(
            OrderLine(
                ref=str(n), listing_ref=one.listing_ref, sku=one.sku, name="", quantity=one.quantity,
                place_ref=one.place_ref,
            )
            for n, one in enumerate(self.lines)
        )  # fmt: skip
        recipient = Address(country=self.country)
        return Order(
            ref="preview", number="preview", state=OrderState.READY, raw_state="", placed_at=at, lines=lines,
            recipient=recipient,
        )  # fmt: skip


class Choice(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The warehouse that an order is to be sent from, or just these lines of it."""

    warehouse_id: Identifier
    line_ids: Annotated[tuple[Identifier, ...], msgspec.Meta(max_length=MOST_LINES)] = ()


class ShownVerdict(msgspec.Struct, frozen=True, kw_only=True):
    """What stands against sending something, and what to do about it."""

    code: Code
    reason: str
    remedy: str


class Candidate(msgspec.Struct, frozen=True, kw_only=True):
    """A warehouse that a line may be sent from, or may not: `verdicts` stand against it."""

    warehouse_id: str
    name: str
    able: bool
    verdicts: list[ShownVerdict]


class RoutedLine(msgspec.Struct, frozen=True, kw_only=True):
    """A line. `candidates` are tried in this order, those that are able first.

    `warehouse_id` is where what it holds lies; `would_come_from` the one that would give it now, by what is free there;
    null: none has enough. `rules` are the names of those that match it.
    """

    id: str | None
    sku: str
    listing_ref: str
    quantity: int
    standing: Standing
    warehouse_id: str | None
    chosen_warehouse_id: str | None
    rules: list[str]
    would_come_from: str | None
    candidates: list[Candidate]


class Routing(msgspec.Struct, frozen=True, kw_only=True):
    """How an order is routed. `held_back`: why nothing of it is sent, wherever it lies; empty: it is.

    `verdicts` stand against sending it from where it lies now: it is flagged by them.
    """

    held_back: str
    verdicts: list[ShownVerdict]
    lines: list[RoutedLine]


def shown_rule(row: RuleRow) -> ShownRule:
    return ShownRule(**{name: getattr(row, name) for name in ShownRule.__struct_fields__})


def shown_routing(view: View, *, is_kept: bool = True) -> Routing:
    """As the API shows it; lines of an order that is not kept have no ids."""
    return Routing(
        held_back=view.held_back, verdicts=_verdicts(view.verdicts),
        lines=[_line(each, is_kept=is_kept) for each in view.lines],
    )  # fmt: skip


def _line(one: LineView, *, is_kept: bool) -> RoutedLine:
    line = one.line
    return RoutedLine(
        id=line.id if is_kept else None, sku=line.sku, listing_ref=line.listing_ref, quantity=line.quantity,
        standing=line.standing, warehouse_id=line.warehouse_id, chosen_warehouse_id=line.chosen or None,
        rules=list(one.rules), would_come_from=one.from_id,
        candidates=[
            Candidate(
                warehouse_id=each.warehouse_id, name=each.name, able=not each.verdicts,
                verdicts=_verdicts(each.verdicts),
            )
            for each in one.choices
        ],
    )  # fmt: skip


def _verdicts(found: tuple[Verdict, ...]) -> list[ShownVerdict]:
    return [ShownVerdict(code=one.code, reason=one.reason, remedy=one.remedy) for one in found]

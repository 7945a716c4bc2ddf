"""Which warehouse may send what an order wants: what a warehouse needs less what the selling channel supplies.

Everything here is declared by plugins, or set up by the merchant: no channel is known by its name.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from hub_hookspecs import OrderState, Paper

from hub.orders.rules.flags import NAMED, Code, Flag, cut

ANY = "*"  # at the end of a rule's SKU: all that begin so


class Otherwise(enum.StrEnum):
    """What comes after the warehouses of a rule."""

    NEXT = "next"  # those of the next rule that matches, and in the end those that the account's places are mapped to
    STOP = "stop"  # none


class Rule(NamedTuple):
    """Which lines are sent from where: of these accounts, to these countries, of these SKUs; what is empty is any."""

    id: str
    name: str
    account_ids: tuple[str, ...]
    countries: tuple[str, ...]
    skus: tuple[str, ...]
    warehouse_ids: tuple[str, ...]
    otherwise: Otherwise


class Sale(NamedTuple):
    """A line as rules see it: who sells, to which country, and what it is called there and here."""

    account_id: str
    country: str
    skus: tuple[str, ...]


class Chain(NamedTuple):
    """The warehouses that the rules name for a line, the first first, and the rule that ends with them; "": none."""

    named: tuple[str, ...] = ()
    stopped_by: str = ""


def matches(rule: Rule, sale: Sale) -> bool:
    return (
        (not rule.account_ids or sale.account_id in rule.account_ids)
        and (not rule.countries or sale.country in rule.countries)
        and (not rule.skus or any(_is_like(sku, pattern) for sku in sale.skus for pattern in rule.skus))
    )


def chain(rules: Iterable[Rule], sale: Sale) -> Chain:
    """What the rules say of a line; they come in their order."""
    named: dict[str, None] = {}
    for rule in rules:
        if matches(rule, sale):
            named |= dict.fromkeys(rule.warehouse_ids)
            if rule.otherwise is Otherwise.STOP:
                return Chain(tuple(named), rule.name)
    return Chain(tuple(named))


class Station(NamedTuple):
    """A warehouse. One of others needs papers, serves countries, and may be shut: why nothing is handed to it now."""

    id: str
    name: str
    country: str = ""
    third_party: bool = False
    needs: frozenset[Paper] = frozenset()
    serves: frozenset[str] = frozenset()  # countries; empty: anywhere
    shut: str = ""


class Shop(NamedTuple):
    """The account that sells: its name, its country, and the papers that its channel supplies or lacks, and why."""

    name: str
    country: str = ""
    supplies: frozenset[Paper] = frozenset()
    lacks: Mapping[Paper, str] = {}


class Verdict(NamedTuple):
    """Why a warehouse may not send something, and what to do about it."""

    code: Code
    reason: str
    remedy: str


class Case(NamedTuple):
    """What is judged: whether a rule or a person named the warehouse, and what it was not told of, in words."""

    named: bool
    stopped_by: str = ""
    plan: str = ""  # why the merchant may use no warehouse of others
    unplaced: Sequence[str] = ()


def judge(station: Station, shop: Shop, case: Case) -> tuple[Verdict, ...]:
    """All that stands against it; nothing: it may send it."""
    return tuple(_of_others(station, shop, case) if station.third_party else _of_own(station, case))


def _of_own(station: Station, case: Case) -> Iterator[Verdict]:
    """The merchant's own shelf sends whatever no rule keeps from it."""
    if case.stopped_by and not case.named:
        reason = f"no shipping rule sends it from {station.name}: the last that matches is {case.stopped_by!r}"
        yield Verdict(Code.NO_RULE, reason, _REMEDIES[Code.NO_RULE])


def _of_others(station: Station, shop: Shop, case: Case) -> Iterator[Verdict]:
    if case.plan:
        yield Verdict(Code.PLAN, case.plan, _REMEDIES[Code.PLAN])
    if not case.named:
        reason = f"no shipping rule sends it from {station.name}"
        yield Verdict(Code.NO_RULE, reason, _REMEDIES[Code.NO_RULE])
    if reason := _abroad(station, shop):
        yield Verdict(Code.COUNTRY, reason, _REMEDIES[Code.COUNTRY])
    for paper in sorted(station.needs - shop.supplies, key=list(Paper).index):
        code = _PAPERS[paper]
        yield Verdict(code, shop.lacks.get(paper) or f"{shop.name} supplies no {paper.value}", _REMEDIES[code])
    if station.shut:
        yield Verdict(Code.UNAVAILABLE, f"{station.name}: {station.shut}", _REMEDIES[Code.UNAVAILABLE])
    if case.unplaced:
        more = [f"and {len(case.unplaced) - NAMED} more"] if len(case.unplaced) > NAMED else []
        reason = f"{station.name} does not know {'; '.join([*case.unplaced[:NAMED], *more])}"
        yield Verdict(Code.NOT_PLACED, reason, _REMEDIES[Code.NOT_PLACED])


_PAPERS = {Paper.LABEL_PDF: Code.NO_LABEL, Paper.AWB: Code.NO_AWB}
_CHOOSE = "choose another warehouse for the order"
_REMEDIES = {
    Code.PLAN: f"have the plan extended, or {_CHOOSE}",
    Code.NO_RULE: f"set up a shipping rule that names the warehouse, or {_CHOOSE}",
    Code.COUNTRY: f"{_CHOOSE}: one in the country of the store",
    Code.NO_LABEL: f"{_CHOOSE}: one that needs no label from the channel, such as the merchant's own",
    Code.NO_AWB: f"{_CHOOSE}: one that needs no AWB from the channel, such as the merchant's own",
    Code.UNAVAILABLE: f"put the account at that warehouse in order, or {_CHOOSE}",
    Code.NOT_PLACED: f"add the products to that warehouse, or push them again, or {_CHOOSE}",
    Code.SEVERAL: (
        "choose one warehouse that has all of it, or let orders be split (several_warehouses of the merchant)"
    ),
}  # fmt: skip


def _abroad(station: Station, shop: Shop) -> str:
    """Where a store sells in another country than the warehouse stands in; "" for one that serves any."""
    if not station.serves:
        return ""
    there = {station.country} if station.country else station.serves
    if shop.country in there:
        return ""
    served = ", ".join(sorted(there))
    where = f"sells in {shop.country}" if shop.country else "does not say in which country it sells"
    return f"{cut(shop.name)} {where}, and {station.name} serves {served}"


class Ranked(NamedTuple):
    """Where a line may come from, the best first, and where it may not but could be held."""

    able: tuple[str, ...]
    unable: tuple[str, ...]


def ranked(found: Chain, usual: Sequence[str], against: Mapping[str, Sequence[Verdict]]) -> Ranked:
    """Named by rules first, then those that the account's places are mapped to; `against` says what speaks against."""
    everywhere = [one for one in dict.fromkeys((*found.named, *usual)) if one in against]
    able = tuple(one for one in everywhere if not against[one])
    return Ranked(able, tuple(one for one in everywhere if against[one]))


def several(warehouses: Iterable[str]) -> tuple[Verdict, ...]:
    """What stands against an order whose lines lie in different warehouses; their names."""
    names = sorted(set(warehouses))
    if len(names) < 2:
        return ()
    reason = f"its lines lie in {len(names)} warehouses: {', '.join(cut(name) for name in names[:NAMED])}"
    return (Verdict(Code.SEVERAL, reason, _REMEDIES[Code.SEVERAL]),)


def unsent(verdicts: Iterable[Verdict]) -> list[Flag]:
    """What an order waits for by these: one flag for each code, which names every reason."""
    found: dict[Code, list[Verdict]] = {}
    for one in verdicts:
        found.setdefault(one.code, []).append(one)
    return [
        Flag(code, "; ".join(dict.fromkeys(one.reason for one in some[:NAMED])), some[0].remedy)
        for code, some in found.items()
    ]


_LEFT = "it has left already, so nothing is sent any more"
_STATES = {
    OrderState.UNPAID: "nobody has paid it yet",
    OrderState.CANCEL_REQUESTED: "its buyer asks to cancel it",
    OrderState.CANCELLED: "it is cancelled",
    OrderState.SHIPPED: _LEFT, OrderState.DELIVERED: _LEFT, OrderState.RETURNED: _LEFT,
    OrderState.UNKNOWN: "its channel says a word that the plugin does not know",
}  # fmt: skip


def held_back(state: OrderState, *, sent_by_channel: bool) -> str:
    """Why nothing of an order is sent now, wherever it lies; "": it is."""
    return "its channel sends it out of its own warehouse" if sent_by_channel else _STATES.get(state, "")


def _is_like(sku: str, pattern: str) -> bool:
    return sku.startswith(pattern.removesuffix(ANY)) if pattern.endswith(ANY) else sku == pattern

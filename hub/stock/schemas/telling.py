"""Rules, and what a channel shows of a listing and why, as the API shows and takes them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import msgspec

from hub.kernel.api.texts import Count
from hub.stock.rules import wording
from hub.stock.rules.freshness import Why
from hub.stock.rules.offered import Rule
from hub.stock.service.explaining import Account, Answer
from hub.stock.service.offering import Explained

Percent = Annotated[int, msgspec.Meta(ge=0, le=100)]


class NewRule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is offered of what is free, in base units, in this order; null: no such limit, all null: no rule.

    `buffer` is kept back, `percent` of the rest is offered, at most `cap`. `fixed` is offered whatever there is, so it
    sells what does not lie there: for goods made to order.
    """

    buffer: Count | None = None
    percent: Percent | None = None
    cap: Count | None = None
    fixed: Count | None = None

    @property
    def rule(self) -> Rule:
        return Rule(self.buffer, self.percent, self.cap, self.fixed)


class StockRule(msgspec.Struct, frozen=True, kw_only=True):
    """A rule of an account; `product_id` null: of all its products but those that have their own."""

    account_id: str
    product_id: str | None
    buffer: int | None
    percent: int | None
    cap: int | None
    fixed: int | None


def rule_view(account_id: str, product_id: str, rule: Rule) -> StockRule:
    return StockRule(account_id=account_id, product_id=product_id or None, **rule._asdict())


class Source(msgspec.Struct, frozen=True, kw_only=True):
    """A level that the figure is made of; `needed`: how many of the product make one unit of the listing's product."""

    warehouse_id: str
    product_id: str
    needed: int
    on_hand: int
    reserved: int
    held: int
    available: int


class OfferView(msgspec.Struct, frozen=True, kw_only=True):
    """How a figure comes about: base units that are free, what the rule leaves of them, and whole packs of those."""

    free: int
    rule: StockRule | None
    after_rule: int
    pack: int
    figure: int
    sources: list[Source]


class DueView(msgspec.Struct, frozen=True, kw_only=True):
    """A figure that is still to be looked at: since when and by what, and not before when."""

    since: datetime
    cause: str
    not_before: datetime


class Telling(msgspec.Struct, frozen=True, kw_only=True):
    """What a listing is offered at a place, what the channel was told and is believed to show.

    `text` says all of it. `fresh`: nothing is to be told, as far as we know. `behind_since`: since when the channel may
    be showing another figure, with `behind` as the reason and `remedy` as the cure. `why_not`: why nothing is told at
    all. `expected` null: what it shows is not known for certain, and the next push asks. `reading`: a figure that
    orders have yet to explain.
    """

    place_ref: str
    fresh: bool
    offer: OfferView | None
    why_not: str
    shown: int | None
    shown_at: datetime | None
    asked_at: datetime | None
    expected: int | None
    reading: int | None
    displayed: int | None
    due: DueView | None
    behind_since: datetime | None
    behind: Why | None
    remedy: str
    text: str


class ListingStock(msgspec.Struct, frozen=True, kw_only=True):
    """Why the figure of a listing is what it is, place by place."""

    listing_id: str
    account_id: str
    items: list[Telling]


def listing_view(listing_id: str, account: Account) -> ListingStock:
    items = [_telling(account, each) for each in account.answers]
    return ListingStock(listing_id=listing_id, account_id=account.account_id, items=items)


def _telling(account: Account, answer: Answer) -> Telling:
    told, due = answer.told, answer.due
    waits = due and DueView(since=due["since"], cause=due["cause"], not_before=due["not_before"])
    return Telling(
        place_ref=answer.place_ref, fresh=answer.fresh, offer=_offer(account.account_id, answer.explained),
        why_not=answer.explained.why_not, shown=told.shown, shown_at=told.shown_at, asked_at=told.asked_at,
        expected=told.expected, reading=told.reading, displayed=answer.displayed, due=waits or None,
        behind_since=answer.behind_since, behind=answer.why.why if answer.why else None,
        remedy=answer.why.remedy if answer.why else "", text=_text(account, answer),
    )  # fmt: skip


def _text(account: Account, answer: Answer) -> str:
    """Why the figure is what it is, in a few sentences."""
    told, due, explained = answer.told, answer.due, answer.explained
    sentences = [f"nothing is offered: {explained.why_not}"]
    if explained.offer is not None:
        shelves = [
            wording.Shelf(
                account.skus.get(place[1], place[1]), account.warehouses.get(place[0], place[0]), *stands,
                explained.needs[place[1]],
            )
            for place, stands in sorted(explained.stock.items())
        ]  # fmt: skip
        offer, rule = explained.offer, wording.limits(explained.rule._asdict()) if explained.rule_of else ""
        sentences = [
            wording.offered(
                offer.figure, free=offer.free, ruled=offer.ruled, pack=offer.pack, rule=rule, shelves=shelves
            )
        ]
    sentences.append(
        wording.telling(
            shown=told.shown, shown_at=told.shown_at, expected=told.expected, displayed=answer.displayed,
            out=told.asked_at is not None,
        )
    )  # fmt: skip
    if due is not None:
        why = wording.cause(due["cause"].partition(":")[0])
        sentences.append(f"due since {wording.instant(due['since'])}, last because {why}")
    if answer.why is not None:
        sentences.append(f"behind because {answer.why.text}")
    return ". ".join(each[0].upper() + each[1:] for each in sentences) + "."


def _offer(account_id: str, explained: Explained) -> OfferView | None:
    offer = explained.offer
    if offer is None:
        return None
    product_id = explained.listed.product_id or ""
    rule = rule_view(account_id, product_id if explained.rule_of == "product" else "", explained.rule)
    sources = [
        Source(
            warehouse_id=place[0], product_id=place[1], needed=explained.needs[place[1]], available=standing.free,
            **standing._asdict(),
        )
        for place, standing in sorted(explained.stock.items())
    ]  # fmt: skip
    return OfferView(
        free=offer.free, rule=rule if explained.rule_of else None, after_rule=offer.ruled, pack=offer.pack,
        figure=offer.figure, sources=sources,
    )  # fmt: skip

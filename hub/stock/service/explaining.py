"""Why the figure on a channel is what it is: what is offered and why, what was told, what is still due."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

import sqlalchemy as sa

from hub.catalog.store import products
from hub.channels import store as channels
from hub.channels.rules.places import present
from hub.channels.service import standing
from hub.kernel.db import Transaction
from hub.kernel.errors import NotFound
from hub.stock.rules import telling
from hub.stock.rules.freshness import Explanation, Lag, explained
from hub.stock.rules.telling import Told
from hub.stock.service import offering
from hub.stock.service.offering import Explained
from hub.stock.store import due, offers, pushes, stale, told
from hub.stock.store.pushes import Push

_TOLD = Told.__struct_fields__


class Answer(NamedTuple):
    """All that is known of a listing at a place."""

    place_ref: str
    explained: Explained
    told: Told
    displayed: int | None
    due: sa.RowMapping | None
    why: Explanation | None = None  # why it is behind; None: it is not

    @property
    def behind_since(self) -> datetime | None:
        """Since when the channel may be showing another figure, as far as we know."""
        if self.due is not None:
            since: datetime = self.due["since"]
            return since
        return None if self.explained.offer is None else self.told.refused_at

    @property
    def fresh(self) -> bool:
        """Whether nothing is to be told, as far as we know."""
        offer = self.explained.offer
        return self.due is None and offer is not None and telling.nothing_to_send(self.told, offer.figure)


class Account(NamedTuple):
    """Whose listing it is, and the answers place by place."""

    account_id: str
    answers: list[Answer]
    warehouses: Mapping[str, str] = {}  # names
    skus: Mapping[str, str] = {}


def explain(db: Transaction, merchant_id: str, listing_id: str) -> Account:
    """Tell of every place of the listing's account, and of those that it was told at before."""
    one = offers.listed(db, [listing_id]).get(listing_id)
    if one is None or one.merchant_id != merchant_id:
        raise NotFound("listing")
    account = standing.account(db, merchant_id, one.account_id)
    mapped = [each.ref for each in channels.places.mapped_places(db, (account.id,))[account.id]]
    kept = told.of_listing(db, listing_id)
    refs = list(dict.fromkeys([*mapped, *present(account.places), *kept]))
    found = offering.offers_of(db, account, [(listing_id, ref) for ref in refs])
    waiting = {row["place_ref"]: row for row in due.of_listing(db, account.id, listing_id)}
    answers = [_answer(ref, found[listing_id, ref], kept.get(ref), waiting.get(ref)) for ref in refs]
    places = {place for each in answers for place in each.explained.stock}
    warehouses = channels.warehouses.named(db, merchant_id, {place[0] for place in places}) if places else {}
    goods = products.of_ids(db, merchant_id, {place[1] for place in places}) if places else {}
    return Account(
        account.id, _judged(db, account.id, listing_id, answers), {each.id: each.name for each in warehouses.values()},
        {each.id: each.sku for each in goods.values()},
    )  # fmt: skip


def _judged(db: Transaction, account_id: str, listing_id: str, answers: list[Answer]) -> list[Answer]:
    """The answers, and of those that are behind why they are; nothing is asked where none is."""
    late = [each for each in answers if each.behind_since is not None]
    if not late:
        return answers
    standing_ = stale.standing(db, [account_id])[account_id]
    said = pushes.last_of(db, [(listing_id, each.place_ref) for each in late])
    whys = {each.place_ref: explained(standing_, _lag(each, said.get((listing_id, each.place_ref)))) for each in late}
    return [each._replace(why=whys.get(each.place_ref)) for each in answers]


def _lag(one: Answer, told_: Push | None) -> Lag:
    """What is known of the figure itself."""
    return Lag(
        refused=(told_.reason if told_ else "") if one.due is None else None,
        approved=one.due is not None and one.due["approved"] is not None,
        reads_orders=one.told.reading is not None, asked=one.told.asked_at is not None,
    )  # fmt: skip


def _answer(ref: str, explained: Explained, row: sa.RowMapping | None, waiting: sa.RowMapping | None) -> Answer:
    known = Told() if row is None else Told(**{name: row[name] for name in _TOLD})
    return Answer(ref, explained, known, None if row is None else row["displayed"], waiting)

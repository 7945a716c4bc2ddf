"""Why the figure on a channel is what it is: what is offered and why, what was told, what is still due."""

from __future__ import annotations

from typing import NamedTuple

import sqlalchemy as sa

from hub.channels import store as channels
from hub.channels.rules.places import present
from hub.channels.service import standing
from hub.kernel.db import Transaction
from hub.kernel.errors import NotFound
from hub.stock.rules import telling
from hub.stock.rules.telling import Told
from hub.stock.service import offering
from hub.stock.service.offering import Explained
from hub.stock.store import due, offers, told

_TOLD = Told.__struct_fields__


class Answer(NamedTuple):
    """All that is known of a listing at a place."""

    place_ref: str
    explained: Explained
    told: Told
    displayed: int | None
    due: sa.RowMapping | None

    @property
    def fresh(self) -> bool:
        """Whether nothing is to be told, as far as we know."""
        offer = self.explained.offer
        return self.due is None and offer is not None and telling.nothing_to_send(self.told, offer.figure)


class Account(NamedTuple):
    """Whose listing it is, and the answers place by place."""

    account_id: str
    answers: list[Answer]


def explain(db: Transaction, merchant_id: str, listing_id: str) -> Account:
    """Tell of every place of the listing's account, and of those that it was told at before."""
    one = offers.listed(db, [listing_id]).get(listing_id)
    if one is None or one.merchant_id != merchant_id:
        raise NotFound("listing")
    account = standing.account(db, merchant_id, one.account_id)
    mapped = [each.ref for each in channels.places.mapped_places(db, (account.id,))[account.id]]
    kept = told.of_listing(db, listing_id)
    refs = list(dict.fromkeys([*mapped, *present(account.places), *kept]))
    explained = offering.offers_of(db, account, [(listing_id, ref) for ref in refs])
    waiting = {row["place_ref"]: row for row in due.of_listing(db, account.id, listing_id)}
    return Account(
        account.id, [_answer(ref, explained[listing_id, ref], kept.get(ref), waiting.get(ref)) for ref in refs]
    )


def _answer(ref: str, explained: Explained, row: sa.RowMapping | None, waiting: sa.RowMapping | None) -> Answer:
    known = Told() if row is None else Told(**{name: row[name] for name in _TOLD})
    return Answer(ref, explained, known, None if row is None else row["displayed"], waiting)

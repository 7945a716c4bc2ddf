"""Which figures are behind, since when, why, and what to do about it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import NamedTuple

from hub.channels.service import standing as accounts
from hub.kernel.db import Transaction
from hub.merchants import service as merchants
from hub.stock.rules.freshness import Explanation, Lag, explained
from hub.stock.service.pushing import moment
from hub.stock.store import pushes, stale
from hub.stock.store.pushes import Push
from hub.stock.store.stale import After, Behind, Named, Teller


class Stale(NamedTuple):
    """A figure that is behind, with what it was told last."""

    behind: Behind
    teller: Teller
    listing: Named
    told: Push | None
    why: Explanation

    @property
    def key(self) -> After:
        return self.behind.since, self.behind.listing_id, self.behind.place_ref


def listed(
    db: Transaction, merchant_id: str, *, older_than: timedelta, account_id: str | None = None, after: After, limit: int
) -> list[Stale]:
    """The merchant's figures that are behind for so long or longer, the oldest first, and one more than `limit`.

    Half a dozen statements, whatever there is; raises `NotFound` where the merchant or its account is not.
    """
    merchants.merchant(db, merchant_id)
    if account_id is not None:
        accounts.account(db, merchant_id, account_id)
    tellers = {one.id: one for one in stale.tellers(db, merchant_id) if account_id in (None, one.id)}
    until = moment(db) - older_than
    found = stale.oldest(db, list(tellers), until=until, after=after, limit=limit + 1)
    return explain(db, tellers, found) if found else []


def explain(db: Transaction, tellers: dict[str, Teller], found: Sequence[Behind]) -> list[Stale]:
    """Why each of these is behind."""
    standing = stale.standing(db, {one.account_id for one in found})
    listings = stale.named(db, {one.listing_id for one in found})
    told = pushes.last_of(db, {(one.listing_id, one.place_ref) for one in found})
    return [
        Stale(
            one, tellers[one.account_id], listings[one.listing_id], last,
            explained(standing[one.account_id], lag_of(one, last)),
        )
        for one in found
        for last in (told.get((one.listing_id, one.place_ref)),)
    ]  # fmt: skip


def lag_of(one: Behind, told: Push | None) -> Lag:
    """What is known of the figure itself."""
    return Lag(
        refused=(told.reason if told else "") if one.refused else None, approved=one.approved,
        reads_orders=one.reading is not None, asked=one.asked_at is not None,
    )  # fmt: skip

"""What imports see of figures that were told: the net below everything else that keeps `expected` right."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from hub.channels import store as channels
from hub.kernel.db import Transaction
from hub.stock.rules import telling
from hub.stock.service.pushing import moment
from hub.stock.service.touching import ask
from hub.stock.store import marking, told
from hub.stock.store.due import Marked


def page_seen(db: Transaction, account_id: str, figure_of: Mapping[str, int], asked_at: datetime) -> None:
    """A page that was asked for at `asked_at` showed so many of these linked listings, in the channel's own units.

    Whatever differs from what was expected is due. One statement where nothing differs, a handful where something does,
    however many there are; the caller has the page in the same transaction.
    """
    seen = told.differing(db, account_id, figure_of, seen_at=asked_at)
    if not seen:
        return
    before = {
        outlet: row
        for outlet, row in told.lock(db, account_id, seen).items()
        if row.touched_at is None or row.touched_at < asked_at  # a push or an order may have come between
    }
    after = {outlet: telling.synced(row, seen[outlet], page_asked_at=asked_at) for outlet, row in before.items()}
    wrong = {outlet: row for outlet, row in after.items() if row != before[outlet]}
    told.write(db, wrong)
    told.display(db, {outlet: seen[outlet] for outlet in before})
    if wrong:
        merchant_id = channels.accounts.expect(db, account_id).merchant_id
        marking.mark_again(db, Marked(merchant_id, account_id), wrong, cause="import", at=moment(db))
        ask(db, merchant_id, account_id)

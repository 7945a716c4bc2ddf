"""Finds whose each hint is and has read again what it names; set-based over a batch."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from hub_hookspecs import Capability, HintKind

from hub.channels import rules as accounts
from hub.channels.service.wiring import Channels
from hub.kernel import jobs
from hub.kernel.db import Transaction, now
from hub.kernel.events import Actor, Subject, record
from hub.kernel.jobs import JobKind
from hub.orders.service import reading
from hub.webhooks import store
from hub.webhooks.rules import Outcome, Shop, Told, Verdict, decide, whose

CHECK = JobKind("webhooks.check_account", lane="default")


def dispatch(channels: Channels, db: Transaction, credentials: str, told: Sequence[Told]) -> None:
    """Act on hints of one connection, and note what became of each."""
    if not told:
        return
    shops = _shops(channels, db, credentials, told)
    unnamed = {each.ref for each in told if not each.shop_ref and each.kind == HintKind.ORDER}
    owners = store.shops.owners(db, credentials, sorted(unnamed))
    verdicts = {
        each.id: decide(each, whose(each, shops, owners, single=credentials == _only(shops)), shops) for each in told
    }
    _act(db, told, verdicts)
    store.deliveries.settle(db, verdicts, at=db.execute(sa.select(now())).scalar_one())


def _act(db: Transaction, told: Sequence[Told], verdicts: dict[str, Verdict]) -> None:
    wanted: dict[tuple[str, str], list[str]] = {}
    for each in told:
        verdict = verdicts[each.id]
        if verdict.shop is None:
            continue
        shop, whose_ = verdict.shop, (verdict.shop.merchant_id, verdict.shop.account_id)
        match verdict.outcome:
            case Outcome.READING:
                wanted.setdefault(whose_, []).append(each.ref)
            case Outcome.IMPORTING:
                reading.ask(db, *whose_, ())
            case Outcome.CHECKING:
                jobs.enqueue(db, CHECK, merchant_id=shop.merchant_id, account_id=shop.account_id)
            case Outcome.NOTED if each.kind == HintKind.ERASE_BUYER:
                _note_erasure(db, shop, each)
    for (merchant_id, account_id), refs in sorted(wanted.items()):
        reading.ask(db, merchant_id, account_id, refs)


def _note_erasure(db: Transaction, shop: Shop, told: Told) -> None:
    """Somebody's right under the law, so it stands in the audit trail however long hints are kept."""
    subject, actor = Subject(kind="account", id=shop.account_id), Actor(kind="channel", id=shop.account_id)
    record(
        db,
        "buyer.erasure_requested",
        subject=subject,
        actor=actor,
        merchant_id=shop.merchant_id,
        after={"ref": told.ref},
        cause=told.id,
    )


def _shops(channels: Channels, db: Transaction, credentials: str, told: Sequence[Told]) -> list[Shop]:
    """Those that the hints name; all of the connection where one of them names none."""
    named = {each.shop_ref for each in told}
    rows = store.shops.accounts(db, credentials, shop_refs=None if "" in named else sorted(named))
    return [_shop(channels, row) for row in rows]


def _shop(channels: Channels, row: sa.Row[Any]) -> Shop:  # Any: a row of `store.shops`
    host = channels.hosts.loaded.get(row.plugin)
    lacks = accounts.lacks(row.lacks, enabled=True, plugin=row.plugin)
    why_not = host.lacking(Capability.IMPORT_ORDERS, lacks) if host else "its plugin is not loaded"
    return Shop(
        account_id=row.id,
        merchant_id=row.merchant_id,
        shop_ref=row.shop_ref,
        enabled=bool(row.enabled),
        reads_orders=why_not,
    )


def _only(shops: Sequence[Shop]) -> str:
    """Where an account has credentials of its own they are named by its id: nobody else will ever share them."""
    return shops[0].account_id if len(shops) == 1 else ""

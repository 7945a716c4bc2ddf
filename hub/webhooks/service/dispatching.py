"""Finds whose each hint is and has read again what it names; set-based over a batch."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

import sqlalchemy as sa
from hub_hookspecs import Capability, HintKind

from hub.catalog.service import imports
from hub.channels import rules as accounts
from hub.channels.service.wiring import Channels
from hub.fulfilment.service import documents
from hub.kernel import jobs
from hub.kernel.db import Transaction, now
from hub.kernel.events import Actor, Subject, record
from hub.kernel.jobs import JobKind
from hub.orders.service import reading
from hub.webhooks import store
from hub.webhooks.rules import Outcome, Shop, Told, Verdict, decide, everyone_of, unknown_document, whose
from hub.webhooks.service import erasing

CHECK = JobKind("webhooks.check_account", lane="default")
NEVER_IMPORTED = "they were never imported: begin with an import"


def dispatch(channels: Channels, db: Transaction, credentials: str, told: Sequence[Told]) -> None:
    """Act on hints of one connection, and note what became of each."""
    if not told:
        return
    verdicts = _verdicts(channels, db, credentials, told)
    erasing.take_turns(db, told, verdicts)
    _act(db, told, verdicts)
    _ask_warehouses(db, told, verdicts)
    store.deliveries.settle(db, verdicts, at=db.execute(sa.select(now())).scalar_one())
    erasing.forget_late(db, credentials, told, verdicts)


def _verdicts(channels: Channels, db: Transaction, credentials: str, told: Sequence[Told]) -> dict[str, Verdict]:
    shops, gone = _shops(channels, db, credentials, told), _gone(channels, db, credentials, told)
    unnamed = {each.ref for each in told if not each.shop_ref and each.kind == HintKind.ORDER}
    owners = store.shops.owners(db, credentials, sorted(unnamed))
    single = credentials == _only(shops)
    closed_alone = credentials == _only([*shops, *gone])
    return {
        each.id: everyone_of(each, shops, gone, single=closed_alone)
        if each.kind == HintKind.ERASE_BUYER
        else decide(each, whose(each, shops, owners, single=single), shops)
        for each in told
    }


def _act(db: Transaction, told: Sequence[Told], verdicts: dict[str, Verdict]) -> None:
    wanted: dict[tuple[str, str], list[str]] = {}
    listed: set[tuple[str, str]] = set()
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
            case Outcome.LISTING:
                listed.add(whose_)
            case Outcome.CHECKING:
                jobs.enqueue(db, CHECK, merchant_id=shop.merchant_id, account_id=shop.account_id)
            case Outcome.ERASING:
                _erase(db, (shop, *verdict.also), each)
    for (merchant_id, account_id), refs in sorted(wanted.items()):
        reading.ask(db, merchant_id, account_id, refs)
    for merchant_id, account_id in sorted(listed):
        imports.follow(db, merchant_id, account_id)


def _ask_warehouses(db: Transaction, told: Sequence[Told], verdicts: dict[str, Verdict]) -> None:
    """Have documents asked for that warehouses hinted at; of one that is not known, people see that it is not."""
    hints: dict[tuple[str, str], list[Told]] = {}
    for each in told:
        shop = verdicts[each.id].shop
        if shop is not None and verdicts[each.id].outcome is Outcome.ASKING:
            hints.setdefault((shop.merchant_id, shop.account_id), []).append(each)
    for (merchant_id, account_id), some in sorted(hints.items(), key=lambda one: one[0]):
        known = documents.hint(db, merchant_id, account_id, {each.ref for each in some})
        for each in some:
            if each.ref not in known:
                verdicts[each.id] = unknown_document(verdicts[each.id])


def _erase(db: Transaction, shops: Sequence[Shop], told: Told) -> None:
    for one in shops:
        _note_erasure(db, one, told)
        erasing.ask(db, one, told)


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
    asks = any(each.kind in (HintKind.ITEM, HintKind.STOCK) for each in told)
    unread = imports.not_begun(db, [row.id for row in rows]) if asks else frozenset()
    return [_shop(channels, row, unread) for row in rows]


def _gone(channels: Channels, db: Transaction, credentials: str, told: Sequence[Told]) -> list[Shop]:
    """Those that are not connected any more, where somebody is to be erased: what they left behind counts as well."""
    named = {each.shop_ref for each in told if each.kind == HintKind.ERASE_BUYER}
    rows = store.shops.closed(db, credentials, shop_refs=None if "" in named else sorted(named)) if named else ()
    return [_shop(channels, row) for row in rows]


def _shop(channels: Channels, row: sa.Row[Any], unread: Collection[str] = ()) -> Shop:  # Any: a row of `store.shops`
    host = channels.hosts.loaded.get(row.plugin)
    lacks = accounts.lacks(row.lacks, enabled=True, plugin=row.plugin)
    away, unbegun = "its plugin is not loaded", NEVER_IMPORTED if row.id in unread else ""
    return Shop(
        account_id=row.id,
        merchant_id=row.merchant_id,
        shop_ref=row.shop_ref,
        enabled=bool(row.enabled),
        reads_orders=host.lacking(Capability.IMPORT_ORDERS, lacks) if host else away,
        reads_items=host.lacking(Capability.IMPORT_ITEMS, lacks) or unbegun if host else away,
    )


def _only(shops: Sequence[Shop]) -> str:
    """Where an account has credentials of its own they are named by its id: nobody else will ever share them."""
    return shops[0].account_id if len(shops) == 1 else ""

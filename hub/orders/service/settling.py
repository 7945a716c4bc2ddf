"""Settles what is new of orders: their lines hold, ship or free stock, channels are told, and flags say why they wait.

A dozen statements for one order of a few lines, and no more for a hundred. All of it is one transaction: whoever dies
in it leaves nothing, and the same orders come again.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence

from msgspec.structs import replace

from hub.kernel.db import Transaction
from hub.orders.rules.lines import Standing, Step
from hub.orders.service import flagging, holding, preparing, viewing, wanting
from hub.orders.service import telling as telling_
from hub.orders.service.drafts import Draft, Seller, Settled
from hub.orders.service.moves import Move, Outcome
from hub.orders.store import orders, resolving
from hub.orders.store.orders import LineRow, Stored
from hub.orders.store.resolving import Known
from hub.stock.service.touching import touch_shown

_DECIDED = (Standing.RESERVED, Standing.SHIPPED, Standing.COVERED)  # lines whose product is settled


def settle(db: Transaction, seller: Seller, drafts: Sequence[Draft]) -> list[Settled]:
    """Settle these orders, each told as it is now, in their order: those that come first get first.

    Gives those that are kept: all that were told, and of those that were only looked at again those that changed.
    """
    account = seller.account
    refs = {line.listing_ref for draft in drafts for line in draft.now.lines} or {""}
    known = resolving.known(db, account.merchant_id, account.id, refs)
    ways = viewing.routes_of(db, seller, known, [draft.now for draft in drafts])
    moves = wanting.moves(db, seller, drafts, known, ways)
    able = [each for each in moves if each.needs or each.line.standing is Standing.RESERVED or each.word.is_news]
    done = holding.move(db, account.merchant_id, able, at=known.at, actor=seller.actor) if able else {}
    unable = {each.line.id: _unable(each) for each in moves if each.line.id not in done}
    stored = [_settled(_doubted(draft), known, unable | done) for draft in drafts]
    _tell(db, seller, drafts, stored, known)
    settled = flagging.judged(db, stored, done, [ways.verdicts(one) for one in stored])
    news = [(draft, each) for draft, each in zip(drafts, settled, strict=True) if _is_news(draft, each)]
    orders.write(db, [each.stored for _, each in news])
    flagging.keep(db, account.merchant_id, drafts, settled, at=known.at)
    for draft, each in zip(drafts, settled, strict=True):
        preparing.prepare(db, draft.before, each.stored, ways.elsewhere)
    for draft, each in news:
        flagging.record(db, draft, each, seller.actor)
    return [each for _, each in news]


def _is_news(draft: Draft, each: Settled) -> bool:
    """Whether anything is to be kept: an order that was only looked at again may be as it was."""
    if draft.before is None or draft.waits is None:
        return True
    now, before = each.stored, draft.before
    stays = (now.lines, now.order.warehouse_id) == (before.lines, before.order.warehouse_id)
    return not stays or {flag.code for flag in each.flags} != draft.waits.keys()


def _doubted(draft: Draft) -> Draft:
    """Note what is wanted no more of what was sold before the opening stock was counted, which may lack it.

    Nothing moves: whether the channel had counted it off when its figure was read, and for which of the listings that
    share the stock, nobody can tell. A unit too few is found by counting, one too many is sold twice.
    """
    before = {line.id: line.quantity for line in draft.before.lines} if draft.before else {}
    lines = tuple(
        replace(line, in_doubt=line.in_doubt + max(before.get(line.id, line.quantity) - line.quantity, 0))
        if line.standing is Standing.COVERED
        else line
        for line in draft.now.lines
    )
    return dataclasses.replace(draft, now=Stored(order=draft.now.order, lines=lines))


def _unable(each: Move) -> Outcome:
    """A line that holds nothing, and of which nobody knows what it sells."""
    standing = Standing.NONE if each.step is Step.FREE else Standing.UNLINKED
    return Outcome(standing, 0, each.line.turn)


def _settled(draft: Draft, known: Known, outcomes: Mapping[str, Outcome]) -> Stored:
    lines = tuple(_line(line, known, outcomes.get(line.id)) for line in draft.now.lines)
    order = draft.now.order
    where: set[str | None] = {line.warehouse_id for line in lines if line.warehouse_id}
    where = where or {order.warehouse_id}
    created_at = draft.before.order.created_at if draft.before else known.at
    return Stored(
        order=replace(
            order, warehouse_id=where.pop() if len(where) == 1 else None, created_at=created_at, changed_at=known.at,
            version=order.version + 1,
        ),
        lines=lines,
    )  # fmt: skip


def _line(line: LineRow, known: Known, outcome: Outcome | None) -> LineRow:
    sold = known.sold.get(line.listing_ref)
    if sold is not None:
        line = replace(line, listing_id=sold.listing_id)
    if sold is not None and (line.standing not in _DECIDED or (outcome is not None and outcome.anew)):
        line = replace(line, product_id=sold.product_id, pack=sold.pack)
    if outcome is None:
        return replace(line, waits_for=None)
    sought = sold.product_id if sold is not None and sold.product_id is not None else line.product_id
    return replace(
        line, standing=outcome.standing, units=outcome.units, turn=outcome.turn, in_margin=outcome.in_margin,
        waits_for=sought if outcome.lacks else None, warehouse_id=next(iter(outcome.warehouses), None),
    )  # fmt: skip


def _tell(
    db: Transaction, seller: Seller, drafts: Sequence[Draft], stored: Sequence[Stored], known: Known
) -> None:  # fmt: skip
    """What the channel sold it shows no more: the figure is due, whatever becomes of the stock."""
    found = []
    if seller.channel is None:
        return
    for draft, now in zip(drafts, stored, strict=True):
        if draft.is_history:
            continue
        before = {line.id: line for line in draft.before.lines} if draft.before else {}
        for line in now.lines:
            for one in telling_.news(before.get(line.id), line, placed_at=now.order.placed_at):
                found.append(one)
                # What the listing shows, and not what the line holds: it may have been moved to another product since.
                touch_shown(db, [one.listing_id], cause=f"order:{now.order.id}")
    telling_.tell(db, seller.account, seller.channel, list(known.warehouses), found, at=known.at)

"""Settles what is new of orders: their lines hold, ship or free stock, channels are told, and flags say why they wait.

A dozen statements for one order of a few lines, and no more for a hundred. All of it is one transaction: whoever dies
in it leaves nothing, and the same orders come again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec.structs import replace

from hub.channels.rules.places import present
from hub.channels.service import warehouses
from hub.channels.store.accounts import AccountRow
from hub.kernel.db import Transaction
from hub.orders.rules.lines import Line, Standing, Step, claim, step
from hub.orders.service import flagging, holding
from hub.orders.service import telling as telling_
from hub.orders.service.drafts import Draft, Seller, Settled
from hub.orders.service.moves import Move, Outcome
from hub.orders.store import orders, resolving
from hub.orders.store.orders import LineRow, Stored
from hub.orders.store.resolving import Known
from hub.stock.rules.offered import exploded
from hub.stock.service.touching import touch
from hub.stock.store import offers

_DECIDED = (Standing.RESERVED, Standing.SHIPPED, Standing.COVERED)  # lines whose product is settled


def settle(db: Transaction, seller: Seller, drafts: Sequence[Draft]) -> list[Settled]:
    """Settle these orders, each told as it is now, in their order: those that come first get first.

    Gives those that are kept: all that were told, and of those that were only looked at again those that changed.
    """
    account = seller.account
    refs = {line.listing_ref for draft in drafts for line in draft.now.lines} or {""}
    known = resolving.known(db, account.merchant_id, account.id, refs)
    moves = _moves(db, seller, drafts, known)
    able = [each for each in moves if each.needs or each.line.standing is Standing.RESERVED]
    done = holding.move(db, account.merchant_id, able, at=known.at, actor=seller.actor) if able else {}
    unable = {each.line.id: _unable(each) for each in moves if each.line.id not in done}
    stored = [_settled(draft, known, unable | done) for draft in drafts]
    _tell(db, seller, drafts, stored, known)
    settled = flagging.judged(db, stored, done)
    news = [(draft, each) for draft, each in zip(drafts, settled, strict=True) if _is_news(draft, each)]
    orders.write(db, [each.stored for _, each in news])
    flagging.keep(db, account.merchant_id, drafts, settled, at=known.at)
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


def _moves(db: Transaction, seller: Seller, drafts: Sequence[Draft], known: Known) -> list[Move]:
    """What the lines ask of stock; a line of which nobody knows what it sells needs nothing that is known."""
    bundles = {one.product_id for one in known.sold.values() if one.product_id and one.bundle}
    parts = offers.parts(db, bundles)
    default = known.default
    found: list[Move] = []
    for draft in drafts:
        for line in draft.now.lines:
            moved = _is_moved(known, line)
            to_do = _step(known, draft, line, moved=moved)
            if to_do is Step.LEAVE:
                continue
            default = default or warehouses.default_of(db, seller.account.merchant_id).id
            needs = _needs(known, line, parts)
            where = _candidates(seller.account, known, draft, line, default)
            left_at = draft.now.order.left_at or min(draft.now.order.updated_at, known.at)
            placed_at = None if draft.by_hand else draft.now.order.placed_at
            found.append(Move(line, to_do, line.quantity, needs, where, placed_at, left_at, moved))
    return found


def _is_moved(known: Known, line: LineRow) -> bool:
    """Whether a line holds one product, and its listing is linked to another one by now."""
    sold = known.sold.get(line.listing_ref)
    if line.standing is not Standing.RESERVED or sold is None:
        return False
    return sold.product_id not in (None, line.product_id)


def _step(known: Known, draft: Draft, line: LineRow, *, moved: bool) -> Step:
    order = draft.now.order
    claimed = claim(order.state, holds_unpaid=known.holds_unpaid, sent_by_channel=order.fulfilled_by_channel)
    return step(Line(line.units, line.standing, moved), line.quantity, claimed)


def _needs(known: Known, line: LineRow, parts: Mapping[str, Mapping[str, int]]) -> dict[str, int]:
    sold = known.sold.get(line.listing_ref)
    if sold is None or sold.product_id is None:
        return {}
    return {one: count * sold.pack for one, count in exploded(sold.product_id, parts).items()}


def _candidates(account: AccountRow, known: Known, draft: Draft, line: LineRow, default: str) -> tuple[str, ...]:
    """Where a line may come from: what is mapped to its place, else to the account, else the merchant's own default."""
    places = [ref for ref in present(account.places) if ref in known.warehouses]
    named = [line.place_ref] if line.place_ref in places else places
    mapped = dict.fromkeys(one for ref in named for one in known.warehouses[ref]) or {default: None}
    first = draft.now.order.warehouse_id  # what the order holds something of already
    return tuple(sorted(mapped, key=lambda one: one != first))


def _unable(each: Move) -> Outcome:
    """A line that holds nothing, and of which nobody knows what it sells."""
    standing = Standing.NONE if each.step is Step.FREE else Standing.UNLINKED
    return Outcome(standing, 0, each.line.turn)


def _settled(draft: Draft, known: Known, outcomes: Mapping[str, Outcome]) -> Stored:
    lines = tuple(_line(line, known, outcomes.get(line.id)) for line in draft.now.lines)
    order = draft.now.order
    moved = {one for line in lines if line.id in outcomes for one in outcomes[line.id].warehouses}
    where = moved | ({order.warehouse_id} if order.warehouse_id else set())
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
        waits_for=sought if outcome.lacks else None,
    )  # fmt: skip


def _tell(
    db: Transaction, seller: Seller, drafts: Sequence[Draft], stored: Sequence[Stored], known: Known
) -> None:  # fmt: skip
    """What the channel sold it shows no more: the figure is due, whatever becomes of the stock."""
    found = []
    if seller.channel is None:
        return
    for draft, now in zip(drafts, stored, strict=True):
        before = {line.id: line for line in draft.before.lines} if draft.before else {}
        for line in now.lines:
            one = telling_.news(before.get(line.id), line, placed_at=now.order.placed_at)
            if one is not None:
                found.append(one)
                touch(db, [line.product_id] if line.product_id else [], cause=f"order:{now.order.id}")
    telling_.tell(db, seller.account, seller.channel, list(known.warehouses), found, at=known.at)

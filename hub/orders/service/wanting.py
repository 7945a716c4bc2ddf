"""Says what the lines of orders ask of stock, and where they may come from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from hub_hookspecs import OrderState
from msgspec.structs import replace

from hub.channels.rules.places import present
from hub.channels.service import warehouses
from hub.channels.store.accounts import AccountRow
from hub.kernel.db import Transaction
from hub.orders.rules.lines import Line, Standing, Step, claim, step, step_anew
from hub.orders.service.drafts import Draft, Seller
from hub.orders.service.moves import NOTHING_SAID, Move
from hub.orders.service.routing import Routes
from hub.orders.store.orders import LineRow, OrderRow, Stored
from hub.orders.store.resolving import Known
from hub.stock.rules.offered import exploded
from hub.stock.store import offers


def needs(db: Transaction, stored: Sequence[Stored], known: Known) -> dict[str, dict[str, int]]:
    """Base units by product that one unit of a line needs, by the line's id; nothing where nobody knows what it is."""
    bundles = {one.product_id for one in known.sold.values() if one.product_id and one.bundle}
    parts = offers.parts(db, bundles)
    return {line.id: _needs(known, line, parts) for one in stored for line in one.lines}


def moves(db: Transaction, seller: Seller, drafts: Sequence[Draft], known: Known, routes: Routes) -> list[Move]:
    """What the lines ask of stock."""
    default = known.default
    found: list[Move] = []
    for draft in drafts:
        for each in draft.now.lines:
            line = _renewed(known, each)
            lies = _lies_elsewhere(seller, draft, known, routes, line)
            moved = bool(routes.needs[line.id]) and (lies or _is_moved(known, line) or _is_elsewhere(line))
            to_do = _step(known, draft, line, moved=moved, away=line.warehouse_id in routes.elsewhere)
            word = draft.words.get(line.id, NOTHING_SAID)
            if to_do is Step.LEAVE and not word.is_news:
                continue
            default = default or warehouses.default_of(db, seller.account.merchant_id).id
            usual = usual_of(seller.account, known, line, default)
            where = routes.where(_beside(draft.now, line, let_go=word.let_go), line, to_do, usual, default)
            left_at = draft.left_at or draft.now.order.left_at or min(draft.now.order.updated_at, known.at)
            is_told_anew = draft.by_hand or moved or bool(line.turn) or word.let_go
            placed_at = None if is_told_anew else draft.now.order.placed_at
            comes_back = draft.now.order.state is OrderState.RETURNED  # all that it holds has left, whatever is wanted
            wanted = line.units if comes_back else line.quantity
            one = Move(line, to_do, wanted, routes.needs[line.id], where.able, placed_at, left_at, moved)
            found.append(one._replace(others=where.unable, word=word, lies_elsewhere=lies))
    return found


def _is_elsewhere(line: LineRow) -> bool:
    """Whether a person has chosen another warehouse for a line than the one that it lies in."""
    return line.standing is Standing.RESERVED and line.chosen not in ("", line.warehouse_id)


def _lies_elsewhere(seller: Seller, draft: Draft, known: Known, routes: Routes, line: LineRow) -> bool:
    """Whether the channel takes a line from another place now, and what it holds lies nowhere behind that one.

    Asked when that is news, and of what waits, however much more of it is wanted since: where nothing waits, a mapping
    or a rule that is another one by now moves nothing.
    """
    before = next((one for one in draft.before.lines if one.id == line.id), None) if draft.before else None
    if before is None or line.standing is not Standing.RESERVED or line.warehouse_id is None:
        return False
    if before.place_ref == line.place_ref and before.waits_for is None:
        return False
    usual = usual_of(seller.account, known, line, line.warehouse_id)
    where = routes.where(draft.now.order, line, Step.HOLD, usual, line.warehouse_id)
    return line.warehouse_id not in (*where.able, *where.unable)


def _beside(now: Stored, line: LineRow, *, let_go: bool) -> OrderRow:
    """The order as its other lines lie, where this one lies elsewhere from now on."""
    if not let_go:
        return now.order
    places = {one.warehouse_id for one in now.lines if one.id != line.id and one.warehouse_id}
    return replace(now.order, warehouse_id=places.pop() if len(places) == 1 else None)


def _is_moved(known: Known, line: LineRow) -> bool:
    """Whether a line holds one product, or is in the stock of it, and its listing is linked to another one by now."""
    sold = known.sold.get(line.listing_ref)
    if line.standing not in (Standing.RESERVED, Standing.COVERED) or sold is None:
        return False
    if line.product_id is None:  # it left before we came, whatever it was
        return False
    return sold.product_id not in (None, line.product_id)


def _renewed(known: Known, line: LineRow) -> LineRow:
    """Begin anew a line that holds nothing, and whose listing sells another product than it was for.

    No opening stock covers what was begun anew: it was counted while that order was another product's.
    """
    sold = known.sold.get(line.listing_ref)
    if sold is None or sold.product_id in (None, line.product_id) or line.product_id is None:
        return line
    has_none = line.standing in (Standing.SHORT, Standing.UNLINKED, Standing.NONE, Standing.COVERED)
    return replace(line, turn=line.turn + 1) if has_none else line


def _step(known: Known, draft: Draft, line: LineRow, *, moved: bool, away: bool) -> Step:
    order = draft.now.order
    claimed = claim(order.state, holds_unpaid=known.holds_unpaid, sent_by_channel=order.fulfilled_by_channel)
    if line.standing is Standing.RESERVED and draft.words.get(line.id, NOTHING_SAID).let_go:
        return step_anew(line.quantity, claimed)
    return step(Line(line.units, line.standing, moved, away), line.quantity, claimed)


def _needs(known: Known, line: LineRow, parts: Mapping[str, Mapping[str, int]]) -> dict[str, int]:
    sold = known.sold.get(line.listing_ref)
    if sold is None or sold.product_id is None:
        return {}
    return {one: count * sold.pack for one, count in exploded(sold.product_id, parts).items()}


def usual_of(account: AccountRow, known: Known, line: LineRow, default: str) -> tuple[str, ...]:
    """Where a line may come from: what is mapped to its place, else to the account, else the merchant's own default."""
    places = [ref for ref in present(account.places) if ref in known.warehouses]
    named = [line.place_ref] if line.place_ref in places else places
    return tuple(dict.fromkeys(one for ref in named for one in known.warehouses[ref]) or {default: None})

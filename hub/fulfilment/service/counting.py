"""What each SKU of a stock sync comes to: noted, read, judged and adopted, some hundreds in a transaction.

What a sync adopts stood untouched while the warehouse was asked: its level, and each document that the warehouse may be
working on. So a reading is never held against goods that left, or came, on its other side.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from hub_hookspecs import StockReading, TaskKind, TaskRef

from hub.fulfilment.rules.documents import IN_DOUBT, PushStatus, State
from hub.fulfilment.rules.syncs import Outcome, reason_of
from hub.fulfilment.service import crossing, receipts, refreshing
from hub.fulfilment.store import inbounds, outbounds, standing, syncs
from hub.fulfilment.store.standing import Paper
from hub.fulfilment.store.syncs import Judged, Papers, SyncLine, SyncRow
from hub.kernel.db import Transaction
from hub.kernel.events import Actor
from hub.stock.rules.adopting import Figures, Reading, Tally, adopted
from hub.stock.service import adopting
from hub.stock.service.adopting import Word
from hub.stock.store import levels

LOT = 500  # SKUs looked at in one transaction
LONGEST = 500  # bytes of a SKU that is kept as it is
_TAKEN = (State.PENDING, State.PART_COMPLETE)
_NO_PAPERS = Papers(0, "")


def documents_of(db: Transaction, one: SyncRow) -> dict[str, Papers]:
    """How the documents stand that this warehouse may be working on, by product."""
    found: dict[str, list[Paper]] = {}
    for paper in standing.papers(db, one.account_id, one.warehouse_id):
        found.setdefault(paper.product_id, []).append(paper)
    return {product_id: _papers(each) for product_id, each in found.items()}


def unsettled(papers: Papers) -> bool:
    """Whether nobody knows if the warehouse has one of them."""
    return papers.mark.startswith("?")


def _papers(found: Sequence[Paper]) -> Papers:
    is_taken = [one.leaves and one.push_status is PushStatus.PUSHED and one.state in _TAKEN for one in found]
    accepted = sum(one.quantity - one.done for one, taken in zip(found, is_taken, strict=True) if taken)
    said = hashlib.sha256(repr([tuple(map(str, one)) for one in found]).encode()).hexdigest()
    in_doubt = any(one.push_status in IN_DOUBT for one in found)
    return Papers(accepted, f"{'?' if in_doubt else ''}{said}")


def tasks_of(db: Transaction, one: SyncRow, kind: TaskKind, *, after: str, limit: int) -> list[tuple[str, TaskRef]]:
    """The documents of a kind behind this one, by id, that the warehouse is asked for before and after its stock."""
    if kind is TaskKind.OUTBOUND:
        ids = standing.open_outbounds(db, one.account_id, one.warehouse_id, after=after, limit=limit)
        return list(zip(ids, refreshing.tasks_of(db, outbounds.of_ids(db, ids)), strict=True))
    ids = standing.open_inbounds(db, one.account_id, one.warehouse_id, after=after, limit=limit)
    return list(zip(ids, receipts.tasks_of(db, inbounds.of_ids(db, ids)), strict=True))


def note(db: Transaction, one: SyncRow) -> int:
    """Note how all that the warehouse knows stands, before it is asked; gives how many SKUs."""
    return syncs.note(db, one, documents_of(db, one))


def take(db: Transaction, one: SyncRow, place_ref: str, records: Iterable[StockReading]) -> int:
    """Keep what a page says of this warehouse; gives how many SKUs. What it says of others is theirs to sync."""
    readings = {
        named(each.sku or each.listing_ref): Reading(each.good, each.frozen, each.damaged)
        for each in records
        if each.place_ref == place_ref
    }
    syncs.take(db, one.id, readings)
    return len(readings)


def named(sku: str) -> str:
    """A SKU as it is kept: one that no index holds is cut, and told apart by what it was."""
    if len(sku.encode()) <= LONGEST:
        return sku
    return f"{sku[:50]}... ({hashlib.sha256(sku.encode()).hexdigest()[:16]})"


def judge(db: Transaction, one: SyncRow, tally: Tally) -> tuple[Counter[str], Tally]:
    """Say of some SKUs what they come to; gives how many of which, none: all are judged."""
    lines = syncs.lot(db, one.id, Outcome.NONE, limit=LOT)
    if not lines:
        return Counter(), tally
    crossing.alone(db, one.warehouse_id)
    ids = sorted({line.product_id for line in lines if line.product_id})
    here = {each.product_id: each for each in levels.of_products(db, ids) if each.warehouse_id == one.warehouse_id}
    papers = documents_of(db, one)
    differs = Outcome.DIFFERS if one.cause == syncs.CHECK else Outcome.PLANNED
    found = []
    for line in lines:
        word = word_of(line)
        if word is None:
            outcome = Outcome.UNNAMED if line.product_id else Outcome.UNKNOWN
        elif not undisturbed(line, papers) or not adopting.stands(here.get(word.product_id), word):
            outcome = Outcome.CHANGED
        else:
            outcome = Outcome.SAME if word.after == word.before else differs
        if word is not None and outcome is not Outcome.CHANGED:
            tally = tally.plus(word.before.on_hand, word.after.on_hand)
        figures = word.after if word else None
        found.append(Judged(line.sku, outcome, reason_of(outcome), *(figures or (None, None))))
    syncs.judge(db, one.id, found)
    return Counter(each.outcome.value for each in found), tally


def adopt(db: Transaction, one: SyncRow, *, actor: Actor) -> tuple[Counter[str], list[SyncLine]]:
    """Adopt some SKUs; gives how many came to what, and those that cannot hold what is promised."""
    lines = syncs.lot(db, one.id, Outcome.PLANNED, limit=LOT)
    if not lines:
        return Counter(), []
    crossing.alone(db, one.warehouse_id)
    papers = documents_of(db, one)
    words = {word.product_id: word for line in lines if undisturbed(line, papers) and (word := word_of(line))}
    done = adopting.adopt(
        db, one.merchant_id, one.warehouse_id, list(words.values()), sync=one.id, actor=actor
    )  # fmt: skip
    outcomes = {line.sku: Outcome.ADOPTED if line.product_id in done.done else Outcome.CHANGED for line in lines}
    squeezed = [line for line in lines if line.product_id in done.lacks]
    found = [judged(line, outcomes[line.sku]) for line in lines if line not in squeezed]
    syncs.judge(db, one.id, found)
    return Counter(each.outcome.value for each in found), squeezed


def word_of(line: SyncLine) -> Word | None:
    """What its level is to be by what the warehouse said; None: it said nothing, or of no product of ours."""
    if line.product_id is None or line.reading is None:
        return None
    before = Figures(line.before, line.held_before)
    return Word(line.product_id, before, line.turn, adopted(line.reading, line.accepted))


def undisturbed(line: SyncLine, papers: Mapping[str, Papers]) -> bool:
    """Whether its documents stand as they stood before the warehouse was asked, and none is in doubt."""
    now = papers.get(line.product_id or "", _NO_PAPERS)
    return now.mark == line.mark and not unsettled(now)


def judged(line: SyncLine, outcome: Outcome, *, lacks: int = 0) -> Judged:
    """What became of a line; the level that it was to come to stays told."""
    return Judged(line.sku, outcome, reason_of(outcome, lacks=lacks), line.after, line.held)

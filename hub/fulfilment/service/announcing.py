"""What people do with inbounds: announce goods, have that pushed again, and take it back.

An inbound never changes once it is issued: its code stands for its content at the warehouse for good. Who wants
something else takes it back and makes another one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from hub_hookspecs import Capability

from hub.catalog.rules import sku_key
from hub.catalog.store import products
from hub.catalog.store.products import Product
from hub.channels import rules as channel_rules
from hub.channels import store as channel_store
from hub.channels.service import standing
from hub.channels.service.wiring import Channels
from hub.channels.store.warehouses import Warehouse
from hub.fulfilment.rules import inbounds as rules
from hub.fulfilment.rules.documents import IN_DOUBT, UNSENT, PushStatus, State
from hub.fulfilment.rules.inbounds import Goods, Line
from hub.fulfilment.service.stopping import read
from hub.fulfilment.store import inbounds
from hub.fulfilment.store.inbounds import InboundLine, InboundRow, New
from hub.kernel import events, jobs
from hub.kernel.db import Transaction, now
from hub.kernel.errors import FieldError, Invalid, NotFound, Refused
from hub.kernel.events import Actor, Subject
from hub.kernel.ids import new_id
from hub.kernel.jobs import JobKind, Ticket
from hub.stock.service import placing
from hub.stock.service.levels import fault_of
from hub.stock.service.pushing import moment
from hub.stock.store import levels
from hub.stock.store.placements import Placement

# What the warehouse cannot take now it takes later.
PUSH_INBOUND = JobKind("fulfilment.push_inbound", lane="default", can_be_unknown=True, max_attempts=1_000_000)


class Wish(NamedTuple):
    """Goods on their way to a warehouse of a 3PL; `source_id` is the merchant's own that they leave, if any."""

    warehouse_id: str
    lines: Sequence[Line]
    source_id: str | None = None
    kind: str = "purchase"
    reference: str = ""
    note: str = ""
    expected_at: datetime | None = None
    in_all: bool = False  # quantities are what is to lie there in all, and what lacks is announced


def announce(
    db: Transaction, channels: Channels, merchant_id: str, wish: Wish, *, actor: Actor, awaits: bool = False
) -> InboundRow:  # fmt: skip
    """Issue an inbound, all lines or none, and have the warehouse told of it.

    `awaits`: products that the warehouse is still to be told of will do; it is told of the inbound once it knows them.
    """
    placing.require_plan(db, merchant_id)
    house = _house(db, merchant_id, wish.warehouse_id)
    _require_taker(db, channels, house)
    source_id = _source(db, merchant_id, wish.source_id)
    lines, waits = _checked(db, channels, house, wish, awaits=awaits)
    inbound_id = new_id()
    new = New(
        id=inbound_id, merchant_id=merchant_id, account_id=house.account_id, warehouse_id=house.id,
        source_id=source_id, code=rules.code_of(inbound_id, moment(db)), kind=wish.kind, reference=wish.reference,
        note=wish.note, expected_at=wish.expected_at, waits=bool(waits), reason=waits,
    )  # fmt: skip
    made = inbounds.add(db, new, [replaced(one, inbound_id) for one in lines])
    if not made.waits:
        ask(db, made)
    tell(db, "inbound.created", made, actor=actor)
    return made


def find(db: Transaction, merchant_id: str, inbound_id: str, *, for_change: bool = False) -> InboundRow:
    found = inbounds.find(db, inbound_id, for_change=for_change)
    if found is None or found.merchant_id != merchant_id:
        raise NotFound("inbound")
    return found


def push_again(db: Transaction, one: InboundRow, *, actor: Actor) -> InboundRow:
    """Have the warehouse told again of what it has not taken; `one` was read for change."""
    if one.push_status is PushStatus.VOID:
        raise Refused("it was taken back: make a new inbound", code="inbound_void")
    if one.push_status is PushStatus.PUSHED:
        raise Refused("the warehouse has it: refresh it to see how far it is", code="inbound_pushed")
    if one.state is not State.CREATE:
        message = f"the warehouse has refused this one for good ({one.reason}): make a new inbound"
        raise Refused(message, code="inbound_refused")
    row = inbounds.turn(db, one.id, (PushStatus.FAILED,), push_status=PushStatus.NOT_PUSHED.value, reason="")
    if not one.waits:
        ask(db, one)
    if row is not None:
        tell(db, "inbound.pushed_again", row, actor=actor, before=one)
    return row or one


def placed(db: Transaction, warehouse_id: str, product_id: str) -> None:
    """A warehouse knows a product now: inbounds may have waited for that."""
    for inbound_id, merchant_id, account_id in inbounds.waiting_for(db, warehouse_id, product_id):
        jobs.enqueue(db, PUSH_INBOUND, key=inbound_id, merchant_id=merchant_id, account_id=account_id)


def take_back(db: Transaction, one: InboundRow, *, reason: str, actor: Actor) -> InboundRow | None:
    """Let a warehouse that has nothing of it never have it; None: it has it, or may have."""
    values = {"push_status": PushStatus.VOID.value, "waits": False, "reason": reason, "next_look_at": None}
    row = inbounds.turn(db, one.id, UNSENT, **values) if one.state is State.CREATE else None
    if row is not None:
        tell(db, "inbound.taken_back", row, actor=actor, before=one)
    return row


def cancel(db: Transaction, one: InboundRow, *, reason: str, actor: Actor) -> InboundRow:
    """Take back what the warehouse has not; `one` was read for change. Twice is once."""
    if one.push_status is PushStatus.VOID:
        return one
    if row := take_back(db, one, reason=reason, actor=actor):
        return row
    if one.push_status in IN_DOUBT:
        message = "whether the warehouse has it is being found out: try again once its push has ended"
        raise Refused(message, code="inbound_in_doubt")
    message = (
        f"the warehouse has {one.code}, and the hub has no means to cancel an inbound there: call the warehouse to "
        "have it cancelled, then refresh it to see that here"
    )
    raise Refused(message, code="inbound_pushed")


def refresh(db: Transaction, one: InboundRow) -> Ticket:
    """Have the warehouse asked now what came of it; `one` was read for change."""
    if one.push_status in UNSENT or one.push_status is PushStatus.VOID:
        raise Refused("the warehouse has nothing of it to tell: push it first", code="inbound_not_pushed")
    inbounds.look(db, [one.id], now())
    return read(db, one.merchant_id, one.account_id)


def ask(db: Transaction, one: InboundRow) -> None:
    """Leave the job that tells the warehouse."""
    jobs.enqueue(db, PUSH_INBOUND, key=one.id, merchant_id=one.merchant_id, account_id=one.account_id)


def missing(found: Placement | None) -> str:
    """Why documents for the warehouse cannot name a product, as it stands there; "": they can."""
    if found is None:
        return "was never added to this warehouse"
    if found.is_there:
        return ""
    why = f": {found.reason}" if found.reason else ""
    return f"is not pushed to this warehouse yet ({found.status.value.replace('_', ' ')}{why})"


def tell(
    db: Transaction, kind: str, row: InboundRow, *, actor: Actor, before: InboundRow | None = None,
    announce: bool = False, **more: object,
) -> None:  # fmt: skip
    """Note in the audit trail what became of an inbound."""
    events.record(
        db, kind, subject=Subject(kind="inbound", id=row.id), actor=actor, merchant_id=row.merchant_id,
        before=_told(before) if before else None, after=_told(row) | more, announce=announce,
    )  # fmt: skip


def _told(row: InboundRow) -> dict[str, object]:
    named = ("code", "warehouse_id", "source_id", "reference", "word", "ref", "reason", "cancel_reason", "closed_at")
    words = {name: getattr(row, name).value for name in ("push_status", "state", "cancel")}
    return {name: getattr(row, name) for name in named} | words


def replaced(line: InboundLine, inbound_id: str) -> InboundLine:
    return InboundLine(**{name: getattr(line, name) for name in line.__struct_fields__} | {"inbound_id": inbound_id})


def _house(db: Transaction, merchant_id: str, warehouse_id: str) -> Warehouse:
    try:
        return placing.open_house(db, merchant_id, warehouse_id)
    except NotFound as error:
        wrong = FieldError(field="warehouse_id", message="is no warehouse of this merchant; list them to find it")
        raise Invalid("the merchant has no such warehouse", errors=(wrong,)) from error


def _require_taker(db: Transaction, channels: Channels, house: Warehouse) -> None:
    account = standing.open_account(db, house.merchant_id, house.account_id)
    host = channels.host(account.plugin)
    narrower = channel_rules.lacks(account.lacks, enabled=True, plugin=account.plugin)
    if reason := host.lacking(Capability.PUSH_INBOUND, narrower):
        raise Refused(f"{host.channel.title} takes no inbounds: {reason}", code="not_supported")


def _source(db: Transaction, merchant_id: str, source_id: str | None) -> str | None:
    """The merchant's own warehouse that the goods leave."""
    if source_id is None:
        return None
    if fault := fault_of(channel_store.warehouses.named(db, merchant_id, [source_id]).get(source_id)):
        wrong = FieldError(field="source_warehouse_id", message=fault)
        raise Invalid("goods leave a warehouse of the merchant's own, or none", errors=(wrong,))
    return source_id


def _checked(
    db: Transaction, channels: Channels, house: Warehouse, wish: Wish, *, awaits: bool
) -> tuple[list[InboundLine], str]:  # fmt: skip
    """The lines as they are kept, and what they wait for; or every line that cannot be, one by one."""
    lines = wish.lines
    goods, placements = _goods(db, house, lines, awaits=awaits)
    if wish.in_all:
        goods = _counted(db, house, goods)
    account = standing.account(db, house.merchant_id, house.account_id)
    needs_cost = channels.host(account.plugin).channel.inbound_needs_cost
    errors = tuple(
        FieldError(field=f"lines[{each.line}].{each.field}", message=each.message)
        for each in rules.faults(lines, goods, house=house.name, needs_cost=needs_cost)
    )
    if errors:
        wrong = len({each.field.partition(".")[0] for each in errors})
        raise Invalid(f"{wrong} line(s) need to change; nothing was issued", errors=errors)
    kept = [
        _line(n, line, found, placements.get(found.product_id))
        for n, (line, found) in enumerate(zip(lines, goods, strict=True), start=1)
        if found is not None
    ]
    waiting = [one.sku for one in kept if missing(placements.get(one.product_id))]
    named = ", ".join(waiting[:5]) + (" and more" if len(waiting) > 5 else "")
    return kept, f"waits until the warehouse knows {named}" if waiting else ""


def _goods(
    db: Transaction, house: Warehouse, lines: Sequence[Line], *, awaits: bool
) -> tuple[list[Goods | None], Mapping[str, Placement]]:  # fmt: skip
    """The products that the lines name, in their order; how those stand in the warehouse, by product."""
    by_key = products.by_key(db, house.merchant_id, {sku_key(one.sku) for one in lines if one.sku is not None})
    ids = [one.product_id if one.sku is None else by_key.get(sku_key(one.sku)) for one in lines]
    known = products.of_ids(db, house.merchant_id, {one for one in ids if one})
    found = placing.placed(db, [(house.id, one) for one in known])
    there = {product_id: one for (_, product_id), one in found.items()}

    def named(product: Product) -> Goods:
        why = missing(there.get(product.id))
        will_do = awaits and product.id in there
        return Goods(product.id, product.sku, product.bundle, "" if will_do else why)

    return [named(known[one]) if one in known else None for one in ids], there


def _counted(db: Transaction, house: Warehouse, goods: Sequence[Goods | None]) -> list[Goods | None]:
    """The same, with what lies there of each or is on its way; nobody else announces there until the commit."""
    db.serialise(f"announcing:{house.id}")
    ids = sorted({one.product_id for one in goods if one is not None})
    known = inbounds.coming(db, house.account_id, house.id, ids)
    for level in levels.of_products(db, ids):
        if level.warehouse_id == house.id:
            known[level.product_id] = known.get(level.product_id, 0) + level.on_hand
    return [one and one._replace(known=known.get(one.product_id, 0)) for one in goods]


def _line(number: int, line: Line, found: Goods, there: Placement | None) -> InboundLine:
    cost = line.unit_cost
    return InboundLine(
        inbound_id="", number=number, product_id=found.product_id, sku=(there.sku if there else "") or found.sku,
        item_ref=there.ref if there else "", quantity=(line.quantity or 0) - found.known,
        unit_cost=None if cost is None else format(cost.amount, "f"), currency=None if cost is None else cost.currency,
    )  # fmt: skip

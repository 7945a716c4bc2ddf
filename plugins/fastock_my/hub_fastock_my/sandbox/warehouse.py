"""What is done with items and documents, whichever door it was asked for at: once, or not at all."""

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import TypeVar

from hub_fastock_my.sandbox.documents import GONE, NEVER_WENT, STEPS, Document, Happened, Inbound, Outbound, Received
from hub_fastock_my.sandbox.postbox import Confirm, Postbox
from hub_fastock_my.sandbox.records import Goods, InboundWish, OutboundWish, Refused, WishLine
from hub_fastock_my.sandbox.shelves import Shelves

D = TypeVar("D", bound=Document)
_LONGEST_CODE = 50
_NOT_FOUND = "order-not-found"


class Warehouse:
    def __init__(
        self, shelves: Shelves, numbers: tuple[str, ...], owner: str, clock: Callable[[], datetime], postbox: Postbox
    ) -> None:
        self.shelves, self.numbers, self.owner, self._clock, self._postbox = shelves, numbers, owner, clock, postbox
        self.inbounds: dict[str, Inbound] = {}
        self.outbounds: dict[str, Outbound] = {}
        self.cancel_limit = "before_ship"
        self.cancels_later = False
        self.reports_progress = False

    # -- asked for at the doors

    def require_place(self, number: str, owner: str) -> None:
        if number not in self.numbers or owner != self.owner:
            raise Refused("warehouse-not-found", f"no warehouse {number} for the owner {owner}")

    def put_item(self, goods: Goods, *, item_id: str, updates: bool) -> str:
        """Know an item; adding one that is known is changing it."""
        if updates or item_id:
            self.shelves.require(goods.warehouse, goods.code, item_id)
        return self.shelves.keep(goods)

    def put_inbound(self, wish: InboundWish, ids: Iterable[str]) -> str:
        if known := _same(self.inbounds, wish.code, wish):
            return known.ref
        self._check_lines(wish.warehouse, wish.code, wish.lines, ids)
        ref = f"IN{len(self.inbounds) + 1:08}"
        self.inbounds[wish.code] = Inbound(ref=ref, wish=wish, history=[self._now("NEW")])
        return ref

    def put_outbound(self, wish: OutboundWish, ids: Iterable[str]) -> str:
        if known := _same(self.outbounds, wish.code, wish):
            return known.ref
        self._check_papers(wish)
        self._check_lines(wish.warehouse, wish.code, wish.lines, ids)
        for code, wanted in _by_code(wish.lines).items():
            if wanted > self._free(wish.warehouse, code):
                raise Refused("stock-insufficient", f"there are not {wanted} of {code} in {wish.warehouse}")
        ref = f"OUT{len(self.outbounds) + 1:08}"
        self.outbounds[wish.code] = Outbound(ref=ref, wish=wish, history=[self._now("NEW")])
        return ref

    def inbound(self, warehouse: str, code: str, ref: str = "") -> Inbound:
        return _found(self.inbounds, warehouse, code, ref)

    def outbound(self, warehouse: str, code: str, ref: str = "") -> Outbound:
        return _found(self.outbounds, warehouse, code, ref)

    def cancel(self, document: Inbound | Outbound) -> bool:
        """Cancel it, or refuse; False: the answer comes later."""
        if document.status == "CANCELED":
            return True  # twice is once
        if document.ended:
            raise Refused("already-complete", f"the order is {document.status}")
        if document.status in GONE or self._is_past_limit(document):
            raise Refused("cancel-not-allowed", f"the order is {document.status}; call us")
        document.cancel_wished = True
        if self.cancels_later:
            return False
        self.end(document, "CANCELED")
        return True

    # -- done by the people there

    def step(self, document: Outbound, status: str, note: str = "") -> None:
        """Take an outbound one step further; its goods are promised to it from its acceptance on."""
        if status == "ACCEPT":
            for line in document.wish.lines:
                self._move(document.wish.warehouse, line.code, good=-line.quantity, frozen=line.quantity)
        self._note(document, status, note)

    def ship(self, document: Outbound, counts: dict[int, int], *, final: bool) -> None:
        """Let units leave, by line; the rest of a final one goes back on its shelf.

        What was cancelled and is on the belt already leaves as well: off the shelf, as nothing is promised to it.
        """
        was_frozen = document.frozen
        for line in document.wish.lines:
            units = counts.get(line.number, 0)
            if units > line.quantity - document.shipped[line.number]:
                raise ValueError(f"line {line.number} has not so many units left")
            moved = {"frozen" if was_frozen else "good": -units}
            self._move(document.wish.warehouse, line.code, **moved)
            document.shipped[line.number] += units
        if final and was_frozen:
            self._unfreeze(document)
        self._note(document, "DELIVERED" if final else "PARTDELIVERED")
        self._postbox.confirm(Confirm.of_outbound(document, counts, final=final))

    def receive(self, document: Inbound, came: Counter[Received], *, final: bool, note: str = "") -> None:
        """Take units in by quality; whatever comes is taken, planned or not."""
        for each, units in came.items():
            shelf = self.shelves.at(document.wish.warehouse, each.code)
            if each.type == "ZP":
                shelf.good += units
            else:
                shelf.bad[each.type] = shelf.bad.get(each.type, 0) + units
                document.notes[each] = note
        document.received.update(came)
        self._note(document, "FULFILLED" if final else "PARTFULFILLED")
        self._postbox.confirm(Confirm.of_inbound(document, came, final=final, note=note))

    def end(self, document: Inbound | Outbound, status: str, note: str = "") -> None:
        """Cancel, refuse or close: what was promised is free again."""
        if isinstance(document, Outbound) and document.frozen:
            self._unfreeze(document)
        self._note(document, status, note)

    def note(self, document: Inbound | Outbound, status: str, note: str = "") -> None:
        self._note(document, status, note)

    # -- how

    def _note(self, document: Inbound | Outbound, status: str, note: str = "") -> None:
        document.history.append(self._now(status, note))
        if self.reports_progress and isinstance(document, Outbound):
            self._postbox.report(document)

    def _now(self, status: str, note: str = "") -> Happened:
        return Happened(status=status, at=self._clock(), note=note)

    def _is_past_limit(self, document: Inbound | Outbound) -> bool:
        if self.cancel_limit != "before_pick" or isinstance(document, Inbound):
            return False
        return any(STEPS.index(each.status) >= STEPS.index("PICK") for each in document.history if each.status in STEPS)

    def _unfreeze(self, document: Outbound) -> None:
        for line in document.wish.lines:
            left = line.quantity - document.shipped[line.number]
            self._move(document.wish.warehouse, line.code, good=left, frozen=-left)

    def _move(self, warehouse: str, code: str, *, good: int = 0, frozen: int = 0) -> None:
        shelf = self.shelves.at(warehouse, code)
        shelf.good += good
        shelf.frozen += frozen

    def _free(self, warehouse: str, code: str) -> int:
        waiting = (each for each in self.outbounds.values() if each.status == "NEW")
        lines = (line for each in waiting if each.wish.warehouse == warehouse for line in each.wish.lines)
        return self.shelves.at(warehouse, code).good - sum(line.quantity for line in lines if line.code == code)

    def _check_papers(self, wish: OutboundWish) -> None:
        if not wish.label:
            raise Refused("label-missing", "the label is missing")
        if not wish.awb.strip():
            raise Refused("awb-missing", "the AWB is missing")
        if any(each.wish.awb == wish.awb and each.status not in NEVER_WENT for each in self.outbounds.values()):
            raise Refused("awb-duplicate", f"the AWB {wish.awb} is on another order")

    def _check_lines(self, warehouse: str, code: str, lines: tuple[WishLine, ...], ids: Iterable[str]) -> None:
        if len(code) > _LONGEST_CODE:
            raise Refused("missing-parameter", f"the order's code is longer than {_LONGEST_CODE} characters")
        if not lines:
            raise Refused("missing-parameter", "the order has no lines")
        for line, item_id in zip(lines, ids, strict=True):
            self.shelves.require(warehouse, line.code, item_id)


def _same(documents: dict[str, D], code: str, wish: object) -> D | None:
    """The document that this code has already; the same code for something else is refused."""
    known = documents.get(code)
    if known is not None and known.wish != wish:
        raise Refused("duplicate-different", f"the order {code} exists with other content")
    return known


def _found(documents: dict[str, D], warehouse: str, code: str, ref: str) -> D:
    known = documents.get(code)
    if known is None or known.wish.warehouse != warehouse or (ref and ref != known.ref):
        raise Refused(_NOT_FOUND, f"no order {code} in {warehouse}")
    return known


def _by_code(lines: tuple[WishLine, ...]) -> Counter[str]:
    wanted: Counter[str] = Counter()
    for line in lines:
        wanted[line.code] += line.quantity
    return wanted

"""What the people of the warehouse do, and what a test or the demo may break."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from hub_fastock_my.sandbox.documents import STEPS, Inbound, Outbound, Received
from hub_fastock_my.sandbox.postbox import Postbox
from hub_fastock_my.sandbox.records import Goods, InboundWish, WishLine
from hub_fastock_my.sandbox.shelves import Shelf
from hub_fastock_my.sandbox.warehouse import Warehouse


@dataclass
class Faults:
    """What goes wrong from now on; nothing does at first."""

    lose_answers: int = 0  # to requests that create something, after they were stored
    server_errors: int = 0  # before anything happens
    busy: int = 0  # `system-busy`
    bad_signatures: bool = False  # in callbacks
    split_rows: bool = False  # two rows for the good units of an item
    slow_pages: float = 0.0  # seconds that each page of stock takes
    after_page: Callable[[], object] = field(default=lambda: None)  # done after each page of stock


class Hands:
    """The tools; documents go by the code that the hub gave them."""

    _warehouse: Warehouse
    _postbox: Postbox
    faults: Faults

    # -- items and stock

    def known(self, warehouse: str, code: str) -> Goods | None:
        return self._warehouse.shelves.goods.get((warehouse, code))

    def shelf(self, code: str, warehouse: str = "") -> Shelf:
        """What lies there of an item: good, frozen, and by type what may not be sold."""
        return self._warehouse.shelves.at(warehouse or self._warehouse.numbers[0], code)

    def stock(self, code: str, good: int, warehouse: str = "", **bad: int) -> None:
        """Put so many units of an item there, without a document; `bad` by type, such as CC=2."""
        place = warehouse or self._warehouse.numbers[0]
        if (place, code) not in self._warehouse.shelves.goods:
            named = Goods(warehouse=place, code=code, name=code, barcode=code, variant="", weight_g=None, size_mm=None)
            self._warehouse.shelves.keep(named)
        shelf = self._warehouse.shelves.at(place, code)
        shelf.good, shelf.bad = good, {sort: units for sort, units in bad.items() if units}

    def state(self) -> dict[str, object]:
        """All that the warehouse knows, as plain values, but for times: the same whichever door it came through."""
        inbounds = {
            code: (each.wish, each.ref, [past.status for past in each.history], dict(each.received))
            for code, each in self._warehouse.inbounds.items()
        }
        outbounds = {
            code: (each.wish, each.ref, [past.status for past in each.history], dict(each.shipped))
            for code, each in self._warehouse.outbounds.items()
        }
        return {"stock": self._warehouse.shelves.state(), "inbounds": inbounds, "outbounds": outbounds}

    # -- documents

    def inbounds(self) -> dict[str, Inbound]:
        return self._warehouse.inbounds

    def outbounds(self) -> dict[str, Outbound]:
        return self._warehouse.outbounds

    def receive(
        self,
        code: str,
        good: Mapping[str, int] | None = None,
        damaged: Mapping[str, int] | None = None,
        *,
        final: bool = True,
        type: str = "CC",  # noqa: A002 - the wire's word
        note: str = "",
    ) -> None:
        """Take in goods of an inbound by SKU: all that was planned unless told otherwise, fewer, more or others."""
        inbound = self._warehouse.inbounds[code]
        if good is None and damaged is None:
            good = {line.code: line.quantity for line in inbound.wish.lines}
        numbers = {line.code: line.number for line in inbound.wish.lines}
        came: Counter[Received] = Counter()
        for sort, counts in (("ZP", good or {}), (type, damaged or {})):
            for sku, units in counts.items():
                came[Received(number=numbers.get(sku, 0), code=sku, type=sort)] += units
        self._warehouse.receive(inbound, came, final=final, note=note)

    def advance(self, code: str, steps: int = 1) -> str:
        """Let an outbound go so many steps further, up to READY; gives where it stands."""
        outbound = self._warehouse.outbounds[code]
        for _ in range(steps):
            self._warehouse.step(outbound, STEPS[min(STEPS.index(outbound.status) + 1, STEPS.index("READY"))])
        return outbound.status

    def move(self, code: str, status: str) -> None:
        """Let an outbound go on to this step, through those before it."""
        outbound = self._warehouse.outbounds[code]
        at = STEPS.index(outbound.status) if outbound.status in STEPS else -1
        self.advance(code, STEPS.index(status) - at)

    def ship(self, code: str, counts: Mapping[str, int] | None = None, *, final: bool = True) -> None:
        """Let the parcel leave, from whatever step it is at: all that is left of it, or so many units by SKU."""
        outbound = self._warehouse.outbounds[code]
        if not outbound.frozen and not outbound.was_ended:
            self._warehouse.step(outbound, "ACCEPT")
        if counts is None:
            units = {line.number: line.quantity - outbound.shipped[line.number] for line in outbound.wish.lines}
        else:
            units = {line.number: counts.get(line.code, 0) for line in outbound.wish.lines}
        self._warehouse.ship(outbound, units, final=final)

    def say(self, code: str, status: str, note: str = "") -> None:
        """Say of a document that it is EXCEPTION, SIGN, REFUSE, or whatever word there may be."""
        self._warehouse.note(self._document(code), status, note)

    def end(self, code: str, status: str, note: str = "") -> None:
        """End a document as CLOSED, REJECT or CANCELED; what was promised to it is free again."""
        self._warehouse.end(self._document(code), status, note)

    def decide_cancel(self, code: str, *, done: bool) -> None:
        """Answer a cancellation that was left open."""
        document = self._document(code)
        if done:
            self._warehouse.end(document, "CANCELED")
        else:
            self._warehouse.note(document, "CANCELEDFAIL", "picked already")

    # -- how it behaves

    def limit_cancels(self, limit: str) -> None:
        """`before_pick` or `before_ship`."""
        self._warehouse.cancel_limit = limit

    def answer_cancels_later(self) -> None:
        self._warehouse.cancels_later = True

    def report_progress(self) -> None:
        """Tell each step by itself, which this warehouse does not do by default."""
        self._warehouse.reports_progress = True

    def repeat_confirm(self) -> None:
        self._postbox.repeat()

    def reorder_confirms(self) -> None:
        self._postbox.reverse()

    def drop_confirms(self) -> None:
        self._postbox.drop()

    def stir(self) -> None:
        """Let goods come of which the warehouse tells, as where an inbound was announced on paper."""
        if not self._warehouse.shelves.goods:
            self.stock("ON-PAPER", 0)
        warehouse, code = next(iter(self._warehouse.shelves.goods))
        name = f"PAPER-{len(self._warehouse.inbounds) + 1}"
        line = WishLine(number=1, code=code, quantity=3, price=Decimal(1))
        wish = InboundWish(code=name, warehouse=warehouse, is_return=False, lines=(line,))
        self._warehouse.put_inbound(wish, [self._warehouse.shelves.ids[warehouse, code]])
        self.receive(name)

    def _document(self, code: str) -> Inbound | Outbound:
        found = self._warehouse.outbounds.get(code) or self._warehouse.inbounds.get(code)
        if found is None:
            raise KeyError(code)
        return found

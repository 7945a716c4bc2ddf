"""What the clients asked for, noted before each call, and what they were answered."""

from __future__ import annotations

import enum
import threading
from collections import Counter
from http import HTTPStatus

import msgspec

from tests.oversell.scene import Lines

Place = tuple[str, str]  # warehouse and SKU, both by name


class Kind(enum.StrEnum):
    """What a client asks for."""

    SELL = "sell"
    CANCEL = "cancel"
    ADJUST = "adjust"
    TRANSFER = "transfer"


# With what a call may be refused; anything else is no answer to what is asked here.
REFUSALS = {
    Kind.SELL: {"not_enough_stock"}, Kind.CANCEL: set[str](), Kind.ADJUST: {"not_enough"},
    Kind.TRANSFER: {"not_enough"},
}  # fmt: skip


class Answer(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """An answer that ends a call; `id` of the order, `body` a digest of every byte."""

    status: int
    code: str
    id: str
    body: bytes

    @property
    def accepted(self) -> bool:
        return self.status in (HTTPStatus.OK, HTTPStatus.CREATED)


class Call(msgspec.Struct, kw_only=True, gc=False):
    """One thing asked for under one Idempotency-Key, however often it had to be sent."""

    key: str
    kind: Kind
    lines: Lines = ()
    where: tuple[str, ...] = ()  # the warehouse, or from which to which
    order_id: str = ""  # what is to be cancelled
    client: int = 0
    answers: tuple[Answer, ...] = ()
    seconds: float = 0.0  # from the first sending to the first answer

    @property
    def accepted(self) -> bool:
        return bool(self.answers) and self.answers[0].accepted

    @property
    def moved(self) -> Counter[Place]:
        """By how much the levels change if it is done."""
        moved: Counter[Place] = Counter()
        for sku, quantity in self.lines:
            if self.kind is Kind.ADJUST:
                moved[self.where[0], sku] += quantity
            elif self.kind is Kind.TRANSFER:
                moved[self.where[0], sku] -= quantity
                moved[self.where[1], sku] += quantity
        return moved


class Trouble(msgspec.Struct, frozen=True, kw_only=True):
    """An answer that nobody should get: a 5xx, and when."""

    status: int
    at: float
    retry_after: bool
    body: str


class History:
    """Everything that was asked and answered, by all clients."""

    def __init__(self) -> None:
        self.calls: list[Call] = []
        self.troubles: list[Trouble] = []
        self.seen: Counter[str] = Counter()  # cut, nobody there, still running, asked again
        self._sold: list[str] = []
        self._lock = threading.Lock()

    def note(self, call: Call) -> None:
        self.calls.append(call)

    def count(self, what: str) -> None:
        with self._lock:
            self.seen[what] += 1

    def sold(self, order_id: str) -> None:
        with self._lock:
            self._sold.append(order_id)

    def some_order(self, chance: float, *, leave: bool) -> str:
        """An order that was accepted, "" where there is none; one that is left may be cancelled again."""
        with self._lock:
            if not self._sold:
                return ""
            at = int(chance * len(self._sold))
            self._sold[at], self._sold[-1] = self._sold[-1], self._sold[at]
            return self._sold[-1] if leave else self._sold.pop()

    @property
    def unknown(self) -> list[Call]:
        """Calls of which nobody knows yet what came of them."""
        return [call for call in self.calls if not call.answers]

"""What the warehouse tells by itself: written down in one form, and waiting until a door's dialect puts it in words."""

from collections import Counter
from dataclasses import dataclass, replace
from datetime import datetime

from hub_fastock_my.sandbox.documents import Happened, Inbound, Outbound, Received


@dataclass(frozen=True, kw_only=True)
class ConfirmLine:
    number: int
    code: str
    planned: int
    actual: int  # by this message, never in all
    type: str = "ZP"


@dataclass(frozen=True, kw_only=True)
class Confirm:
    """Goods came or left: how many more by this message."""

    outbound: bool
    code: str
    ref: str
    warehouse: str
    lines: tuple[ConfirmLine, ...]
    final: bool
    at: datetime
    is_return: bool = False
    courier: str = ""
    awb: str = ""
    note: str = ""
    message_id: str = ""

    @classmethod
    def of_inbound(cls, document: Inbound, came: Counter[Received], *, final: bool, note: str) -> "Confirm":
        planned = {line.number: line.quantity for line in document.wish.lines}
        lines = (
            ConfirmLine(
                number=each.number, code=each.code, planned=planned.get(each.number, 0), actual=units, type=each.type
            )
            for each, units in came.items()
        )
        return cls(
            outbound=False,
            code=document.wish.code,
            ref=document.ref,
            warehouse=document.wish.warehouse,
            lines=tuple(lines),
            final=final,
            at=document.history[-1].at,
            is_return=document.wish.is_return,
            note=note,
        )

    @classmethod
    def of_outbound(cls, document: Outbound, counts: dict[int, int], *, final: bool) -> "Confirm":
        lines = (
            ConfirmLine(number=line.number, code=line.code, planned=line.quantity, actual=counts.get(line.number, 0))
            for line in document.wish.lines
        )
        return cls(
            outbound=True,
            code=document.wish.code,
            ref=document.ref,
            warehouse=document.wish.warehouse,
            lines=tuple(lines),
            final=final,
            at=document.history[-1].at,
            courier=document.wish.courier,
            awb=document.wish.awb,
        )


@dataclass(frozen=True, kw_only=True)
class Step:
    """An outbound is one step further."""

    code: str
    ref: str
    warehouse: str
    happened: Happened


Message = Confirm | Step


class Postbox:
    """Messages that nobody has fetched, oldest first."""

    def __init__(self) -> None:
        self._waiting: list[Message] = []
        self._last: Message | None = None
        self._written = 0

    def confirm(self, message: Confirm) -> None:
        self._written += 1
        self._keep(replace(message, message_id=f"MSG{self._written:08}"))

    def report(self, document: Outbound) -> None:
        self._keep(
            Step(
                code=document.wish.code,
                ref=document.ref,
                warehouse=document.wish.warehouse,
                happened=document.history[-1],
            )
        )

    def fetch(self) -> list[Message]:
        waiting, self._waiting = self._waiting, []
        return waiting

    def repeat(self) -> None:
        """Tell the last message once more, under its own id."""
        if self._last is not None:
            self._waiting.append(self._last)

    def reverse(self) -> None:
        self._waiting.reverse()

    def drop(self) -> None:
        self._waiting.clear()

    def _keep(self, message: Message) -> None:
        self._waiting.append(message)
        self._last = message

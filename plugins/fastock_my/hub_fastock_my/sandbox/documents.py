"""Inbounds and outbounds as they are at the warehouse."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime

from hub_fastock_my.sandbox.records import InboundWish, OutboundWish

STEPS = ("NEW", "ACCEPT", "PRINT", "PICK", "CHECK", "PACKAGE", "READY", "DELIVERED")
GONE = frozenset({"PARTDELIVERED", "DELIVERED", "SIGN", "REFUSE"})
NEVER_WENT = frozenset({"CANCELED", "REJECT"})  # their AWB is free for another order
ENDED = frozenset({"DELIVERED", "SIGN", "REFUSE", "FULFILLED", "CANCELED", "CLOSED", "REJECT"})


@dataclass(frozen=True, kw_only=True)
class Happened:
    status: str
    at: datetime
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Received:
    """Units of a line that came, of one type."""

    number: int  # of the planned line; 0: nobody planned it
    code: str
    type: str


@dataclass(kw_only=True)
class Document:
    wish: InboundWish | OutboundWish
    ref: str
    history: list[Happened]
    cancel_wished: bool = False

    @property
    def status(self) -> str:
        return self.history[-1].status

    @property
    def ended(self) -> bool:
        return self.status in ENDED

    @property
    def was_ended(self) -> bool:
        """Whether it has ended once, whatever came afterwards."""
        return any(past.status in ENDED for past in self.history)


@dataclass(kw_only=True)
class Inbound(Document):
    wish: InboundWish
    received: Counter[Received] = field(default_factory=Counter)
    notes: dict[Received, str] = field(default_factory=dict)


@dataclass(kw_only=True)
class Outbound(Document):
    wish: OutboundWish
    shipped: Counter[int] = field(default_factory=Counter)  # by line

    @property
    def frozen(self) -> bool:
        """Whether its goods are promised to it: from its acceptance on, until it ends, whatever comes afterwards."""
        return not self.was_ended and any(past.status == "ACCEPT" for past in self.history)

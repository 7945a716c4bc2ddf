"""Why an order waits for a person, what to do about it, and what clears it: the flag goes by itself with its cause."""

from __future__ import annotations

import enum
from collections.abc import Collection, Sequence
from typing import NamedTuple

from hub_hookspecs import OrderState

from hub.orders.rules.lines import Standing

NAMED = 5  # lines that a reason names
_LONGEST = 100  # characters of a channel's text in a reason


class Code(enum.StrEnum):
    """What is the matter."""

    UNLINKED = "unlinked"
    SHORT = "short"
    UNKNOWN_STATE = "unknown_state"
    RETURNED = "returned"
    CANCELLED_LATE = "cancelled_late"


CLEARS = {
    Code.UNLINKED: "link", Code.SHORT: "stock", Code.UNKNOWN_STATE: "state", Code.RETURNED: "state",
    Code.CANCELLED_LATE: "state",
}  # fmt: skip
_REMEDIES = {
    Code.UNLINKED: "link the listing to the product that it sells; until then other channels may sell it again",
    Code.SHORT: "receive or count stock, or cancel the order: it was sold and cannot be sent as it is",
    Code.UNKNOWN_STATE: "look at the order on its channel; its stock is held until the channel says another word",
    Code.RETURNED: "count what came back and adjust the stock by it",
    Code.CANCELLED_LATE: (
        "stop the parcel if its courier still can, or refuse the wish on its channel; count what comes back and "
        "adjust the stock by it"
    ),
}


class Lacking(NamedTuple):
    """A product that a line wants more of than there is; `free` None: nobody knows of any."""

    sku: str
    wanted: int
    free: int | None

    def __str__(self) -> str:
        there = "no stock is known of it yet" if self.free is None else f"{self.free} available"
        return f"{cut(self.sku)}: {self.wanted} wanted, {there}"


class Flagged(NamedTuple):
    """A line as its flags need it."""

    sku: str
    listing_ref: str
    standing: Standing
    lacks: tuple[Lacking, ...] = ()
    left: int = 0  # units that have left, where it has
    wanted: int = 0


class Flag(NamedTuple):
    """Why an order waits."""

    code: Code
    reason: str
    remedy: str


def flags(state: OrderState, raw_state: str, lines: Collection[Flagged]) -> list[Flag]:
    """Everything that an order waits for."""
    unlinked = [_unlinked(one) for one in lines if one.standing is Standing.UNLINKED]
    short = [str(lack) for one in lines for lack in one.lacks]
    reasons = {
        Code.UNLINKED: _listed(unlinked),
        Code.SHORT: _listed(short),
        Code.UNKNOWN_STATE: _unknown(raw_state) if state is OrderState.UNKNOWN else "",
        Code.CANCELLED_LATE: _late(state, lines),
        Code.RETURNED: "goods come back, or have" if state is OrderState.RETURNED else "",
    }
    return [Flag(code, reason, _REMEDIES[code]) for code, reason in reasons.items() if reason]


def _unlinked(line: Flagged) -> str:
    return f"{cut(line.sku) or 'a line without a SKU'} (listing {cut(line.listing_ref) or 'unknown'}) is not linked"


def _late(state: OrderState, lines: Collection[Flagged]) -> str:
    """What was cancelled after it had left: the stock is gone until somebody has it back."""
    left = [one for one in lines if one.standing is Standing.SHIPPED]
    unwanted = [f"{one.left - one.wanted} of {cut(one.sku)}" for one in left if one.wanted < one.left]
    if unwanted:
        return f"cancelled after it had left: {_listed(unwanted)}"
    return "its buyer asks to cancel it, and it has left" if left and state is OrderState.CANCEL_REQUESTED else ""


def _unknown(raw_state: str) -> str:
    return f"its channel says {cut(raw_state)!r}, which the plugin does not know"


def _listed(reasons: Sequence[str]) -> str:
    more = [f"and {len(reasons) - NAMED} more"] if len(reasons) > NAMED else []
    return "; ".join([*reasons[:NAMED], *more])


def cut(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"

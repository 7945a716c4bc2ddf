"""Why an order waits for a person, what to do about it, and what clears it.

A flag goes by itself with its cause. Where the cause is for good (a return, a late cancellation), a person who has seen
to it acknowledges it: it stays away until its cause is another one.
"""

from __future__ import annotations

import enum
import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
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
    UNCOUNTED = "uncounted"
    LEFT_UNKNOWN = "left_unknown"
    ADDED_LATE = "added_late"
    CANCEL_REQUESTED = "cancel_requested"
    # Why its warehouse does not send it: see `routing`.
    NO_RULE = "no_rule"
    COUNTRY = "country"
    NO_LABEL = "no_label"
    NO_AWB = "no_awb"
    NOT_PLACED = "not_placed"
    UNAVAILABLE = "warehouse_unavailable"
    PLAN = "plan"
    SEVERAL = "several_warehouses"
    # fulfilment says so, of its outbounds
    OUTBOUND_NOT_TAKEN = "outbound_not_taken"
    OUTBOUND_STOPPED = "outbound_stopped"
    OUTBOUND_PROBLEM = "outbound_problem"
    OUTBOUND_NOT_STOPPED = "outbound_not_stopped"
    OUTBOUND_CROSSED = "outbound_crossed"
    OUTBOUND_SHORT = "outbound_short"
    OUTBOUND_LATE = "outbound_late"
    SHIPPED_ELSEWHERE = "shipped_elsewhere"
    NOT_ANSWERED = "cancel_not_answered"


ROUTING = (
    Code.NO_RULE, Code.COUNTRY, Code.NO_LABEL, Code.NO_AWB, Code.NOT_PLACED, Code.UNAVAILABLE, Code.PLAN, Code.SEVERAL,
)  # fmt: skip
CLEARS = {
    Code.UNLINKED: "link", Code.SHORT: "stock", Code.UNKNOWN_STATE: "state", Code.RETURNED: "acknowledgement",
    Code.CANCELLED_LATE: "acknowledgement", Code.UNCOUNTED: "acknowledgement", Code.LEFT_UNKNOWN: "acknowledgement",
    Code.ADDED_LATE: "acknowledgement", Code.CANCEL_REQUESTED: "answer", Code.NOT_ANSWERED: "acknowledgement",
    Code.OUTBOUND_NOT_TAKEN: "outbound", Code.OUTBOUND_STOPPED: "outbound", Code.OUTBOUND_PROBLEM: "outbound",
    Code.OUTBOUND_NOT_STOPPED: "acknowledgement", Code.OUTBOUND_CROSSED: "acknowledgement",
    Code.OUTBOUND_SHORT: "acknowledgement", Code.OUTBOUND_LATE: "outbound", Code.SHIPPED_ELSEWHERE: "outbound",
    **dict.fromkeys(ROUTING, "routing"),
}  # fmt: skip
REMEDIES = {
    Code.UNLINKED: "link the listing to the product that it sells; until then other channels may sell it again",
    Code.SHORT: "receive or count stock, or cancel the order: it was sold and cannot be sent as it is",
    Code.UNKNOWN_STATE: "look at the order on its channel; its stock is held until the channel says another word",
    Code.RETURNED: "count what came back and adjust the stock by it, then acknowledge this",
    Code.CANCELLED_LATE: (
        "stop the parcel if its courier still can, or refuse the wish; count what comes back and "
        "adjust the stock by it, then acknowledge this"
    ),
    Code.UNCOUNTED: "count the product, and adjust its stock where it differs, then acknowledge this",
    Code.LEFT_UNKNOWN: (
        "have the stock of that warehouse synchronised, look at the orders that wait for these goods, then acknowledge "
        "this"
    ),
    Code.ADDED_LATE: "send what was added in a parcel of its own and tell its channel, then acknowledge this",
    Code.CANCEL_REQUESTED: (
        "see what cancelling would come to, then agree or refuse: here where its channel can be told so, else there"
    ),
}
# By a person, if need be.
ACKNOWLEDGED = (
    Code.UNKNOWN_STATE, Code.RETURNED, Code.CANCELLED_LATE, Code.UNCOUNTED, Code.LEFT_UNKNOWN,
    Code.ADDED_LATE, Code.OUTBOUND_NOT_STOPPED, Code.OUTBOUND_CROSSED, Code.OUTBOUND_SHORT, Code.NOT_ANSWERED,
)  # fmt: skip


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
    in_doubt: int = 0  # units given up, which the opening stock may have or lack
    ref: str = ""  # what the channel calls the line
    is_late: bool = False  # added to its line after the order had left


class Flag(NamedTuple):
    """Why an order waits; `mark` stands for its whole cause, which another line or unit makes another one."""

    code: Code
    reason: str
    remedy: str
    mark: str = ""


def flags(state: OrderState, raw_state: str, lines: Collection[Flagged]) -> list[Flag]:
    """Everything that an order waits for."""
    unlinked = [_unlinked(one) for one in lines if one.standing is Standing.UNLINKED]
    short = [str(lack) for one in lines for lack in one.lacks]
    reasons = {
        Code.UNLINKED: _listed(unlinked),
        Code.SHORT: _listed(short),
        Code.UNKNOWN_STATE: _unknown(raw_state) if state is OrderState.UNKNOWN else "",
        Code.CANCELLED_LATE: _late(state, lines),
        Code.UNCOUNTED: _uncounted(lines),
        Code.ADDED_LATE: _added(lines),
        Code.CANCEL_REQUESTED: _asked(state, lines),
        Code.RETURNED: "goods come back, or have" if state is OrderState.RETURNED else "",
    }
    marks = _marks(state, raw_state, lines)
    return [Flag(code, reason, REMEDIES[code], marks.get(code, "")) for code, reason in reasons.items() if reason]


def unacknowledged(found: Sequence[Flag], acknowledged: Mapping[str, str]) -> list[Flag]:
    """Those that nobody has seen to, of all that an order waits for; what was seen to goes by code to its mark."""
    return [one for one in found if one.code not in ACKNOWLEDGED or acknowledged.get(one.code.value) != one.mark]


def still_acknowledged(found: Sequence[Flag], acknowledged: Mapping[str, str]) -> dict[str, str]:
    """What is to be remembered: whose cause is gone, or another one, is seen to anew when it comes again."""
    marks = {one.code.value: one.mark for one in found}
    return {code: mark for code, mark in acknowledged.items() if marks.get(code) == mark}


def _marks(state: OrderState, raw_state: str, lines: Collection[Flagged]) -> dict[Code, str]:
    """What stands for each cause; in whichever order the channel tells its lines, it is the same one."""
    lines = sorted(lines, key=lambda one: one.ref)
    left = [(one.ref, one.left, one.wanted) for one in lines if one.standing is Standing.SHIPPED]
    causes: dict[Code, object] = {
        Code.UNKNOWN_STATE: raw_state,
        Code.RETURNED: [(one.ref, one.left, one.wanted) for one in lines],
        Code.CANCELLED_LATE: [state is OrderState.CANCEL_REQUESTED, left],
        Code.UNCOUNTED: [(one.ref, one.in_doubt) for one in lines if one.in_doubt],
        Code.ADDED_LATE: [(one.ref, one.wanted) for one in lines if one.is_late],
    }
    return {
        code: hashlib.blake2b(json.dumps(cause).encode(), digest_size=8).hexdigest() for code, cause in causes.items()
    }


def _unlinked(line: Flagged) -> str:
    return f"{cut(line.sku) or 'a line without a SKU'} (listing {cut(line.listing_ref) or 'unknown'}) is not linked"


def _late(state: OrderState, lines: Collection[Flagged]) -> str:
    """What was cancelled after it had left: the stock is gone until somebody has it back."""
    left = [one for one in lines if one.standing is Standing.SHIPPED]
    unwanted = [f"{one.left - one.wanted} of {cut(one.sku)}" for one in left if one.wanted < one.left]
    if unwanted:
        return f"cancelled after it had left: {_listed(unwanted)}"
    return "its buyer asks to cancel it, and it has left" if left and state is OrderState.CANCEL_REQUESTED else ""


def _asked(state: OrderState, lines: Collection[Flagged]) -> str:
    """Where something has left that is what the other flag is about."""
    has_left = any(one.standing is Standing.SHIPPED for one in lines)
    return "its buyer asks to cancel it" if state is OrderState.CANCEL_REQUESTED and not has_left else ""


def _added(lines: Collection[Flagged]) -> str:
    """What was ordered beside what had left by then: its stock is taken, and nobody was asked to send it."""
    units = [f"{one.wanted} of {cut(one.sku)}" for one in lines if one.is_late and one.wanted]
    return f"added after the order had left: {_listed(units)}" if units else ""


def _uncounted(lines: Collection[Flagged]) -> str:
    """What was sold before the opening stock was counted, and was given up since."""
    units = [f"{one.in_doubt} of {cut(one.sku)}" for one in lines if one.in_doubt]
    return (
        f"sold before the opening stock was counted, which may lack them, and cancelled: {_listed(units)}"
        if units
        else ""
    )


def _unknown(raw_state: str) -> str:
    return f"its channel says {cut(raw_state)!r}, which the plugin does not know"


def _listed(reasons: Sequence[str]) -> str:
    more = [f"and {len(reasons) - NAMED} more"] if len(reasons) > NAMED else []
    return "; ".join([*reasons[:NAMED], *more])


def cut(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"

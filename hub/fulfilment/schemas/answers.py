"""A buyer's wish to cancel and the answer to it as the API shows them, and the answer as it is taken."""

from __future__ import annotations

from datetime import datetime

import msgspec

from hub.channels.schemas.warehouses import Line
from hub.fulfilment.rules.answering import State
from hub.fulfilment.service.wishes import Wish
from hub.fulfilment.store.answers import Answer, Wanted
from hub.kernel.errors import FieldError, Invalid


class WishView(msgspec.Struct, frozen=True, kw_only=True):
    """Its buyer asks to cancel it, since then. `ship_by`: when its channel wants it sent at the latest.

    `lacks`: why the hub cannot tell its channel an answer, so that it is answered there; empty: it can.
    """

    since: datetime
    ship_by: datetime | None
    lacks: str


class AnswerView(msgspec.Struct, frozen=True, kw_only=True):
    """What a person said to that last. `words`: what it waits for, or why nothing came of it.

    `state`: "waiting" for a 3PL to stop; "due" to be told; "asking", "unknown": told, and no answer came yet; "given":
    its channel has it; "refused" by its channel; "moot": nobody asks any more; "too_late": a 3PL has not stopped it.
    """

    id: str
    accept: bool
    reason: str
    goods_left: bool
    state: State
    words: str
    asked_at: datetime | None
    settled_at: datetime | None
    created_at: datetime


class CancellationAnswer(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Agree to a buyer's wish to cancel, or refuse it, with the reason that its channel is told.

    `goods_left`: agree although a parcel has left, or a 3PL does not stop it any more: what comes back is counted.
    """

    accept: bool
    reason: Line = ""
    goods_left: bool = False

    def wanted(self) -> Wanted:
        """Raises `Invalid` for a refusal without a reason."""
        reason = self.reason.strip()
        if not (self.accept or reason):
            errors = (FieldError(field="reason", message="say why the order is not cancelled: its buyer reads it"),)
            raise Invalid("a buyer's wish is refused with a reason", code="reason_missing", errors=errors)
        return Wanted(self.accept, reason, self.accept and self.goods_left)


def wish_view(wish: Wish | None) -> WishView | None:
    return None if wish is None else WishView(**wish._asdict())


def answer_view(one: Answer | None) -> AnswerView | None:
    if one is None:
        return None
    return AnswerView(**{name: getattr(one, name) for name in AnswerView.__struct_fields__})

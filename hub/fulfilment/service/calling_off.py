"""An order is called off as a whole: what that would come to is said first, outbound by outbound, then done at once.

Neither its channel nor the hub forbids that an order is cancelled; what its 3PLs do not stop any more leaves all the
same. So whoever agrees has seen how far each outbound is, and is refused where that has changed since.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from hub.channels.service.wiring import Channels
from hub.fulfilment.rules.cancelling import STOPPABLE, OrderVerdict, Verdict, judge_order, words_on_order
from hub.fulfilment.service import arranging, cancelling, wishes
from hub.fulfilment.service.cancelling import Stoppable
from hub.fulfilment.service.wishes import Wish
from hub.fulfilment.store import answers
from hub.fulfilment.store.answers import Answer
from hub.kernel.db import Transaction
from hub.kernel.events import Actor
from hub.orders.service import away, manual
from hub.orders.store.orders import Stored


class Foreseen(NamedTuple):
    """What calling an order off would come to now: of itself, and of each outbound that is not replaced.

    `wish`: its buyer asks for that; `answer`: what a person said to it last.
    """

    stored: Stored
    verdict: OrderVerdict
    words: str
    outbounds: Sequence[Stoppable]
    wish: Wish | None
    answer: Answer | None


def foresee(db: Transaction, channels: Channels, stored: Stored, *, actor: Actor) -> Foreseen:
    """Say what calling an order off would come to now; nothing is done."""
    seller = manual.seller_of(db, channels, stored.order, actor=actor)
    verdict = judge_order(stored.order.state, is_ours=manual.is_cancelled_here(seller, stored.order))
    title = seller.channel.title if seller.channel else seller.account.name
    order = stored.order
    return Foreseen(
        stored, verdict, words_on_order(verdict, channel=title), cancelling.verdicts(db, channels, order.id),
        wishes.of_order(db, channels, order), answers.last(db, order.id),
    )  # fmt: skip


def call_off(db: Transaction, channels: Channels, found: Foreseen, *, why: str, actor: Actor) -> Foreseen:
    """Cancel an order that is cancelled here, of any other stop what is on its way; gives what is left to say of it.

    `found` was foreseen of the order as it was read for change. Twice is once. Refused where nothing can be done, with
    whom to call.
    """
    stored = found.stored
    if found.verdict is OrderVerdict.HERE:
        away.hold_levels(db, [stored])  # here it lets go of the own shelf, and below of what lies elsewhere
        stored = manual.cancel(db, channels, stored, actor=actor).stored
        arranging.arrange(db, channels, stored, actor=actor)
    else:
        _require_something(found)
        cancelling.stop_all(db, channels, stored, found.outbounds, why=why, actor=actor)
    order_id = stored.order.id
    return foresee(db, channels, manual.find(db, stored.order.merchant_id, order_id, for_change=True), actor=actor)


def _require_something(found: Foreseen) -> None:
    """Refuse what would change nothing, though somebody wants it changed."""
    beyond = [each for each in found.outbounds if each.verdict not in (*STOPPABLE, Verdict.ASKED, Verdict.ENDED)]
    if found.verdict is OrderVerdict.ENDED or len(beyond) < len(found.outbounds):
        return
    if beyond:
        raise cancelling.refusal(beyond)
    manual.require_here(found.stored.order)
    manual.require_manual(found.stored.order, "no 3PL sends it; cancel it there, and it is cancelled here")

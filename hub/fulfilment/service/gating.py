"""Whether an outbound may be pushed, held against the order, its flags and its papers as they are at this moment."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import msgspec
from msgspec.structs import replace

from hub.channels.service import standing
from hub.channels.service.wiring import Channels
from hub.fulfilment.rules import gate
from hub.fulfilment.rules.documents import PushStatus
from hub.fulfilment.rules.gate import Facts, Wait
from hub.fulfilment.rules.outbounds import Part
from hub.fulfilment.service import papers
from hub.fulfilment.service import parcels as parts
from hub.fulfilment.service.papers import Papers
from hub.fulfilment.store import outbounds
from hub.fulfilment.store.outbounds import OutboundLine, OutboundRow
from hub.kernel.db import Transaction
from hub.kernel.events import Actor
from hub.orders.rules.flags import Code
from hub.orders.store import flags
from hub.orders.store.orders import Stored

_encoder = msgspec.json.Encoder(order="deterministic")


class Judged(msgspec.Struct, frozen=True, kw_only=True):
    """What an outbound waits for, its papers, and the digest of what the warehouse would be asked now."""

    waits: Sequence[Wait]
    papers: Papers
    shows: str


def judge(db: Transaction, channels: Channels, stored: Stored, one: OutboundRow, *, actor: Actor) -> Judged:
    """Judge it as its order, which is locked, is now; what it lacks of papers is asked for where it can be.

    A channel that is asked for a label accepts the order and calls the courier: nobody asks as long as anything else
    stands against sending it. What a warehouse has already is not held back any more.
    """
    account = standing.account(db, one.merchant_id, one.account_id)
    channel = channels.host(account.plugin).channel
    order = stored.order
    raised = flags.of_orders(db, [order.id]).get(order.id, ())
    # That its buyer asks to cancel it its state says already.
    flagged = [each for each in raised if each.is_ours and each.code is not Code.CANCEL_REQUESTED]
    facts = Facts(
        state=order.state, sent_by_channel=order.fulfilled_by_channel, needs=channel.needs,
        routing=[Wait(each.code.value, each.reason) for each in flagged],
    )  # fmt: skip
    asks = one.push_status is PushStatus.PUSHED or not gate.of_order(facts)
    held = papers.collect(db, channels, stored, one, needs=channel.needs, asks=asks, actor=actor)
    facts = replace(
        facts, awb=held.awb, rival=held.rival, other=held.other, has_label=held.label is not None,
        label_error=held.error,
    )  # fmt: skip
    lines = outbounds.lines(db, [one.id])[one.id]
    return Judged(waits=gate.waits(facts), papers=held, shows=shows(channels, stored, lines, held))


def note(db: Transaction, one: OutboundRow, waits: Sequence[Wait]) -> OutboundRow:
    """Keep what it waits for, where that is new."""
    written = msgspec.json.encode([(each.code, each.reason) for each in waits]).decode()
    return one if one.waits == written else outbounds.change(db, one.id, waits=written)


def shows(channels: Channels, stored: Stored, lines: Sequence[OutboundLine], held: Papers) -> str:
    """The digest of what a warehouse is asked: for whom, what, and with which papers."""
    recipient = parts.recipient_of(channels.ring, stored)
    asked = [Part(one.line_id, one.product_id, one.sku, one.quantity) for one in lines]
    label = held.label.digest if held.label else ""
    return hashlib.sha256(_encoder.encode((recipient, asked, held.courier, held.awb, label))).hexdigest()

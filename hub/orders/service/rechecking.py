"""Looks at orders again that may be served by now: what they wait for was linked, or came, or is made otherwise.

Nobody tells anything new of them: lines that wait try again as if they were told now, those that hold a product their
listing is not linked to any more let go of it for what it sells, and flags go with their causes. An order that nothing
changes for is left as it is, with its version. What the flags of states wait for is the channel's next word.

The figures in a reason are of when it was tried last: an order that cannot be served yet is not tried at each movement.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from hub_hookspecs import Channel

from hub.channels import store as channels
from hub.kernel.db import Transaction
from hub.kernel.events import SYSTEM
from hub.orders.service.drafts import Draft, Seller
from hub.orders.service.settling import settle
from hub.orders.service.take_in import hold
from hub.orders.store import flags, orders


def again(db: Transaction, declared: Mapping[str, Channel], account_id: str, order_ids: Sequence[str]) -> int:
    """Settle these orders of an account again, those first that were placed first; gives how many that changed.

    `declared` are the channels of all plugins, as the decision where an order is sent from wants them. What has
    gone on with another account of its shop meanwhile was settled there.
    """
    hold(db, account_id)
    found = [one for one in orders.of_ids(db, order_ids) if one.order.account_id == account_id]
    waits = flags.of_orders(db, order_ids)
    drafts = [
        Draft(
            now=one, before=one, kind="order.rechecked", by_hand=bool(one.order.source),
            waits={flag.code: flag.reason for flag in waits.get(one.order.id, ()) if flag.is_ours},
        )
        for one in found
    ]  # fmt: skip
    account = channels.accounts.expect(db, account_id)
    seller = Seller(account=account, channel=None, actor=SYSTEM, declared=declared)
    return len(settle(db, seller, drafts))

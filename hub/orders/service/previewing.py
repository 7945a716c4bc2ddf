"""Routes an order that might come, by the rules there are or by others; nothing of it is kept."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from hub_hookspecs import Order

from hub.channels.service import standing
from hub.channels.service.wiring import Channels
from hub.kernel.db import Transaction
from hub.kernel.errors import FieldError, Invalid, NotFound
from hub.kernel.events import Actor
from hub.kernel.ids import new_id
from hub.orders.service import ruling, viewing
from hub.orders.service.drafts import Seller
from hub.orders.service.take_in import digest_of, row_of
from hub.orders.service.told_lines import lines_of
from hub.orders.service.viewing import View
from hub.orders.store.orders import Stored
from hub.orders.store.shipping_rules import RuleData
from hub.stock.service.pushing import moment


def preview(
    db: Transaction, channels: Channels, merchant_id: str, account_id: str, told: Callable[[datetime], Order],
    rules: Sequence[RuleData] | None, *, actor: Actor,
) -> View:  # fmt: skip
    """Say how an order of this account, told now, would be routed; `rules` None: by those that the merchant has."""
    try:
        account = standing.open_account(db, merchant_id, account_id)
    except NotFound as error:
        message = "is no account of this merchant; list the accounts to find it"
        raise Invalid(message, errors=(FieldError(field="account_id", message=message),)) from error
    for n, each in enumerate(rules or ()):
        ruling.require_valid(db, merchant_id, each, at=f"rules[{n}].")
    channel = channels.host(account.plugin).channel
    seller = Seller(account=account, channel=channel, actor=actor, declared=channels.hosts.declared)
    order = told(moment(db))
    order_id = new_id()
    row = row_of(channels.ring, seller, order, order_id, None, digest_of(order), order.placed_at)
    stored = Stored(order=row, lines=lines_of(order, order_id, ()))
    given = None if rules is None else [each.rule(str(n)) for n, each in enumerate(rules)]
    return viewing.view(db, seller, stored, rules=given)

"""Where a channel calls us back, for people who have to type that in there by hand."""

from __future__ import annotations

from hub_hookspecs import Capability

from hub.channels.service.connections import callback_url, expected
from hub.channels.service.standing import open_account
from hub.channels.service.wiring import Channels
from hub.kernel.db import Transaction
from hub.kernel.errors import Refused


def address_of(channels: Channels, db: Transaction, merchant_id: str, account_id: str) -> str:
    """The callback address of an open account, which all accounts of its credentials share."""
    row = open_account(db, merchant_id, account_id)
    host = channels.host(row.plugin)
    if lacking := host.lacking(Capability.PARSE_WEBHOOK):
        raise Refused(f"{host.channel.title} calls nobody back: {lacking}", code="no_callbacks")
    return callback_url(channels, host.name, expected(channels, db, row.credentials))

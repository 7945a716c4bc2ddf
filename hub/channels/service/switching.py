"""Enables and disables a plugin for a merchant; disabling lets what runs end at its next page."""

from __future__ import annotations

from hub.channels import store
from hub.channels.rules import State
from hub.channels.service import gates, hearing
from hub.channels.service.connecting import ask_to_connect
from hub.channels.service.wiring import Channels
from hub.kernel import events, gate
from hub.kernel.db import Transaction
from hub.kernel.events import Actor, Subject
from hub.merchants import service as merchants


def turn(channels: Channels, db: Transaction, merchant_id: str, plugin: str, *, enabled: bool, actor: Actor) -> None:
    """Turn the switch and its gate; a pause by a person or a hold by the channel is not touched."""
    merchants.merchant(db, merchant_id)
    host = channels.host(plugin) if enabled else None  # one that is refused or gone can still be disabled
    if not store.switches.turn(db, merchant_id, plugin, enabled=enabled):
        return
    scope = gates.switch_scope(merchant_id, plugin)
    (gate.resume if enabled else gate.pause)(db, scope)
    events.record(
        db,
        "plugin.enabled" if enabled else "plugin.disabled",
        merchant_id=merchant_id,
        subject=Subject(kind="plugin", id=plugin),
        actor=actor,
        before={"enabled": not enabled},
        after={"enabled": enabled},
    )
    hearing.refresh(db, channels.hosts, merchant_id=merchant_id)
    if host is not None:
        for account in store.accounts.active_accounts_of(db, merchant_id, plugin):
            ask_to_connect(db, host, account)
            channels.when_ready(db, account)
            if store.warehouses.of_accounts(db, [account.id]):
                merchants.judge_again(db, merchant_id)  # orders may be sent from its warehouses again


def still_allowed(db: Transaction, account_id: str) -> bool:
    """Whether work on the account may go on; asked between two pages."""
    row = store.accounts.account_of(db, account_id)
    if row is None or row.state is not State.ACTIVE:
        return False
    return store.switches.is_enabled(db, row.merchant_id, row.plugin)

"""Re-authorises an account in place: new settings are proven with the channel before they replace the old ones."""

from __future__ import annotations

from dataclasses import dataclass

import msgspec

from hub.channels import rules, store
from hub.channels.host import settings_from
from hub.channels.service import gates, hearing, places, third_party, warehouses
from hub.channels.service.authorising import keep_login
from hub.channels.service.connecting import ask_to_connect
from hub.channels.service.formed import shown
from hub.channels.service.proving import Proof, examine, found, require_enabled
from hub.channels.service.sealed import open_settings, seal_settings
from hub.channels.service.standing import open_account, resume
from hub.channels.service.telling import tell
from hub.channels.service.wiring import Channels
from hub.channels.store.accounts import AccountRow
from hub.kernel import gate
from hub.kernel.api.etags import Changed
from hub.kernel.db import Transaction, now
from hub.kernel.errors import Refused
from hub.kernel.events import Actor


@dataclass(frozen=True, kw_only=True)
class Change:
    """Settings that the channel has accepted for this account as it was when they were given."""

    account: AccountRow
    proof: Proof
    given: tuple[str, ...]


def prove_change(channels: Channels, account: AccountRow, given: rules.Typed, *, strict: bool = True) -> Change:
    """Check new settings; what is not given, secrets too, stays.

    Calls the plugin: opens short transactions of its own.
    """
    host = channels.host(account.plugin)
    with channels.database.reading() as db:
        enabled = store.switches.is_enabled(db, account.merchant_id, account.plugin)
    require_enabled(enabled=enabled, plugin=account.plugin)
    stored = open_settings(channels.ring, account.id, account.settings)
    known = {field.encode_name for field in msgspec.structs.fields(host.channel.settings)}
    whole = rules.merged(stored, given, known=known)
    typed = msgspec.to_builtins(settings_from(host, whole, strict=strict))
    settings = {name: typed[name] for name in whole}
    proof = examine(channels, host, account_id=account.id, merchant_id=account.merchant_id, settings=settings)
    if proof.check.identity != account.identity:
        raise Refused(
            f"these settings lead to {proof.check.name}, not to {account.name}; authorise it as an account of its own",
            code="identity_changed",
        )
    return Change(account=account, proof=proof, given=tuple(sorted(given)))


def amend(channels: Channels, db: Transaction, change: Change, *, actor: Actor) -> AccountRow:
    """Keep what was proven; an account that waited for a person goes on, one that a person paused does not."""
    proof = change.proof
    is_3pl = third_party.runs(channels, change.account.plugin)
    if is_3pl:
        warehouses.one_at_a_time(db, change.account.merchant_id)
    old = open_account(db, change.account.merchant_id, change.account.id, for_change=True)
    sealed = seal_settings(channels.ring, old.id, proof.settings)
    values = {"settings": sealed, "credentials": proof.credentials, "checked_at": now(), **found(proof.check)}
    if not store.accounts.change_where_version(db, old.id, change.account.version, **values):
        raise Changed
    if old.credentials < proof.credentials:  # always locked in this order: two accounts may swap theirs at once
        store.connections.keep_from_others(db, old.credentials)
    keep_login(channels, db, proof)
    forget_unused(db, old.credentials)
    hearing.refresh(db, channels.hosts, account_id=old.id)
    new = store.accounts.expect(db, old.id)
    before = shown(proof.host, open_settings(channels.ring, old.id, old.settings))
    after = {"settings": shown(proof.host, proof.settings), "given": change.given}
    tell(db, "account.settings_changed", new, actor=actor, before={"settings": before}, after=after)
    places.note_changes(db, old, new, actor=actor)
    if is_3pl:
        third_party.keep(channels, db, new, actor=actor, insists=True)
    ask_to_connect(db, proof.host, new)
    channels.when_ready(db, new)
    return resume(db, new, actor=actor) if new.state is rules.State.NEEDS_ACTION else new


def forget_unused(db: Transaction, credentials: str) -> None:
    """Forget the token, connection and gate of credentials that no open account uses any more."""
    store.connections.keep_from_others(db, credentials)
    if store.accounts.credentials_in_use(db, credentials):
        return
    store.tokens.forget(db, credentials)
    store.connections.forget(db, credentials)
    gate.remove(db, gates.credentials_scope(credentials))

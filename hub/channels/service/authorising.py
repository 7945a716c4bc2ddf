"""Binds a proven account to its merchant: row, token, gates, event and first import in one transaction."""

from __future__ import annotations

from dataclasses import dataclass

from hub_hookspecs import Capability

from hub.channels import store
from hub.channels.rules import State
from hub.channels.service import advising, connections, gates, hearing, mapping, third_party, tokens, warehouses
from hub.channels.service.connecting import ask_to_connect
from hub.channels.service.formed import shown
from hub.channels.service.proving import Proof, found, require_enabled
from hub.channels.service.sealed import seal_settings
from hub.channels.service.telling import tell
from hub.channels.service.wiring import Channels
from hub.channels.store.accounts import AccountRow
from hub.kernel.db import Transaction
from hub.kernel.errors import Refused, Unavailable
from hub.kernel.events import Actor
from hub.kernel.jobs import Ticket


@dataclass(frozen=True, kw_only=True)
class Authorised:
    """A new account, and the ticket of its first import where one was asked for and the channel can be read."""

    account: AccountRow
    first_import: Ticket | None
    advice: tuple[str, ...]


def bind(channels: Channels, db: Transaction, proof: Proof, *, actor: Actor, starts_import: bool = True) -> Authorised:
    """Keep what `prove` has proven; of two merchants with one identity the first to commit has it."""
    plugin = proof.host.name
    enabled = store.switches.is_enabled_until_commit(db, proof.merchant_id, plugin)
    require_enabled(enabled=enabled, plugin=plugin)
    if not store.accounts.bind(db, _row(channels, proof)):
        raise _taken(store.accounts.holder_of(db, plugin, proof.check.identity), proof)
    keep_login(channels, db, proof)
    hearing.refresh(db, channels.hosts, account_id=proof.account_id)
    account = store.accounts.expect(db, proof.account_id)
    if third_party.runs(channels, plugin):
        warehouses.one_at_a_time(db, account.merchant_id)
        third_party.keep(channels, db, account, actor=actor)
    else:
        mapping.map_implied(db, account)
    told = {"identity": account.identity, "settings": shown(proof.host, proof.settings)}
    tell(db, "account.authorised", account, actor=actor, after=told)
    ask_to_connect(db, proof.host, account)
    channels.when_ready(db, account)
    imports = not proof.host.lacking(Capability.IMPORT_ITEMS, proof.check.lacks)
    first_import = channels.after_authorise(db, account) if starts_import and imports else None
    return Authorised(account=account, first_import=first_import, advice=advising.advice(channels, db, account))


def keep_login(channels: Channels, db: Transaction, proof: Proof) -> None:
    """Keep the token and the connection of the proven credentials, and put the account behind their gate."""
    plugin, credentials = proof.host.name, proof.credentials
    connections.settle(channels, db, credentials, plugin=plugin, proven=proof.connection)
    if proof.token is not None:
        values = tokens.values_of(channels, db, credentials, proof.token)
        store.tokens.put_proven(db, credentials, values)
    gates.stand(db, proof.account_id, merchant_id=proof.merchant_id, plugin=plugin, credentials=credentials)


def _row(channels: Channels, proof: Proof) -> dict[str, object]:
    return {
        "id": proof.account_id,
        "merchant_id": proof.merchant_id,
        "plugin": proof.host.name,
        "settings": seal_settings(channels.ring, proof.account_id, proof.settings),
        "credentials": proof.credentials,
        "identity": proof.check.identity,
        "state": State.ACTIVE,
        "reason": "",
        "version": 1,
        **found(proof.check),
    }


def _taken(holder: AccountRow | None, proof: Proof) -> Refused | Unavailable:
    if holder is None:
        return Unavailable("this account was being closed just now; try again in a moment")
    if holder.merchant_id == proof.merchant_id:
        return Refused(
            f"{proof.check.name} is already connected as account {holder.id}; to change its settings, "
            "re-authorise it by PATCH of that account's settings",
            code="already_connected",
        )
    return Refused(
        f"{proof.check.name} is connected to this hub by somebody else; it must be closed there first",
        code="identity_taken",
    )

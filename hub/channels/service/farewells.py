"""What outlives an account that is closed: just enough to prove, for a while, that its channel asks to forget buyers.

Shopify asks for that 48 hours after an app was uninstalled, and up to a month after a customer wished it. What proves
it is among the settings, so they are kept whole, sealed, and opened for nothing else: no token, no network, no hook but
`parse_webhook`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
from hub_hookspecs import Capability

from hub.channels import rules, store
from hub.channels.rules import Typed
from hub.channels.service import connections
from hub.channels.service.sealed import Connected, open_settings
from hub.channels.service.wiring import Channels
from hub.channels.store.accounts import AccountRow
from hub.channels.tables import farewell
from hub.kernel.db import Transaction
from hub.kernel.sealing import KeyRing, rotate, seal, unseal


class Proofs(msgspec.Struct, frozen=True, kw_only=True):
    """What proves who calls; never shown."""

    settings: Typed
    connected: Connected

    def __repr__(self) -> str:
        return "Proofs(…)"


def keep(channels: Channels, db: Transaction, old: AccountRow) -> None:
    """Keep what proves a call to the address of an account that was closed, unless others go on with it.

    `old` is the account as it was; its channel was never told an address where it cannot call.
    """
    host = channels.hosts.loaded.get(old.plugin)
    lacks = rules.lacks(old.lacks, enabled=True, plugin=old.plugin)
    if host is None or host.lacking(Capability.PARSE_WEBHOOK, lacks):
        return
    store.connections.keep_from_others(db, old.credentials)
    connected = connections.connected(channels, db, old.credentials)
    if connected is None or store.accounts.credentials_in_use(db, old.credentials):
        return
    digest = connections.digest(connected.token)
    proofs = Proofs(settings=open_settings(channels.ring, old.id, old.settings), connected=connected)
    store.farewells.add(
        db,
        plugin=old.plugin,
        digest=digest,
        credentials=old.credentials,
        account_id=old.id,
        sealed=seal(channels.ring, msgspec.json.encode(proofs), _bound(digest)),
    )


def opened(ring: KeyRing, digest: str, sealed: str) -> Proofs:
    return msgspec.json.decode(unseal(ring, sealed, _bound(digest)), type=Proofs)


def reseal_farewells(db: Transaction, ring: KeyRing, *, limit: int = 500) -> int:
    """Reseal up to `limit` under the newest key; commit and call again until it answers 0."""
    return rotate(db, farewell.c.sealed, ring=ring, associated=_associated, limit=limit)


def _associated(row: Mapping[str, Any]) -> str:  # Any: a row's columns
    return _bound(row["digest"])


def _bound(digest: str) -> str:
    return f"farewell:{digest}"

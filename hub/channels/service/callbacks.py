"""Who may read what comes to a callback address: the plugin, with the secrets of the connection it belongs to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple
from urllib.parse import urlsplit

import httpx
from hub_hookspecs import Account, Capability

from hub.channels import rules, store
from hub.channels.host import Host, OpenDoor, settings_from
from hub.channels.service import farewells
from hub.channels.service.connections import callback_url, digest
from hub.channels.service.sealed import Connected, open_connected, open_settings
from hub.channels.service.wiring import Channels
from hub.channels.store.accounts import AccountRow
from hub.kernel.db import Transaction
from hub.kernel.errors import HubError, NotFound


class Disabled(HubError):
    """Nobody whom this address serves may use its plugin at present."""

    status = 403

    def __init__(self, credentials: str) -> None:
        self.credentials = credentials
        super().__init__("this channel is disabled here at present; ops can enable it again", code="plugin_disabled")


@dataclass(frozen=True, kw_only=True)
class Callback:
    """An address of ours, and one of the accounts that were registered with it: they share what it is signed with.

    `otherwise`: nobody is served there at present. All that is taken is a wish that buyers be erased, which is a duty
    under the law; anything else is answered so.
    """

    host: Host
    door: OpenDoor
    credentials: str
    path: str  # as the channel was told it
    otherwise: HubError | None = None


class _Found(NamedTuple):
    """Whose address it is, and what proves who calls there."""

    credentials: str
    account: AccountRow
    settings: rules.Typed
    connected: Connected
    otherwise: HubError | None


def callback(channels: Channels, db: Transaction, plugin: str, token: str) -> Callback:
    """Find the address that this token makes.

    No such plugin, token or capability: one answer for all of them, so that nobody learns what there is.
    """
    host = channels.hosts.loaded.get(plugin)
    found = _found(channels, db, plugin, digest(token)) if host and host.implements("parse_webhook") else None
    if host is None or found is None:
        raise no_address()
    account = found.account
    reader = Account(
        id=account.id,
        merchant_id=account.merchant_id,
        settings=settings_from(host, found.settings, generated=found.connected.generated),
        token="",
        http=_silent(),
        country=account.country,
    )
    lacks = rules.lacks(account.lacks, enabled=True, plugin=plugin)
    if host.lacking(Capability.PARSE_WEBHOOK, lacks):
        raise no_address()
    path = urlsplit(callback_url(channels, plugin, found.connected)).path
    door = OpenDoor(account=reader, lacks=lacks)
    return Callback(host=host, door=door, credentials=found.credentials, path=path, otherwise=found.otherwise)


def no_address() -> NotFound:
    return NotFound("webhook address")


def _found(channels: Channels, db: Transaction, plugin: str, token: str) -> _Found | None:
    """`token`: its digest. An address whose last account was closed is found for a while."""
    if open_ := store.connections.find(db, plugin, token):
        credentials, sealed = open_
        served = store.accounts.one_of(db, credentials, enabled=True)
        account = served or store.accounts.one_of(db, credentials, enabled=False)
        if account is None:
            return None
        settings = open_settings(channels.ring, account.id, account.settings)
        connected = open_connected(channels.ring, credentials, sealed)
        return _Found(credentials, account, settings, connected, None if served else Disabled(credentials))
    if (left := store.farewells.find(db, plugin, token)) is None:
        return None
    proofs = farewells.opened(channels.ring, token, left.sealed)
    account = store.accounts.expect(db, left.account_id)
    return _Found(left.credentials, account, proofs.settings, proofs.connected, no_address())


def _silent() -> httpx.Client:
    """A client for who must not speak: whatever it is asked to send is a mistake in the plugin."""

    def refuse(request: httpx.Request) -> httpx.Response:
        raise RuntimeError(f"parse_webhook talks to no network and asked for {request.url.host}")

    return httpx.Client(transport=httpx.MockTransport(refuse), trust_env=False)

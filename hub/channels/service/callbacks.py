"""Who may read what comes to a callback address: the plugin, with the secrets of the connection it belongs to."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

import httpx
from hub_hookspecs import Account, Capability

from hub.channels import rules, store
from hub.channels.host import Host, OpenDoor, settings_from
from hub.channels.service.connections import callback_url, digest
from hub.channels.service.sealed import open_connected, open_settings
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
    """An address of ours, and one of the accounts that were registered with it: they share what it is signed with."""

    host: Host
    door: OpenDoor
    credentials: str
    path: str  # as the channel was told it


def callback(channels: Channels, db: Transaction, plugin: str, token: str) -> Callback:
    """Find the address that this token makes; `Disabled` where nobody whom it serves may use the plugin.

    No such plugin, token or capability: one answer for all of them, so that nobody learns what there is.
    """
    host = channels.hosts.loaded.get(plugin)
    found = store.connections.find(db, plugin, digest(token)) if host else None
    if host is None or found is None or not host.implements("parse_webhook"):
        raise no_address()
    credentials, sealed = found
    connection = open_connected(channels.ring, credentials, sealed)
    account = _reader(db, credentials)
    settings = open_settings(channels.ring, account.id, account.settings)
    reader = Account(
        id=account.id,
        merchant_id=account.merchant_id,
        settings=settings_from(host, settings, generated=connection.generated),
        token="",
        http=_silent(),
        country=account.country,
    )
    lacks = rules.lacks(account.lacks, enabled=True, plugin=plugin)
    if host.lacking(Capability.PARSE_WEBHOOK, lacks):
        raise no_address()
    path = urlsplit(callback_url(channels, plugin, connection)).path
    return Callback(host=host, door=OpenDoor(account=reader, lacks=lacks), credentials=credentials, path=path)


def no_address() -> NotFound:
    return NotFound("webhook address")


def _reader(db: Transaction, credentials: str) -> AccountRow:
    account = store.accounts.one_of(db, credentials, enabled=True)
    if account is None:
        raise no_address() if store.accounts.one_of(db, credentials, enabled=False) is None else Disabled(credentials)
    return account


def _silent() -> httpx.Client:
    """A client for who must not speak: whatever it is asked to send is a mistake in the plugin."""

    def refuse(request: httpx.Request) -> httpx.Response:
        raise RuntimeError(f"parse_webhook talks to no network and asked for {request.url.host}")

    return httpx.Client(transport=httpx.MockTransport(refuse), trust_env=False)

"""Opens an account for a hook: settings unsealed, current token, the host's own HTTP client."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import msgspec
from hub_hookspecs import Account, Capability

from hub.channels import rules, store
from hub.channels.host import AnyAccount, Host, settings_from, unplugged
from hub.channels.service import gates, tokens
from hub.channels.service.connections import connected
from hub.channels.service.formed import secrets_in
from hub.channels.service.sealed import open_settings
from hub.channels.service.wiring import Channels
from hub.channels.store.accounts import AccountRow
from hub.kernel.db import Transaction
from hub.kernel.errors import NotFound, Refused
from hub.kernel.http import Limit


@dataclass(kw_only=True)
class AccountDoor:
    """An account as it was when the door was made; its token is the newest one each time it is opened."""

    channels: Channels = field(repr=False)
    host: Host
    bare: AnyAccount  # without a token
    credentials: str
    version: int  # of the account's settings
    lacks: Mapping[Capability, str]
    is_disabled: bool  # by the merchant's switch
    _token: str = field(default="", repr=False)

    @property
    def account_id(self) -> str:
        return self.bare.id

    def open(self) -> AnyAccount:
        if not self.host.channel.token_settings:
            return self.bare
        return self._with(tokens.current(self.channels, self.host, self.bare, self.credentials))

    def renew(self) -> AnyAccount:
        if not self.host.channel.token_settings:
            return self.bare
        return self._with(tokens.renewed(self.channels, self.host, self.bare, self.credentials, failed=self._token))

    def _with(self, token: str) -> AnyAccount:
        self._token = token
        return replace(self.bare, token=token)


def open_door(channels: Channels, account_id: str) -> AccountDoor:
    """Open the account's door; closed accounts have none. Reads in a short transaction of its own."""
    with channels.database.reading() as db:
        row = store.accounts.account_of(db, account_id)
        if row is None:
            raise NotFound("account")
        if row.state is rules.State.CLOSED:
            raise Refused("the account is closed", code="account_closed")
        return door_of(channels, db, row)


def door_of(channels: Channels, db: Transaction, row: AccountRow) -> AccountDoor:
    host = channels.host(row.plugin)
    connection = connected(channels, db, row.credentials)
    enabled = store.switches.is_enabled(db, row.merchant_id, row.plugin)
    return AccountDoor(
        channels=channels,
        host=host,
        bare=bare_account(
            channels,
            host,
            account_id=row.id,
            merchant_id=row.merchant_id,
            settings=settings_from(
                host,
                open_settings(channels.ring, row.id, row.settings),
                generated=connection.generated if connection else {},
            ),
            credentials=row.credentials,
            country=row.country,
        ),
        credentials=row.credentials,
        version=row.version,
        lacks=rules.lacks(row.lacks, enabled=enabled, plugin=row.plugin),
        is_disabled=not enabled,
    )


def bare_account(
    channels: Channels,
    host: Host,
    *,
    account_id: str,
    merchant_id: str,
    settings: msgspec.Struct,
    credentials: str,
    country: str = "",
    is_new: bool = False,
) -> Account[Any]:  # Any: every plugin has settings of its own
    """An account without a token yet, behind the client whose rate it shares."""
    limit = _limit(host, account_id=account_id, credentials=credentials, is_new=is_new)
    http = (
        unplugged(host.channel)
        if host.channel.offline
        else channels.http.client(account_id=account_id, limit=limit, secrets=secrets_in(host, settings))
    )
    return Account(id=account_id, merchant_id=merchant_id, settings=settings, token="", http=http, country=country)


def _limit(host: Host, *, account_id: str, credentials: str, is_new: bool) -> Limit | None:
    """Who shares the channel's rate; an account that is not proven yet shares it with all that are being proven."""
    rate = host.channel.rate
    if rate is None:
        return None
    if rate.scope == "credentials":
        return Limit(rate=rate, scope=gates.credentials_scope(credentials))
    if is_new:
        return Limit(rate=rate, scope=f"proof:{host.name}", by_host=True)
    return Limit(rate=rate, scope=gates.account_scope(account_id))

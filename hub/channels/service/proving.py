"""Proves settings against the channel before anything is kept: token and account check, outside every transaction."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import msgspec
from hub_hookspecs import AccountCheck, Token

from hub.channels import store
from hub.channels.host import AnyAccount, Host, OpenDoor, PluginBug, generated_settings, settings_from
from hub.channels.rules import Typed
from hub.channels.service import connections
from hub.channels.service.doors import bare_account
from hub.channels.service.formed import credentials_of
from hub.channels.service.sealed import Connected
from hub.channels.service.wiring import Channels
from hub.kernel.errors import FieldError, Invalid, Refused
from hub.kernel.ids import new_id


class Wish(msgspec.Struct, frozen=True, kw_only=True):
    """An account that a merchant wants to connect."""

    merchant_id: str
    plugin: str
    settings: dict[str, Any] = msgspec.field(default_factory=dict)  # Any: whatever was typed in
    preconditions_confirmed: bool = False
    strict: bool = True  # False: numbers and truth values come as text, as on a command line

    def __repr__(self) -> str:
        return f"Wish(merchant_id={self.merchant_id!r}, plugin={self.plugin!r})"


@dataclass(frozen=True, kw_only=True)
class Proof:
    """Settings that the channel has accepted, and what it said of the account; not kept yet."""

    account_id: str
    merchant_id: str
    host: Host
    settings: Typed = field(repr=False)  # without what the host generates
    credentials: str
    connection: Connected = field(repr=False)
    token: Token | None = field(repr=False)
    check: AccountCheck


def prove(channels: Channels, wish: Wish) -> Proof:
    """Check a new account with its channel. Calls the plugin: opens short transactions of its own."""
    host = channels.host(wish.plugin)
    with channels.database.reading() as db:
        require_enabled(enabled=store.switches.is_enabled(db, wish.merchant_id, wish.plugin), plugin=wish.plugin)
    settings = msgspec.to_builtins(settings_from(host, wish.settings, strict=wish.strict))
    given = {name: settings[name] for name in wish.settings}  # defaults stay the plugin's to change
    _require_confirmation(host, confirmed=wish.preconditions_confirmed)
    return examine(channels, host, account_id=new_id(), merchant_id=wish.merchant_id, settings=given, is_new=True)


def examine(
    channels: Channels, host: Host, *, account_id: str, merchant_id: str, settings: Typed, is_new: bool = False
) -> Proof:
    """Log in with these settings and ask for the account; whatever is wrong with them is raised."""
    credentials = credentials_of(host, account_id, settings_from(host, settings))
    with channels.database.reading() as db:
        connection = connections.connected(channels, db, credentials)
    connection = connection or connections.invented(generated_settings(host))
    account = bare_account(
        channels,
        host,
        account_id=account_id,
        merchant_id=merchant_id,
        settings=settings_from(host, settings, generated=connection.generated),
        credentials=credentials,
        is_new=is_new,
    )
    with channels.calling():
        token, check = _ask(host, account)
    if not check.identity:
        raise PluginBug(host.name, "check_account", "gave an account without an identity")
    return Proof(
        account_id=account_id,
        merchant_id=merchant_id,
        host=host,
        settings=settings,
        credentials=credentials,
        connection=connection,
        token=token,
        check=check,
    )


def _ask(host: Host, account: AnyAccount) -> tuple[Token | None, AccountCheck]:
    if not host.channel.token_settings:
        return None, host.check_account(OpenDoor(account=account))
    # Never a stored token: whoever names somebody's application must show that it is theirs.
    token = host.authenticate(OpenDoor(account=account), None)
    return token, host.check_account(OpenDoor(account=replace(account, token=token.value)))


def found(check: AccountCheck) -> dict[str, object]:
    """The columns of an account that a check brings up to date."""
    return {
        "name": check.name,
        "shop_ref": check.shop_ref,
        "country": check.country,
        "lacks": dict(check.lacks),
        "places": check.places,
        "notes": check.notes,
    }


def require_enabled(*, enabled: bool, plugin: str) -> None:
    if not enabled:
        raise Refused(f"{plugin} is not enabled for this merchant; ops must enable it first", code="plugin_disabled")


def _require_confirmation(host: Host, *, confirmed: bool) -> None:
    if confirmed or not host.channel.preconditions:
        return
    message = "confirm that all of this is done: " + " ".join(
        f"({n}) {each}" for n, each in enumerate(host.channel.preconditions, 1)
    )
    raise Invalid(
        f"{host.channel.title} has preconditions that only the merchant can confirm",
        code="preconditions_unconfirmed",
        errors=(FieldError(field="preconditions_confirmed", message=message),),
    )

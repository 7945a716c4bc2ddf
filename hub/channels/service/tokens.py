"""One renewal at a time for all who share a token: the turn is a lease on its row, since no transaction stays open.

Whoever has the turn asks the channel; the others wait for what it stores, or fail as it failed.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

import sqlalchemy as sa
import structlog
from hub_hookspecs import ActionRequired, ChannelError, Temporary, Token

from hub.channels import rules, store
from hub.channels.host import AnyAccount, Host, OpenDoor, PluginBug
from hub.channels.service.sealed import open_token, seal_token
from hub.channels.service.wiring import Channels
from hub.channels.store.accounts import AccountRow
from hub.channels.store.tokens import Failure, TokenRow
from hub.kernel.db import Transaction, now
from hub.kernel.errors import Refused
from hub.kernel.http import latest
from hub.kernel.ids import new_id

log = structlog.get_logger(__name__)

LEASE = timedelta(seconds=30)  # longer than a hook may take, so only a dead renewer loses its turn
REST = timedelta(seconds=5)  # after a failure: a hundred waiting calls must not try the same wrong secret
PATIENCE = 40.0  # seconds: one whole lease of a dead renewer, and some
POLL = 0.05


def current(channels: Channels, host: Host, bare: AnyAccount, credentials: str) -> str:
    """The stored token, renewed first where it is missing, over, or in the last part of its life."""
    with channels.database.reading() as db:
        row = store.tokens.token_of(db, credentials)
    if row is None or not _is_alive(row):
        return renewed(channels, host, bare, credentials, failed="")
    token = open_token(channels.ring, credentials, row.sealed).value
    if row.renew_at is None or row.asked_at < row.renew_at:
        return token
    turn = _take_turn(channels, row)
    if turn is None:
        return token
    try:
        return _ask(channels, host, bare, row, turn=turn)
    except ChannelError as error:  # there is time: the old one still serves
        log.warning("early renewal failed", account=bare.id, reason=str(error))
        return token


def renewed(channels: Channels, host: Host, bare: AnyAccount, credentials: str, *, failed: str) -> str:
    """A living token other than the one that failed: somebody's, where one is stored while we wait, or a new one."""
    began: datetime | None = None
    patience = min(time.monotonic() + PATIENCE, latest())
    while time.monotonic() < patience:
        row = _kept(channels, bare, credentials)
        began = began or row.asked_at
        if _is_alive(row):
            token = open_token(channels.ring, credentials, row.sealed).value
            if token != failed or (row.obtained_at is not None and row.obtained_at > began):
                return token
        if row.is_resting and row.problem is not None:
            raise _as_error(row.problem)
        turn = _take_turn(channels, row)
        if turn is not None:
            return _ask(channels, host, bare, row, turn=turn)
        time.sleep(POLL)
    raise Temporary("another worker renews this token and has not finished", code="renewal_pending")


def values_of(
    channels: Channels, db: Transaction, credentials: str, token: Token, *, old: str = ""
) -> Mapping[str, object]:
    """The columns that keep this token; one that came back unchanged is not asked for early again."""
    moment = db.execute(sa.select(now())).scalar_one()
    return {
        "sealed": seal_token(channels.ring, credentials, token),
        "obtained_at": moment,
        "expires_at": token.expires_at,
        "renew_at": None if token.value == old else rules.renew_at(moment, token.expires_at),
    }


def _ask(channels: Channels, host: Host, bare: AnyAccount, row: TokenRow, *, turn: str) -> str:
    credentials = row.credentials
    old = open_token(channels.ring, credentials, row.sealed) if row.sealed else None
    try:
        new = host.authenticate(OpenDoor(account=replace(bare, token=old.value if old else "")), old)
    except (ChannelError, PluginBug) as error:
        _give_up(channels, credentials, turn, error)
        raise
    with channels.database.writing() as db:
        values = values_of(channels, db, credentials, new, old=old.value if old else "")
        kept = store.tokens.put(db, credentials, values, holder=turn)
    if kept:
        return new.value
    row = _kept(channels, bare, credentials)  # our turn was over: what stands there is newer
    return open_token(channels.ring, credentials, row.sealed).value


def _kept(channels: Channels, bare: AnyAccount, credentials: str) -> TokenRow:
    with channels.database.reading() as db:
        row = store.tokens.token_of(db, credentials)
    if row is not None:
        return row
    with channels.database.writing() as db:
        store.connections.keep_from_others(db, credentials)
        if not store.accounts.credentials_in_use(db, credentials):
            raise _gone(store.accounts.account_of(db, bare.id))  # a token fetched now would outlive them
        return store.tokens.ensured(db, credentials)


def _gone(account: AccountRow | None) -> Temporary | Refused:
    """Why nobody uses these credentials any more."""
    if account is None or account.state is rules.State.CLOSED:
        return Refused("the account is closed", code="account_closed")
    message = "the account's settings were changed meanwhile; what is repeated uses the new ones"
    return Temporary(message, code="settings_changed")


def _take_turn(channels: Channels, row: TokenRow) -> str | None:
    turn = new_id()
    with channels.database.writing() as db:
        return turn if store.tokens.take_turn(db, row, holder=turn, lease=LEASE) else None


def _give_up(channels: Channels, credentials: str, turn: str, error: Exception) -> None:
    problem = Failure(
        message=str(error), code=getattr(error, "code", ""), needs_action=isinstance(error, ActionRequired)
    )
    with channels.database.writing() as db:
        store.tokens.end_turn(db, credentials, holder=turn, rest=REST, problem=problem)


def _as_error(problem: Failure) -> ChannelError:
    if problem.needs_action:
        return ActionRequired(problem.message, code=problem.code)
    return Temporary(problem.message, code=problem.code, retry_after=REST)


def _is_alive(row: TokenRow) -> bool:
    return bool(row.sealed) and (row.expires_at is None or row.asked_at < row.expires_at)

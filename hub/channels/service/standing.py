"""How an account stands: found, checked, paused, waiting for a person, resumed."""

from __future__ import annotations

from dataclasses import dataclass

from hub_hookspecs import AccountCheck, ActionRequired

from hub.channels import store
from hub.channels.rules import State
from hub.channels.service import gates, hearing, places, third_party, warehouses
from hub.channels.service.doors import open_door
from hub.channels.service.proving import found, require_enabled
from hub.channels.service.telling import tell
from hub.channels.service.wiring import Channels
from hub.channels.store.accounts import AccountRow
from hub.kernel import gate
from hub.kernel.db import Transaction, now
from hub.kernel.errors import NotFound, Refused
from hub.kernel.events import Actor
from hub.merchants import service as merchants


@dataclass(frozen=True, kw_only=True)
class Checked:
    """What the channel said of an account just now; not kept yet."""

    account: AccountRow
    version: int  # of the settings that it was asked with
    check: AccountCheck
    channels: Channels


def account(db: Transaction, merchant_id: str, account_id: str) -> AccountRow:
    """Find an account of the merchant, closed ones too."""
    row = store.accounts.merchants_account(db, merchant_id, account_id)
    if row is None:
        raise NotFound("account")
    return row


def open_account(db: Transaction, merchant_id: str, account_id: str, *, for_change: bool = False) -> AccountRow:
    """Find an account that is not closed; `for_change` keeps it from others until the transaction ends."""
    row = store.accounts.merchants_account(db, merchant_id, account_id, for_change=for_change)
    if row is None:
        raise NotFound("account")
    if row.state is State.CLOSED:
        raise Refused("the account is closed; authorise it again as a new one", code="account_closed")
    return row


def ask_channel(channels: Channels, merchant_id: str, account_id: str, *, actor: Actor) -> Checked:
    """Ask the channel whether the account still works; where a person must act, that is kept before it is raised.

    Calls the plugin: opens short transactions of its own.
    """
    with channels.database.reading() as db:
        row = open_account(db, merchant_id, account_id)
        require_enabled(enabled=store.switches.is_enabled(db, merchant_id, row.plugin), plugin=row.plugin)
    door = open_door(channels, account_id)
    try:
        with channels.calling():
            check = door.host.check_account(door)
    except ActionRequired as error:
        with channels.database.writing() as db:
            are_current = require_action(db, account_id, reason=str(error), actor=actor, version=door.version)
        if not are_current:
            raise _settings_changed() from error
        raise
    return Checked(account=row, version=door.version, check=check, channels=channels)


def note_check(db: Transaction, checked: Checked, *, actor: Actor, resumes: bool = False) -> AccountRow:
    """Keep what the channel said; an account that needed action works again.

    What a person has paused goes on only with `resumes`, and so does what was stopped after the channel was asked.
    """
    is_3pl = third_party.runs(checked.channels, checked.account.plugin)
    if is_3pl:
        warehouses.one_at_a_time(db, checked.account.merchant_id)
    old = open_account(db, checked.account.merchant_id, checked.account.id, for_change=True)
    if checked.check.identity != old.identity:
        raise Refused(
            f"these credentials now lead to {checked.check.name}, not to {old.name}; correct the account's settings",
            code="identity_changed",
        )
    if checked.version != old.version:
        raise _settings_changed()
    changes = found(checked.check)
    store.accounts.change(db, old.id, checked_at=now(), **changes)
    hearing.refresh(db, checked.channels.hosts, account_id=old.id)
    new = store.accounts.expect(db, old.id)
    before, after = _differences(old, new)
    tell(db, "account.checked", new, actor=actor, before=before, after=after)
    places.note_changes(db, old, new, actor=actor)
    if is_3pl:
        third_party.keep(checked.channels, db, new, actor=actor)
    is_cured = State.NEEDS_ACTION is checked.account.state is new.state
    current = resume(db, new, actor=actor) if resumes or is_cured else new
    if (current.state, current.lacks) != (old.state, old.lacks):
        checked.channels.when_ready(db, current)
    if current.tells_stock:  # whoever checks has often just put right what the channel refused
        hearing.retell_refused(db, current.merchant_id, current.id)
    return current


def pause(db: Transaction, merchant_id: str, account_id: str, *, actor: Actor, reason: str = "") -> AccountRow:
    """Let nothing of the account begin until a person resumes it; what runs ends at its next page."""
    old = open_account(db, merchant_id, account_id, for_change=True)
    if old.state is State.PAUSED:
        return old
    return _turn(db, old, State.PAUSED, kind="account.paused", reason=reason, actor=actor)


def resume(db: Transaction, old: AccountRow, *, actor: Actor) -> AccountRow:
    """End a pause, a person's or the hub's; an active account stays as it is."""
    if old.state is State.ACTIVE:
        return old
    return _turn(db, old, State.ACTIVE, kind="account.resumed", reason="", actor=actor)


def require_action(
    db: Transaction,
    account_id: str,
    *,
    reason: str,
    actor: Actor,
    cause: str | None = None,
    version: int | None = None,
) -> bool:
    """Stop an active account until a person acts; what a person has paused or closed stays so.

    `version`: of the settings that were refused. Where others have replaced them since, a person has acted already:
    nothing is stopped, and the answer is False.
    """
    row = store.accounts.account_of(db, account_id, for_change=True)
    if row is None or version not in (None, row.version):
        return False
    if row.state is State.ACTIVE:
        kind = "account.needs_action"
        _turn(db, row, State.NEEDS_ACTION, kind=kind, reason=reason, actor=actor, cause=cause)
    return True


def _settings_changed() -> Refused:
    message = "the account's settings were changed while its channel was asked; check it again"
    return Refused(message, code="settings_changed")


def _turn(
    db: Transaction,
    old: AccountRow,
    state: State,
    *,
    kind: str,
    reason: str,
    actor: Actor,
    cause: str | None = None,
) -> AccountRow:
    store.accounts.change(db, old.id, state=state, reason=reason)
    (gate.resume if state is State.ACTIVE else gate.pause)(db, gates.account_scope(old.id))
    if state is State.ACTIVE and store.warehouses.of_accounts(db, [old.id]):
        merchants.judge_again(db, old.merchant_id)  # orders may be sent from its warehouses again
    before, after = {"state": old.state, "reason": old.reason}, {"state": state, "reason": reason}
    announce = state is State.NEEDS_ACTION  # nobody who could act has seen it happen
    tell(db, kind, old, actor=actor, before=before, after=after, cause=cause, announce=announce)
    return store.accounts.expect(db, old.id)


def _differences(old: AccountRow, new: AccountRow) -> tuple[dict[str, object], dict[str, object]]:
    names = [
        name
        for name in ("name", "shop_ref", "country", "lacks", "places", "notes")
        if getattr(old, name) != getattr(new, name)
    ]
    return {name: getattr(old, name) for name in names}, {name: getattr(new, name) for name in names}

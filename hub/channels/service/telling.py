"""Events of accounts: who did what, before and after, never a secret."""

from __future__ import annotations

from collections.abc import Mapping

from hub.channels.store.accounts import AccountRow
from hub.kernel import events
from hub.kernel.db import Transaction
from hub.kernel.events import Actor, Subject


def tell(
    db: Transaction,
    kind: str,
    account: AccountRow,
    *,
    actor: Actor,
    before: Mapping[str, object] | None = None,
    after: Mapping[str, object] | None = None,
    cause: str | None = None,
    announce: bool = False,
) -> None:
    """Record what happened to an account; its plugin and name are always told."""
    events.record(
        db,
        kind,
        merchant_id=account.merchant_id,
        subject=Subject(kind="account", id=account.id),
        actor=actor,
        cause=cause,
        announce=announce,
        before=None if before is None else dict(before),
        after={"plugin": account.plugin, "name": account.name, **(after or {})},
    )

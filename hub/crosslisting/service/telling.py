"""What happens to cross-listings, as events; what people should know of is announced."""

from __future__ import annotations

from typing import Any

from hub.channels.service import standing
from hub.crosslisting.store.runs import Run
from hub.kernel import events
from hub.kernel.db import Transaction
from hub.kernel.events import Actor, Subject

Facts = dict[str, Any]  # Any: JSON that a notice is made of


def note(db: Transaction, kind: str, run: Run, *, actor: Actor, after: Facts | None = None) -> None:
    """Keep what a person did."""
    _record(db, f"crosslisting.{kind}", run, actor, after)


def announce(db: Transaction, kind: str, run: Run, *, actor: Actor, **facts: object) -> None:
    """Keep what came of it, and have people told."""
    account = standing.account(db, run.merchant_id, run.account_id)
    named = {"account": f"{account.name} ({account.plugin})", **facts}
    _record(db, f"crosslisting.{kind}", run, actor, named, announced=True)


def _record(
    db: Transaction, kind: str, run: Run, actor: Actor, after: Facts | None, *, announced: bool = False
) -> None:  # fmt: skip
    subject = Subject(kind="crosslisting", id=run.id)
    cause = actor.id if actor.kind == "job" else None
    events.record(
        db, kind, merchant_id=run.merchant_id, subject=subject, actor=actor, after=after, cause=cause,
        announce=announced,
    )  # fmt: skip

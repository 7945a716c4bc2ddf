"""Asks our team for the API data of a store, where a channel gives it out only on request."""

from __future__ import annotations

from hub.channels import store
from hub.channels.service.wiring import Channels
from hub.channels.store.requests import AccessRequestRow
from hub.kernel import events
from hub.kernel.db import Transaction
from hub.kernel.events import Actor, Subject
from hub.kernel.ids import new_id
from hub.merchants import service as merchants


def ask_for_access(
    channels: Channels,
    db: Transaction,
    merchant_id: str,
    plugin: str,
    *,
    store_name: str,
    store_link: str,
    email: str,
    actor: Actor,
) -> AccessRequestRow:
    merchants.merchant(db, merchant_id)
    channels.host(plugin)
    told = {"plugin": plugin, "store_name": store_name.strip(), "store_link": store_link, "email": email}
    made = store.requests.note(db, {"id": new_id(), "merchant_id": merchant_id, **told})
    events.record(
        db,
        "access.requested",
        merchant_id=merchant_id,
        subject=Subject(kind="access_request", id=made.id),
        actor=actor,
        after={name: value for name, value in told.items() if name != "email"},
    )
    return made

"""The way of an account into the hub: asked for what is missing, proven with its channel, kept."""

from __future__ import annotations

from typing import Any

from hub.channels.schemas import ConnectedAccount
from hub.channels.schemas import showing as views
from hub.channels.service import authorising, proving
from hub.cli.given import asked_for
from hub.kernel.events import CLI
from hub.merchants import service as merchants
from hub.runtime import Runtime


def connected(
    runtime: Runtime,
    *,
    merchant: str,
    plugin: str,
    given: dict[str, Any],  # Any: whatever was typed in
    confirmed: bool,
    starts_import: bool,
) -> ConnectedAccount:
    """Connect an account as the API does; the channel is asked between two transactions."""
    channels, database = runtime.channels, runtime.database
    with database.reading() as db:
        merchants.merchant(db, merchant)
    wish = proving.Wish(
        merchant_id=merchant,
        plugin=plugin,
        settings=asked_for(channels.host(plugin), given),
        preconditions_confirmed=confirmed,
        strict=False,
    )
    proof = proving.prove(channels, wish)
    with database.writing() as db:
        made = authorising.bind(channels, db, proof, actor=CLI, starts_import=starts_import)
        view = views.account(channels, db, made.account)
    import_id = made.first_import.job_id if made.first_import else None
    return ConnectedAccount(account=view, import_id=import_id, advice=made.advice)

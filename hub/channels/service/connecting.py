"""Has webhooks and keys registered on the channel's side, at once and then daily, where the plugin wants it."""

from __future__ import annotations

from hub_hookspecs import Capability

from hub.channels.host import Host
from hub.channels.store.accounts import AccountRow
from hub.kernel import jobs
from hub.kernel.db import Transaction
from hub.kernel.jobs import JobKind

CONNECT = JobKind("channels.connect", version=1, lane="default")


def wants_connecting(host: Host) -> bool:
    return host.implements("connect_account") and Capability.PARSE_WEBHOOK in host.channel.offers


def ask_to_connect(db: Transaction, host: Host, account: AccountRow) -> None:
    """Ask for it now and every day; what a channel forgot, or refused for an hour, is put right by itself."""
    if not wants_connecting(host):
        return
    jobs.enqueue(db, CONNECT, merchant_id=account.merchant_id, account_id=account.id)
    spread = int(account.id.replace("-", "")[-4:], 16) % 1440  # accounts must not all call at the same minute
    rule = f"{spread % 60} {spread // 60} * * *"
    jobs.every(db, CONNECT, rule=rule, merchant_id=account.merchant_id, account_id=account.id)


def stop_connecting(db: Transaction, account_id: str) -> None:
    jobs.stop(db, CONNECT, account_id=account_id)

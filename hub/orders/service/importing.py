"""Takes a channel's feed of orders in, page by page, and says what that explains of what its listings show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from hub_hookspecs import Capability, Channel, Order

from hub.channels import rules
from hub.channels import store as channels
from hub.channels.host import Host
from hub.channels.service import standing
from hub.channels.service.wiring import Channels
from hub.channels.store.accounts import AccountRow
from hub.kernel import jobs
from hub.kernel.db import Transaction
from hub.kernel.errors import Refused
from hub.kernel.events import Actor, Subject, record
from hub.kernel.jobs import JobKind, Ticket
from hub.kernel.sealing import KeyRing
from hub.orders.service.drafts import Seller
from hub.orders.service.take_in import Taken, hold, take_in
from hub.orders.store import feeds, orders, readings
from hub.stock.rules import telling
from hub.stock.service import touching
from hub.stock.service.pushing import moment
from hub.stock.store import due, told

IMPORT_ORDERS = JobKind("orders.import", lane="urgent")
FEED = "import_orders"
EXPLAINED = 500  # readings taken up in one transaction


def start(hub: Channels, db: Transaction, merchant_id: str, account_id: str, *, actor: Actor) -> Ticket:
    """Ask for an import of an account's orders now; refused where the channel has none to tell."""
    account = standing.open_account(db, merchant_id, account_id)
    host = hub.host(account.plugin)
    enabled = channels.switches.is_enabled(db, merchant_id, account.plugin)
    lacks = rules.lacks(account.lacks, enabled=enabled, plugin=account.plugin)
    if reason := host.lacking(Capability.IMPORT_ORDERS, lacks):
        raise Refused(f"{host.channel.title} cannot import orders: {reason}", code="not_supported")
    subject = Subject(kind="account", id=account_id)
    record(db, "orders.import_requested", subject=subject, actor=actor, merchant_id=merchant_id)
    return ask(db, merchant_id, account_id)


def ask(db: Transaction, merchant_id: str, account_id: str, *, at: datetime | None = None) -> Ticket:
    """Have the orders of an account imported by then; None: now."""
    return jobs.enqueue(db, IMPORT_ORDERS, merchant_id=merchant_id, account_id=account_id, run_at=at)


def are_read(account: AccountRow, host: Host) -> bool:
    """Whether the orders of this account come in, while the merchant has its plugin switched on."""
    return not host.lacking(Capability.IMPORT_ORDERS, rules.lacks(account.lacks, enabled=True, plugin=account.plugin))


def take_page(
    db: Transaction, ring: KeyRing, channel: Channel, account_id: str, told_: Sequence[Order], *, asked_at: datetime,
    declared: Mapping[str, Channel], asked: Sequence[str] = (),
) -> Taken:  # fmt: skip
    """Take in what the channel told when it was asked then; `declared` are the channels of all plugins.

    What was `asked` for by its ref counts as seen, there or gone.
    """
    hold(db, account_id)
    orders.saw_again(db, account_id, asked, at=asked_at)
    account = channels.accounts.expect(db, account_id)
    actor = Actor(kind="channel", id=account_id)
    seller = Seller(account=account, channel=channel, actor=actor, declared=declared)
    return take_in(db, ring, seller, told_, asked_at=asked_at)


def explain(db: Transaction, channel: Channel, account_id: str, *, began_at: datetime) -> bool:
    """Take up some of the readings that the walk begun then explains, all of whose pages are in; False: none is left.

    So many in a transaction of their own, and the walk is noted to have ended behind the last: whoever dies between two
    leaves the rest to whoever goes on with it. Figures whose reading was taken up are looked at again at once.
    """
    visible_after = channel.orders_visible_after
    outlets = readings.some(db, account_id, until=began_at - visible_after, limit=EXPLAINED)
    if not outlets:
        return False
    at = moment(db)
    before = told.lock(db, account_id, outlets)
    after = {
        outlet: telling.orders_read(row, began_at=began_at, visible_after=visible_after, at=at)
        for outlet, row in before.items()
    }
    explained = {outlet: row for outlet, row in after.items() if row != before[outlet]}
    told.write(db, explained)
    if explained:
        account = channels.accounts.expect(db, account_id)
        due.set_moments(db, account_id, dict.fromkeys(due.lock(db, account_id, explained), at))
        touching.ask(db, account.merchant_id, account_id)
    return True


def end(db: Transaction, channel: Channel, account_id: str, *, began_at: datetime) -> None:
    """The walk that began then is over, and what it explains is taken up: come back for readings still too young."""
    hold(db, account_id)  # rows of the feed are taken after all others while a page is taken in, and here before
    account, at = channels.accounts.expect(db, account_id), moment(db)
    if not feeds.end(db, account_id, FEED, began_at=began_at, at=at):
        return  # another who walked the same walk was quicker
    visible_after = channel.orders_visible_after
    young = readings.next_after(db, account_id, after=began_at - visible_after)
    if young is not None:
        ask(db, account.merchant_id, account_id, at=max(young + visible_after, at))

"""Which accounts are told of stock, as a column that statements can ask for, and when all of one is told anew.

An account hears where its channel offers to be told, neither its check nor the merchant's switch takes that away, and
it is not closed. Whoever changes one of these calls `refresh`; so does a caretaker, since a plugin may have learned it.
"""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from hub_hookspecs import Capability
from sqlalchemy.dialects.postgresql import JSON

from hub.channels.host import Hosts
from hub.channels.rules import State
from hub.channels.tables import account, switch
from hub.kernel import jobs
from hub.kernel.bulk import among
from hub.kernel.db import Transaction
from hub.kernel.jobs import JobKind, Ticket

# The slice of stock handles both.
RETELL = JobKind("stock.retell_account", lane="default")
RETELL_REFUSED = JobKind("stock.retell_refused", lane="default")
_LACK = Capability.PUSH_STOCK.value


def refresh(db: Transaction, hosts: Hosts, *, account_id: str | None = None, merchant_id: str | None = None) -> int:
    """Keep who hears up to date, of one account, of a merchant's or of all; whoever begins to is told everything.

    Gives how many changed.
    """
    able = [name for name, host in hosts.loaded.items() if not host.lacking(Capability.PUSH_STOCK)]
    turn = _TURN[db.dialect]
    for column, value in ((account.c.id, account_id), (account.c.merchant_id, merchant_id)):
        turn = turn if value is None else turn.where(column == value)
    rows = db.execute(turn, {"able": able}).all()
    for row in rows:
        if row.tells_stock:
            retell(db, row.merchant_id, row.id)
    return len(rows)


def retell(db: Transaction, merchant_id: str, account_id: str) -> Ticket:
    """Ask for every level of an account to be looked at again; what it shows already is not sent."""
    return jobs.enqueue(db, RETELL, merchant_id=merchant_id, account_id=account_id)


def retell_refused(db: Transaction, merchant_id: str, account_id: str, *, at: datetime | None = None) -> None:
    """Ask for the levels that the channel has refused to be told again by then; None: now."""
    jobs.enqueue(db, RETELL_REFUSED, merchant_id=merchant_id, account_id=account_id, run_at=at)


_lacks = sa.type_coerce(account.c.lacks, sa.Text)
_lacking = {"sqlite": sa.func.json_extract(_lacks, f"$.{_LACK}"), "postgresql": sa.cast(_lacks, JSON).op("->>")(_LACK)}
_enabled = (
    sa.select(switch.c.enabled)
    .where(switch.c.merchant_id == account.c.merchant_id, switch.c.plugin == account.c.plugin)
    .scalar_subquery()
)


def _turn(lack: sa.ColumnElement[str]) -> sa.Update:
    hears = sa.and_(
        account.c.state != State.CLOSED,
        among(account.c.plugin, "able"),
        lack.is_(None),
        sa.func.coalesce(_enabled, sa.false()),
    )
    now = sa.case((hears, sa.true()), else_=sa.false())
    differs = account.c.tells_stock != now
    return (
        sa.update(account)
        .where(differs)
        .values(tells_stock=now)
        .returning(account.c.id, account.c.merchant_id, account.c.tells_stock)
    )


_TURN = {dialect: _turn(lack) for dialect, lack in _lacking.items()}

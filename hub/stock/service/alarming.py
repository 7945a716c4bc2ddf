"""Rings once for each account whose figures have been behind too long, and says so when they have caught up.

A round is one transaction: the rows of what rings and the events that are announced come together or not at all, so
whoever dies in it leaves it to the next round. Of two at once, one finds it done.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime, timedelta

from prometheus_client import Gauge

from hub.kernel import jobs
from hub.kernel.api.measures import Measure
from hub.kernel.db import Transaction
from hub.kernel.events import SYSTEM, Subject, record
from hub.kernel.jobs import JobKind
from hub.stock.rules.freshness import Alarm, Explanation, Lag, explained
from hub.stock.service.pushing import moment
from hub.stock.store import alarms, pushes, stale
from hub.stock.store.alarms import Known, Ringing
from hub.stock.store.stale import Lagging

LOOK = JobKind("stock.alarm", lane="default")  # once a minute, for all accounts
RULE = "* * * * *"
BEHIND = Gauge("hub_stock_listings_behind", "Figures behind longer than the alarm allows, by kind", ["kind"])


def keep_looking(db: Transaction) -> int:
    """Keep the round coming; a schedule that is there stays as it is."""
    jobs.every(db, LOOK, rule=RULE)
    return 0


def go_round(db: Transaction, *, after: timedelta) -> dict[str, int]:
    """Raise what has begun and end what is over; gives how many of each."""
    until = moment(db) - after
    lagging = {one.account_id: one for one in stale.lagging(db, until=until)}
    behind = {(each.account_id, each.kind): each for one in lagging.values() for each in _alarms(one)}
    known = {(one.alarm.account_id, one.alarm.kind): one for one in alarms.ringing(db)}
    raised = alarms.ring(db, [each for key, each in behind.items() if key not in known])
    ended = alarms.end(db, [one.alarm for key, one in known.items() if key not in behind])
    _tell_raised(db, [behind[key] for key in sorted(raised)], lagging, until)
    for key in sorted(ended):
        _tell_ended(db, known[key])
    alarms.keep(db, [each for key, each in behind.items() if key in known and known[key].behind != each.listings])
    return {"raised": len(raised), "ended": len(ended)}


def _behind(db: Transaction) -> dict[str, float]:
    """As the last round found it, whichever process went it."""
    found = alarms.behind(db)
    return {kind.value: float(found.get(kind, 0)) for kind in Alarm}


MEASURES = (Measure(BEHIND, _behind),)


def _alarms(one: Lagging) -> Iterator[Ringing]:
    found = ((Alarm.LATE, one.late, one.late_since), (Alarm.REFUSED, one.refused, one.refused_since))
    for kind, count, since in found:
        if since is not None:
            yield Ringing(one.account_id, kind, one.merchant_id, count, since)


def _tell_raised(
    db: Transaction, raised: list[Ringing], lagging: dict[str, Lagging], until: datetime
) -> None:  # fmt: skip
    if not raised:
        return
    standing = stale.standing(db, {one.account_id for one in raised})
    words = _refusals(db, [one.account_id for one in raised if one.kind is Alarm.REFUSED], until)
    for one in raised:
        refused = words.get(one.account_id, "") if one.kind is Alarm.REFUSED else None
        found = explained(standing[one.account_id], Lag(refused=refused))
        account = lagging[one.account_id]
        _record(db, "stock.behind", one, account.plugin, account.name, found)


def _refusals(db: Transaction, account_ids: Collection[str], until: datetime) -> dict[str, str]:
    """What the channel of each said last of the figure that it has refused longest."""
    first = stale.first_refused(db, account_ids, until=until) if account_ids else {}
    said = pushes.last_of(db, first.values())
    return {account_id: said[outlet].reason for account_id, outlet in first.items() if outlet in said}


def _tell_ended(db: Transaction, one: Known) -> None:
    _record(db, "stock.caught_up", one.alarm, one.plugin, one.name, None)


def _record(
    db: Transaction, kind: str, one: Ringing, plugin: str, name: str, why: Explanation | None
) -> None:  # fmt: skip
    facts: dict[str, object] = {
        "plugin": plugin, "name": name, "alarm": one.kind.value, "listings": one.listings,
        "more": one.listings >= stale.MOST, "since": one.since.isoformat(),
    }  # fmt: skip
    if why is not None:
        facts |= {"why": why.why.value, "reason": why.text, "remedy": why.remedy}
    subject = Subject(kind="account", id=one.account_id)
    record(db, kind, merchant_id=one.merchant_id, subject=subject, actor=SYSTEM, after=facts, announce=True)

"""What people see of webhooks: page by page, each merchant its own."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from hub.kernel.ids import new_id
from hub.webhooks.rules import Outcome
from hub.webhooks.store import deliveries, refusals
from hub.webhooks.tables import webhook
from tests.callers import a_merchant
from tests.plugins.bell import Bell
from tests.slices.stock.test_timeline import plans
from tests.slices.webhooks.street import Street


def test_the_newest_come_first_page_by_page_and_by_what_became_of_them(street: Street, bell: Bell) -> None:
    for number in range(5):
        street.delivers(bell.rings(("order" if number % 2 else "item", f"x-{number}", "7")))
    street.works()
    here = f"/v1/merchants/{street.merchant}/webhooks"

    pages, following = [], f"{here}?limit=2"
    while following:
        page = street.client.get(following).json()
        pages.append([one["ref"] for one in page["items"]])
        following = page["next"]
    noted = street.client.get(f"{here}?outcome=noted&account_id={street.accounts['7']}").json()["items"]
    elsewhere = street.client.get(f"{here}?account_id=01900000-0000-7000-8000-000000000000").json()["items"]

    assert pages == [["x-4", "x-3"], ["x-2", "x-1"], ["x-0"]]
    assert [one["ref"] for one in noted] == ["x-4", "x-2", "x-0"]
    assert elsewhere == []


@pytest.mark.parametrize("of_account", [False, True])
def test_the_few_of_an_outcome_are_read_from_their_index_among_very_many(street: Street, of_account: bool) -> None:
    """Those that were told off are older than all the others."""
    account_id = street.accounts["7"]
    fill(street, account_id, "disabled", 3)
    fill(street, account_id, "reading", 12_000)
    narrowed = {"account_id": account_id} if of_account else {}

    with plans(street.database) as told, street.database.reading() as db:
        found = deliveries.listing(db, street.merchant, limit=2, outcome=Outcome.DISABLED, **narrowed)
        (plan,) = told
        rest = deliveries.listing(
            db, street.merchant, limit=50, outcome=Outcome.DISABLED, before=found[-1].id, **narrowed
        )

    assert ([one.ref for one in found], [one.ref for one in rest]) == (["2", "1"], ["0"])
    assert ("ix_webhook_account_outcome" if of_account else "ix_webhook_outcome") in plan, plan
    assert not {"Sort", "TEMP"} & set(plan.split()), plan


def fill(street: Street, account_id: str, outcome: str, count: int) -> None:
    """Hints that became this, each newer than those before it."""
    at = street.database.clock.now()
    row = {"credentials": "c", "plugin": "bell", "position": 0, "kind": "order", "shop_ref": "7", "received_at": at}
    row |= {"merchant_id": street.merchant, "account_id": account_id, "outcome": outcome, "reason": ""}
    row |= {"dispatched_at": at}
    ids = [new_id() for _ in range(count)]
    with street.database.writing() as db:
        db.execute(
            sa.insert(webhook), [row | {"id": id_, "digest": id_, "ref": str(n)} for n, id_ in enumerate(sorted(ids))]
        )
    if not street.database.embedded:
        with street.database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("ANALYZE webhook")


def test_what_was_refused_is_shown_to_those_whose_address_it_was(street: Street, bell: Bell) -> None:
    other = a_merchant(street.database, "Warung Sari")
    for _ in range(3):
        street.delivers(bell.rings(secret="another"))

    mine, theirs = (
        street.client.get(f"/v1/merchants/{merchant}/webhooks/refused").json()["items"]
        for merchant in (street.merchant, other)
    )

    assert [(one["plugin"], one["code"], one["count"]) for one in mine] == [("bell", "bad_signature", 3)]
    assert theirs == []


def test_hints_and_counts_are_forgotten_after_their_time(street: Street, bell: Bell) -> None:
    street.delivers(bell.rings(("order", "o-1", "7")))
    street.delivers(bell.rings(secret="another"))

    street.passes(deliveries.KEEP - deliveries.KEEP / 100)
    early = purged(street)
    street.passes(refusals.KEEP)
    late = purged(street)

    assert (early, late) == ((0, 0), (1, 1))
    assert (street.told(), street.refused()) == ([], {})


def purged(street: Street) -> tuple[int, int]:
    with street.database.writing() as db:
        return deliveries.purge_webhooks(db), refusals.purge_refusals(db)

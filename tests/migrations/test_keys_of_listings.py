"""What was pushed before the hub kept its keys: a listing has the key under which its product was sent."""

from __future__ import annotations

import sqlalchemy as sa

from hub.catalog.tables import listing
from hub.kernel import migrating
from hub.kernel.db import Database
from hub.kernel.events import SYSTEM, Change, Subject, record_all
from tests.migrations.test_links import a_listing

BEFORE = "0019"


def test_listings_that_a_push_made_get_their_keys(older: Database) -> None:
    made = {"gid://shop/1": "p", "p": "p", "p-2": "p", "found": "p"}
    with older.writing() as db:
        db.execute(sa.insert(listing), [a_listing(ref) for ref in (*made, "imported")])
        told = [Change(kind="listing.recorded", subject=_of(ref), after={"product_id": of}) for ref, of in made.items()]
        found = {"state": "pending", "sku": "A", "product_id": None}
        changed = Change(kind="listing.recorded", subject=_of("found"), before=found, after={"product_id": "p"})
        record_all(db, "m", [*told[:3], changed], actor=SYSTEM)

    migrating.upgrade(older)

    with older.reading() as db:
        kept = {row.ref: row.pushed_key for row in db.execute(sa.select(listing.c.ref, listing.c.pushed_key))}
    assert kept == {"gid://shop/1": "p", "p": "p", "p-2": "p-2", "found": None, "imported": None}


def _of(ref: str) -> Subject:
    return Subject(kind="listing", id=ref)

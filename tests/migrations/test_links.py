"""What was linked before the hub kept its steps: the step that a listing stands by holds its product."""

from __future__ import annotations

import sqlalchemy as sa

from hub.catalog.tables import listing, product, product_link
from hub.kernel import migrating
from hub.kernel.db import Database
from hub.kernel.types import EPOCH

BEFORE = "0011"


def a_listing(name: str, **fields: object) -> dict[str, object]:
    texts = dict.fromkeys(("parent_ref", "sku", "sku_key", "name", "name_key", "seen_run", "merchant_id"), name)
    standing = {"state": "pending", "product_id": None, "decision": None}
    others = {"details": {}, "digest": 1, "active": True, "current": True, "seen_at": EPOCH, "created_at": EPOCH}
    return {"id": name, "account_id": "a", "ref": name, **texts, **others, **standing, **fields}


def test_a_step_that_a_listing_stands_by_holds_its_product(older: Database) -> None:
    with older.writing() as db:
        made = {"id": "p", "merchant_id": "m", "sku": "A", "sku_key": "A", "name": "A", "name_key": "a", "details": {}}
        db.execute(sa.insert(product).values(**made, created_at=EPOCH))
        linked = a_listing("linked", state="linked", product_id="p", decision="step")
        db.execute(sa.insert(listing), [linked, a_listing("ignored", state="ignored", decision="other")])

    migrating.upgrade(older)

    with older.reading() as db:
        links = db.execute(sa.select(product_link.c.step, product_link.c.product_id, product_link.c.stands)).all()
    assert [tuple(link) for link in links] == [("step", "p", True)]

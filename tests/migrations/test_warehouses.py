"""Merchants and accounts from before there were warehouses get what new ones have."""

from __future__ import annotations

import sqlalchemy as sa

from hub.channels import store
from hub.channels.service import places, warehouses
from hub.kernel import migrating
from hub.kernel.db import Database, Transaction
from hub.kernel.ids import is_id, new_id

BEFORE = "0008"
PLACES = {"whole": "[]", "placed": '[{"ref": "W1", "name": "Jakarta", "country": "", "timezone": ""}]', "closed": "[]"}


def a_merchant(db: Transaction) -> str:
    row = {"id": new_id(), "name": "Toko", "features": "[]", "created_at": 1, "updated_at": 1}
    db.execute(sa.text("INSERT INTO merchant VALUES (:id, :name, :features, :created_at, :updated_at)"), row)
    return row["id"]  # type: ignore[return-value]  # the one text among them that is asked for


def an_account(db: Transaction, merchant: str, name: str) -> str:
    row = {
        "id": new_id(), "merchant_id": merchant, "plugin": "bazaar", "name": name, "settings": "", "credentials": "",
        "identity": name, "shop_ref": "", "country": "", "state": "closed" if name == "closed" else "active",
        "reason": "", "lacks": "{}", "places": PLACES[name], "notes": "[]", "version": 1, "created_at": 1,
        "checked_at": 1,
    }  # fmt: skip
    columns = ", ".join(row)
    db.execute(sa.text(f"INSERT INTO account ({columns}) VALUES ({', '.join(f':{name}' for name in row)})"), row)  # noqa: S608 - our own names
    return str(row["id"])


def test_every_merchant_gets_a_default_warehouse_and_accounts_without_places_show_it(older: Database) -> None:
    with older.writing() as db:
        merchants = [a_merchant(db) for _ in range(3)]
        accounts = {name: an_account(db, merchants[0], name) for name in PLACES}

    migrating.upgrade(older)

    with older.writing() as db:
        found = [store.warehouses.default_of(db, merchant) for merchant in merchants]
        shown = {name: dict(places.behind(db, store.accounts.expect(db, one))) for name, one in accounts.items()}
        again = [warehouses.default_of(db, merchant) for merchant in merchants]
    ids = [each.id for each in found if each is not None]
    assert len(set(ids)) == 3
    assert all(is_id(one) and one[14] == "7" for one in ids)
    assert found == again
    assert [each.name for each in again] == ["Main warehouse"] * 3
    assert shown == {"whole": {"": (ids[0],)}, "placed": {}, "closed": {}}

"""However many documents a 3PL has been through, those that are asked for are found by indexes."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from hub.fulfilment.store import inbounds, reconciling
from hub.fulfilment.tables import inbound, inbound_line, outbound, stranger
from hub.kernel.db import Database
from hub.kernel.types import microseconds
from tests.slices.kernel.test_bulk import plan

MANY, OPEN = 6_000, 30
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
WALKED = re.compile(r"Seq Scan on \w+|SCAN (?:outbound|inbound|stranger)\w*")


@pytest.fixture
def filled(database: Database) -> Database:
    """One account with very many documents, a few of which are under way, stopped lately, or wait."""
    spent = {"merchant_id": "m", "account_id": "a", "warehouse_id": "w", "word": "", "ref": "", "reason": "",
             "cancel": "", "cancel_reason": "", "created_at": NOON, "changed_at": NOON, "state": "complete",
             "push_status": "pushed", "pushed_at": NOON - timedelta(days=90)}  # fmt: skip
    out = spent | {"number": 1, "package_ref": "", "current": False, "waits": "[]", "told": "", "shows": "",
                   "cancel_cause": "", "courier": "", "awb": "", "label_digest": ""}  # fmt: skip
    coming = spent | {"kind": "purchase", "reference": "", "note": "", "waits": False}
    sent, came, lines = [], [], []
    for n in range(MANY):
        named = {"id": f"{n:06}", "code": f"C{n:06}"}
        look = {"next_look_at": NOON if n < OPEN else None}
        open_ = {"state": "pending"} if n < OPEN else {}
        stopped = {"state": "invalid"} if n % 10 == 0 else {}
        lately = {"pushed_at": NOON} if n < 500 else {}
        sent.append(
            out | named | {"order_id": f"o{n}", "parcel_id": f"p{n}"} | look | (open_ or stopped) | lately
        )  # fmt: skip
        came.append(coming | named | look | open_)
        lines.append({"inbound_id": named["id"], "number": 1, "product_id": f"p{n % 50}", "sku": f"K{n}",
                      "item_ref": "", "quantity": 10, "good": 4, "damaged": 0, "taken": 0, "note": ""})  # fmt: skip
    named_ = [{"account_id": f"a{n % 40}", "code": f"S{n}", "first_at": NOON, "last_at": NOON, "times": 1}
              for n in range(MANY)]  # fmt: skip
    off, on = (
        ("PRAGMA foreign_keys = OFF", "PRAGMA foreign_keys = ON")
        if database.embedded
        else ("SET session_replication_role = replica", "SET session_replication_role = origin")
    )
    with database.engine.connect() as connection:
        driver = connection.connection.driver_connection
        assert driver is not None
        driver.execute(off)  # their orders and warehouses would be very many too
        for table, rows in ((outbound, sent), (inbound, came), (inbound_line, lines), (stranger, named_)):
            connection.execute(sa.insert(table), rows)
        connection.execute(sa.text("ANALYZE"))
        connection.commit()
        driver.execute(on)
    return database


def test_documents_that_a_reconciliation_asks_for_are_found_by_their_indexes(filled: Database) -> None:
    given = {"account": "a", "after": "", "limit": 50}
    since = {"since": microseconds(NOON - timedelta(days=30))}

    told = plan(filled, reconciling._outbounds, **given, **since), plan(filled, reconciling._inbounds, **given)

    assert [WALKED.findall(each) for each in told] == [[], []], told
    assert "ix_outbound_stopped" in told[0], told[0]
    with filled.reading() as db:
        found = reconciling.outbounds_asked(db, "a", NOON - timedelta(days=30), after="", limit=200)
        coming = reconciling.inbounds_asked(db, "a", after="", limit=200)
    assert len(found) == OPEN + (500 - OPEN) // 10
    assert len(coming) == OPEN


def test_what_is_on_its_way_is_found_among_what_is_under_way(filled: Database) -> None:
    told = plan(filled, inbounds._coming, account="a", warehouse="w", products=["p1", "p2"])

    assert WALKED.findall(told) == [], told
    with filled.reading() as db:
        assert inbounds.coming(db, "a", "w", ["p1", "p2", "p40"]) == {"p1": 6, "p2": 6}


def test_names_that_nobody_knows_are_looked_up_for_one_account(filled: Database) -> None:
    told = plan(filled, reconciling._unknown, reconciliation="r", account="a1", since=0)

    assert WALKED.findall(told) == [], told

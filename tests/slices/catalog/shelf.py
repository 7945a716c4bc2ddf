"""Products over the API, and listings as an import leaves them."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from litestar import Litestar
from litestar.testing import TestClient

from hub.catalog.service.intake import Source, take_page
from hub.catalog.tables import listing
from hub.kernel.db import Database
from hub.kernel.events import CLI
from hub.linking.service import deciding
from tests.slices.catalog.test_intake import NOW, an_item
from tests.slices.catalog.test_rules import CHANNEL

Client = TestClient[Litestar]
Json = dict[str, Any]  # Any: answers of the API
ABSENT = "01900000-0000-7000-8000-000000000000"


def made(client: Client, address: str, **fields: object) -> Json:
    answer = client.post(f"{address}/products", json={"sku": "KPS-1", "name": "Kaos"} | fields)
    assert answer.status_code == 201, answer.text
    product: Json = answer.json()
    return product


def named(answer: Any) -> list[str]:  # Any: httpx's response
    return [each["field"] for each in answer.json()["errors"]]


def take(database: Database, merchant: str, account: str, sku: str, ref: int = 1) -> str:
    """An import of one listing; gives its id."""
    source = Source(merchant_id=merchant, account_id=account, channel=CHANNEL)
    with database.writing() as db:
        take_page(db, source, [an_item(ref, sku)], run="run", seen_at=NOW)
        found: str = db.execute(
            sa.select(listing.c.id).where(listing.c.account_id == account, listing.c.ref == str(ref))
        ).scalar_one()
    return found


def confirm(database: Database, merchant: str, *listing_ids: str) -> None:
    with database.writing() as db:
        deciding.confirm(db, merchant, listing_ids, actor=CLI)


def events(client: Client, address: str, kind: str) -> list[Json]:
    found: list[Json] = client.get(f"{address}/events?kind={kind}").json()["items"]
    return found

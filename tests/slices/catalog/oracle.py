"""What the catalogue must look like, computed from its listings by brute force."""

from __future__ import annotations

from collections import Counter, defaultdict

import sqlalchemy as sa

from hub.catalog.rules import Group, classify
from hub.catalog.tables import class_count, listing, product
from hub.kernel.db import Database


def violations(database: Database) -> list[str]:
    """Every listing whose class is not what the rules say of all listings, and every count that is not their sum."""
    with database.reading() as db:
        rows = db.execute(sa.select(listing)).all()
        products = {(row.merchant_id, row.sku_key) for row in db.execute(sa.select(product))}
        counts = {(row.account_id, row.sku_class): row.listings for row in db.execute(sa.select(class_count))}
    own = Counter((row.merchant_id, row.sku_key, row.account_id) for row in rows if row.current)
    accounts: dict[tuple[str, str], set[str]] = defaultdict(set)
    for merchant_id, key, account_id in own:
        accounts[merchant_id, key].add(account_id)
    wrong, waiting = [], Counter[tuple[str, str]]()
    for row in rows:
        sku = (row.merchant_id, row.sku_key)
        group = Group(own[*sku, row.account_id], bool(accounts[sku] - {row.account_id}), sku in products)
        expected = classify(row.sku_key, group) if row.current and row.product_id is None else None
        if row.sku_class != expected:
            wrong.append(f"{row.account_id}/{row.ref} {row.sku!r}: {row.sku_class}, must be {expected}")
        if expected and row.state == "pending":
            waiting[row.account_id, str(expected)] += 1
    if +Counter(counts) != waiting:
        wrong.append(f"counts are {counts}, must be {dict(waiting)}")
    return wrong

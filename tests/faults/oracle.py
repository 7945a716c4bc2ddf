"""Says whether a catalogue is what an undisturbed import leaves: equal, single, rightly classed and fully counted."""

from __future__ import annotations

import unicodedata
from collections import Counter, defaultdict
from collections.abc import Mapping
from typing import Any

import msgspec
import sqlalchemy as sa
from hub_tokopedia.sandbox import TokopediaSandbox

from hub.catalog.tables import class_count, import_run, listing
from hub.kernel.db import Database
from hub.kernel.jobs.tables import job

# Ids, instants and run ids differ between two imports of one shop; nothing else may.
OF_THE_RUN = {"id", "merchant_id", "account_id", "product_id", "seen_at", "seen_run", "created_at"}
COMPARED = [column for column in listing.c if column.name not in OF_THE_RUN]
Row = Mapping[str, Any]  # Any: the columns of a listing


class Catalogue(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that one import left of one account."""

    rows: list[Row]
    counts: dict[str, int]
    state: str  # of the job
    outcome: dict[str, Any]  # Any: the tally as the job tells it
    run: dict[str, Any]  # Any: the tally as the import's record tells it
    pages: int = 0  # requests that it took


def catalogue(database: Database, *, account_id: str, import_id: str) -> Catalogue:
    with database.reading() as db:
        rows = db.execute(sa.select(*COMPARED).where(listing.c.account_id == account_id).order_by(listing.c.ref))
        counted = db.execute(sa.select(class_count).where(class_count.c.account_id == account_id))
        done = db.execute(sa.select(job.c.state, job.c.outcome).where(job.c.id == import_id)).one()
        run = db.execute(sa.select(import_run).where(import_run.c.job_id == import_id)).mappings().one_or_none()
        return Catalogue(
            rows=[dict(row) for row in rows.mappings()],
            counts={row.sku_class: row.listings for row in counted if row.listings},
            state=done.state,
            outcome=done.outcome or {},
            run={} if run is None else run["tally"],
        )


def differences(undisturbed: Catalogue, found: Catalogue, shop: TokopediaSandbox) -> list[str]:
    """Compare with an undisturbed import, with what the shop says of itself, and with the rules applied by hand."""
    return [
        *_rows(undisturbed.rows, found.rows),
        *_classes(found),
        *_unequal("counts by class", undisturbed.counts, found.counts),
        *_unequal("state of the job", "done", found.state),
        *_unequal("tally of the job", undisturbed.outcome, found.outcome),
        *_unequal("record of the import", undisturbed.run, found.run),
        *_expected(shop, found),
    ]


def _rows(wanted: list[Row], found: list[Row]) -> list[str]:
    refs = Counter(row["ref"] for row in found)
    before, after = ({row["ref"]: row for row in rows} for rows in (wanted, found))
    shared = before.keys() & after.keys()
    told = {
        "lost": len(before.keys() - after.keys()),
        "invented": len(after.keys() - before.keys()),
        "doubled": sum(1 for times in refs.values() if times > 1),
        "altered": sum(1 for ref in shared if before[ref] != after[ref]),
    }
    return [f"{what}: {count} of {len(wanted)} listings" for what, count in told.items() if count]


def _classes(found: Catalogue) -> list[str]:
    """Sort by brute force what one account lists on its own; a SKU's twins are all those that are current."""
    by_key: defaultdict[str, int] = defaultdict(int)
    keys = [unicodedata.normalize("NFC", row["sku"]).strip() for row in found.rows]
    for row, key in zip(found.rows, keys, strict=True):
        by_key[key] += row["current"]
    wanted = [_class(row, by_key[key], key) for row, key in zip(found.rows, keys, strict=True)]
    wrong = sum(1 for row, cls in zip(found.rows, wanted, strict=True) if row["sku_class"] != cls)
    counts = dict(Counter(cls for cls in wanted if cls))
    told = [f"misjudged: {wrong} listings are in the wrong class"] if wrong else []
    return told + _unequal("counts by class, counted by hand", counts, found.counts)


def _class(row: Row, twins: int, key: str) -> str | None:
    if not row["current"] or row["state"] == "linked":
        return None
    if not key:
        return "empty"
    return "duplicate" if twins > 1 else "unmatched"


def _expected(shop: TokopediaSandbox, found: Catalogue) -> list[str]:
    """Hold the tally against the shop's own: every item seen once, every skip explained, and no repeats."""
    told = shop.expected()
    ours = {name: found.outcome.get(name) for name in ("items_seen", "listings", "skipped")}
    theirs = {"items_seen": told.seen, "listings": told.admitted, "skipped": told.skipped}
    return [*_unequal("tally against the shop", theirs, ours), *_unequal("listings", told.admitted, len(found.rows))]


def _unequal(what: str, wanted: object, found: object) -> list[str]:
    return [] if wanted == found else [f"unequal: {what}: {wanted} expected, {found} found"]

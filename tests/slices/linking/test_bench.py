"""The bench of linking runs, so that it measures when somebody asks it to."""

from __future__ import annotations

from collections import Counter

import pytest
import sqlalchemy as sa

from bench import catalogue, linking
from hub.catalog.tables import listing
from hub.kernel.db import Database
from tests.slices.catalog.oracle import violations


def test_the_bench_measures_every_job_and_every_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(linking, "GROWTH", 1_000.0)  # whether it is met is the bench's to say, on a quiet machine
    monkeypatch.setattr(linking, "CONFIRMED", (100, 200))
    monkeypatch.setattr(linking, "LISTED", (200, 400))

    lines = list(linking.run(400, kinds=["sqlite"]))

    asked = ("confirm all", "undo it all", *linking.QUESTIONS)
    told = {what: sum(line.startswith(f"{what} sqlite") for line in lines) for what in asked}
    assert told == dict.fromkeys(asked, 2)
    assert all("(meets" in line for line in lines), lines


@pytest.mark.parametrize("lived", [False, True])
def test_its_catalogue_is_one_that_imports_and_people_could_have_made(sqlite_url: str, lived: bool) -> None:
    database = Database(sqlite_url)
    catalogue.seed(database, 400, lived=lived)

    with database.reading() as db:
        rows = db.execute(sa.select(listing)).all()
    seen = Counter((row.account_id, row.sku_class) for row in rows)
    assert violations(database) == []
    assert {row.account_id for row in rows} == {"first", "second", "late", "tiny"}
    late = min(row.id for row in rows if row.account_id == "late")
    assert late > max(row.id for row in rows if row.account_id != "late"), "it came when all others were there"
    assert seen["late", "matched"] == seen["first", "matched"] > 0
    assert seen["tiny", "unmatched"] == sum(row.account_id == "tiny" for row in rows) == len(catalogue.TINY)
    assert max(Counter((row.account_id, row.parent_ref) for row in rows if row.parent_ref).values()) > 1

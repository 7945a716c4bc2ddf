"""What becomes of uploads that are large, stopped or many, and of categories with odd names."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pytest
from hub_hookspecs import Category

from hub.crosslisting.jobs import checking, drafting, ending
from hub.crosslisting.service import asking, judging
from hub.crosslisting.service.shop import Desk
from hub.crosslisting.store.runs import Run
from hub.kernel import workbooks
from hub.kernel.bulk import StorageRow
from hub.kernel.db import Transaction
from hub.kernel.events import CLI
from hub.kernel.workbooks import Limits, Row, writing
from tests.plugins.stall import Stall
from tests.slices.crosslisting.conftest import Market


def test_a_large_bad_upload_has_a_result_that_tells_the_first_cells_of_each_row(
    market: Market, stall: Stall, monkeypatch: pytest.MonkeyPatch
) -> None:
    small = Limits(text=40 * 300)
    monkeypatch.setattr(writing, "Limits", lambda: small)
    monkeypatch.setattr(ending, "_TEXTS", small.text // 2)
    run_id = market.begins(*market.makes(*[f"SEPATU-{number}" for number in range(20)]))
    market.works()
    junk = {"Price": "harga", "Stock": "banyak", "Weight (g)": "berat", "Length (mm)": "panjang", "Images": "di toko"}

    market.hands_in(run_id, market.fills(run_id, lambda found: [line | junk for line in found]))
    market.settles()

    assert market.outcomes(run_id) == {"refused": 20}
    told = [str(line["What became of it"]) for line in market.result(run_id)]
    assert len(told) == 20
    assert all(text.startswith("C") and text.endswith(" more") for text in told), told


def test_an_upload_that_is_stopped_while_it_is_checked_shows_no_rows(
    market: Market, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_id = market.lists(*market.makes("TEE-S", "TEE-M"))
    market.settles()
    rows_of = checking._lots

    def stopped_midway(sheet: judging.Sheet) -> Iterator[list[Row]]:
        lot = next(rows_of(sheet))
        yield lot[:1]
        with market.database.writing() as db:
            asking.cancel(db, market.merchant_id, run_id, actor=CLI)
        yield lot[1:]

    market.hands_in(run_id, market.fills(run_id))
    before = market.outcomes(run_id)
    monkeypatch.setattr(checking, "_lots", stopped_midway)
    market.settles()

    assert (market.run(run_id).state, before, market.outcomes(run_id)) == ("cancelled", {}, {})


@pytest.mark.parametrize("ref", ["a [b", "x [y]", "1]", "[1]", " 1 "])
def test_a_category_is_known_by_its_label_whatever_the_channel_calls_it(market: Market, stall: Stall, ref: str) -> None:
    stall.categories = (Category(ref=ref, name="Kaos [panjang]"),)
    run_id = market.begins(*market.makes("TEE-M"), plugin="stall")
    market.works()
    market.settles()

    market.hands_in(
        run_id, market.fills(run_id, lambda found: [line | {"Category": f"Kaos [panjang] [{ref}]"} for line in found])
    )
    market.settles()

    assert [product.category_ref for product in stall.pushes] == [ref]


def test_of_two_uploads_at_once_one_process_checks_one_after_the_other(
    market: Market, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = market.makes("TEE-S", "TEE-M")
    first, second = (market.begins(product) for product in made)
    market.works()
    for run_id in (first, second):
        market.hands_in(run_id, market.fills(run_id))
    opened, at_once = checking._opened, list[str]()

    def meeting_the_other(desk: Desk, run: Run) -> judging.Sheet:
        if run.id == first:
            (other,) = [job for job in market.jobs("crosslisting.check") if job.key == second]
            at_once.append(type(checking.check(other, market.desk)).__name__)
        return opened(desk, run)

    monkeypatch.setattr(checking, "_opened", meeting_the_other)
    market.settles()

    assert at_once == ["Again"]
    assert [market.outcomes(run_id) for run_id in (first, second)] == [{"done": 1}] * 2


def test_no_workbook_is_made_or_ended_while_another_is_at_work(market: Market) -> None:
    listed = market.lists(*market.makes("TEE-M"))
    market.works_but("crosslisting.finish")
    market.begins(*market.makes("TEE-S"))
    (finish,) = [job for job in market.jobs("crosslisting.finish") if job.key == listed]
    draft = next(job for job in market.jobs("crosslisting.draft") if job.key != listed)

    with workbooks.alone() as is_our_turn:
        met = [type(each).__name__ for each in (drafting.draft(draft, market.desk), ending.finish(finish, market.desk))]
    market.settles()

    assert (is_our_turn, met) == (True, ["Again", "Again"])
    assert [market.run(each.key).state for each in (finish, draft)] == ["done", "ready"]


def test_rows_with_long_texts_are_kept_in_small_lots(market: Market, monkeypatch: pytest.MonkeyPatch) -> None:
    run_id = market.begins(*market.makes("TEE-S", "TEE-M", "TEE-L"))
    market.works()
    judged, lots = judging.judged, list[int]()

    def counting(db: Transaction, run: Run, sheet: judging.Sheet, lot: Sequence[Row]) -> list[StorageRow]:
        lots.append(len(lot))
        return judged(db, run, sheet, lot)

    monkeypatch.setattr(judging, "judged", counting)
    monkeypatch.setattr(checking, "_ROOM", 40_000)
    market.hands_in(
        run_id, market.fills(run_id, lambda found: [line | {"Description": "x" * 30_000} for line in found])
    )
    market.settles()

    assert (lots, market.outcomes(run_id)) == ([2, 1], {"done": 3})

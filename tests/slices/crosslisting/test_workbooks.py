"""Out and in again: what the workbook shows, what is taken back, and what each wrong cell is told."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest
import sqlalchemy as sa

from hub.crosslisting.jobs import checking
from hub.crosslisting.service import asking
from hub.crosslisting.service.asking import WORKBOOK
from hub.crosslisting.store import mappings, runs
from hub.kernel import jobs
from hub.kernel.errors import Invalid, NotFound, Refused
from hub.kernel.events import CLI
from tests.bad_input.workbooks import BAD_FILES
from tests.dying import Life, dying_at
from tests.plugins.stall import Stall
from tests.sheets import Line, lines, saved, sheet_of
from tests.slices.crosslisting.conftest import LOST, Market

KAOS = "Pakaian › Kaos [11]"


def test_the_workbook_has_all_that_is_known_of_the_chosen_products(market: Market) -> None:
    made = market.makes("00123", barcode="8991234567890", weight_g=180, size_mm=(300, 200, 20),
                        attributes={"Bahan": "Katun"}, description="=1+1 adem")  # fmt: skip

    run_id = market.begins(*made)
    market.works()

    (line,) = lines(market.file(run_id, WORKBOOK))
    assert line["SKU"] == "00123"
    assert (line["Price"], line["Currency"], line["Weight (g)"], line["Width (mm)"]) == (50_000, "IDR", 180, 200)
    assert (line["Barcode"], line["Attributes"], line["Description"]) == ("8991234567890", "Bahan: Katun", "=1+1 adem")
    assert "Category" not in line
    (notice,) = market.notices()
    assert (notice.kind, notice.level, notice.title) == (
        "crosslisting.workbook_ready", "info", "Workbook for Stall one (counter) is ready",
    )  # fmt: skip
    assert "its 1 row " in notice.text
    assert notice.link
    assert notice.link.endswith(market.run(run_id).workbook or "-")


def test_a_channel_with_categories_has_them_to_choose_from_and_mapped_ones_filled_in(market: Market) -> None:
    mapped = market.makes("TEE-M", attributes={"Jenis": "kaos oblong "})
    other = market.makes("TEE-L")
    _maps(market, "jenis", "Kaos Oblong", "11")

    run_id = market.begins(*mapped, *other, plugin="stall")
    market.settles()

    filled = {line["SKU"]: line["Category"] for line in lines(market.file(run_id, WORKBOOK))}
    assert filled == {"TEE-M": KAOS, "TEE-L": ""}
    offered = [row[0] for row in sheet_of(market.file(run_id, WORKBOOK), "_lists")]
    assert offered == [KAOS, "Pakaian › Kemeja [12]", "Elektronik › Kabel & Adaptor [21]"]


def test_a_row_that_is_wrong_is_told_by_cell_and_the_others_are_pushed(market: Market, stall: Stall) -> None:
    made = market.makes("GOOD", "NO-NAME", "NO-CATEGORY", "MOVED", "PRICE", "PICTURE")
    run_id = market.begins(*made, plugin="stall")
    market.settles()

    def spoil(found: list[Line]) -> list[Line]:
        by = {line["SKU"]: line | {"Category": KAOS} for line in found}
        by["NO-NAME"]["Name"] = ""
        by["NO-CATEGORY"]["Category"] = "Pakaian"
        by["MOVED"]["SKU"] = "SOMETHING ELSE"
        by["PRICE"]["Currency"] = "rupiah"
        by["PICTURE"]["Images"] = "https://img.example/1.jpg\nC:\\photo.jpg"
        return list(by.values())

    market.hands_in(run_id, market.fills(run_id, spoil))
    market.settles()

    assert [product.sku for product in stall.pushes] == ["GOOD"]
    assert stall.pushes[0].category_ref == "11"
    told = {row.sku: [(each.cell, each.column) for each in row.errors] for row in market.rows(run_id)}
    assert told == {
        "GOOD": [],
        "NO-NAME": [("B3", "Name")],
        "NO-CATEGORY": [("C4", "Category")],
        "SOMETHING ELSE": [("A5", "SKU")],
        "PRICE": [("E6", "Currency")],
        "PICTURE": [("L7", "Images")],
    }
    finished = market.notices()[0]
    assert (finished.level, finished.title) == ("warning", "Stall one (stall): 1 of 6 rows listed")
    assert "NO-NAME: B3 (Name):" in finished.text
    assert "GOOD: listed as L-1" in finished.text
    assert [line["Outcome"] for line in market.result(run_id)] == ["done"] + ["refused"] * 5


def test_a_corrected_workbook_is_taken_again_and_lists_only_what_was_not(market: Market, stall: Stall) -> None:
    run_id = market.begins(*market.makes("GOOD", "BAD"))
    market.settles()
    bad = lambda found: [line | {"Weight (g)": -1 if line["SKU"] == "BAD" else 5} for line in found]  # noqa: E731 - read where it is used
    market.hands_in(run_id, market.fills(run_id, bad))
    market.settles()
    assert market.outcomes(run_id) == {"done": 1, "refused": 1}

    market.hands_in(run_id, market.fills(run_id, lambda found: [line for line in found if line["SKU"] == "BAD"]))
    market.settles()

    assert market.outcomes(run_id) == {"done": 1}
    assert (len(stall.of("GOOD")), len(stall.of("BAD"))) == (1, 1)


def test_moved_columns_are_found_and_named_where_they_stand(market: Market) -> None:
    run_id = market.begins(*market.makes("TEE-M"))
    market.works()
    content = market.file(run_id, WORKBOOK)
    head, *rows = sheet_of(content, "Products")
    turned = [list(reversed(each)) for each in (head, *rows)]
    turned[1][-2] = ""  # the name, which now stands one before the last

    market.hands_in(run_id, saved({"Products": turned, "_stamp": sheet_of(content, "_stamp")}))
    market.settles()

    (row,) = market.rows(run_id)
    assert [each.cell for each in row.errors] == [f"{chr(65 + len(head) - 2)}2"]


@pytest.mark.parametrize(
    ("spoiled", "reason"),
    [
        pytest.param(b"PK not a workbook", "", id="no workbook"),
        pytest.param(saved({"Products": [["SKU"]]}), "not made here", id="another file"),
        pytest.param(
            saved({"Products": [["SKU"]], "_stamp": [["crosslisting:x:1"]]}), "another request", id="another's"
        ),
    ],
)
def test_a_file_that_cannot_be_taken_is_told_why_and_may_be_handed_in_again(
    market: Market, stall: Stall, spoiled: bytes, reason: str
) -> None:
    run_id = market.begins(*market.makes("TEE-M"))
    market.works()

    market.hands_in(run_id, spoiled)
    market.settles()

    run, notice = market.run(run_id), market.notices()[0]
    assert (run.state, notice.kind, notice.level) == ("ready", "crosslisting.workbook_refused", "failure")
    assert reason in run.reason
    assert run.reason in notice.text
    assert stall.pushes == []
    market.hands_in(run_id, market.fills(run_id))
    market.settles()
    assert market.outcomes(run_id) == {"done": 1}


def test_no_bad_workbook_is_taken_and_each_has_its_reason(market: Market, stall: Stall) -> None:
    run_id = market.begins(*market.makes("TEE-M"))
    market.works()
    files = ((str(each.id), each.values[0]) for each in BAD_FILES)
    bad = [(name, content) for name, content in files if isinstance(content, bytes) and content]

    told = {}
    for name, content in bad:
        market.hands_in(run_id, content)
        market.works("default")
        told[name] = (market.run(run_id).state.value, bool(market.run(run_id).reason))

    assert len(bad) > 20
    assert told == {name: ("ready", True) for name, _ in bad}
    assert (market.rows(run_id), stall.pushes) == ([], [])


def test_a_listing_that_nobody_confirmed_is_named_before_a_second_one_is_made(market: Market, stall: Stall) -> None:
    run_id = market.begins(*market.makes("TEE-M"))
    market.works()
    market.finds("L-77", "TEE-M")

    market.hands_in(run_id, market.fills(run_id))
    market.settles()

    (row,) = market.rows(run_id)
    assert (row.state, stall.pushes) == ("refused", [])
    assert "L-77" in row.errors[0].message
    assert row.errors[0].cell == "A2"


def test_products_are_chosen_by_filter_and_those_listed_already_left_out(market: Market) -> None:
    first = market.makes("TEE-S", "TEE-M")
    market.makes("MUG")
    market.lists(first[0])
    market.settles()

    run_id = market.begins(filter=runs.Choice(q="TEE", unlisted=True))
    market.works()

    assert [line["SKU"] for line in lines(market.file(run_id, WORKBOOK))] == ["TEE-M"]


def test_where_nothing_fits_people_are_told_and_nothing_waits(market: Market) -> None:
    run_id = market.begins(filter=runs.Choice(q="nothing is called so"))
    market.settles()

    assert (market.run(run_id).state, market.notices()[0].level) == ("failed", "failure")
    with pytest.raises(Refused, match="begin a new one"):
        market.hands_in(run_id, b"PK")


def test_a_workbook_is_not_taken_while_its_predecessor_is_on_its_way(market: Market) -> None:
    run_id = market.begins(*market.makes("TEE-M"))
    market.works()
    content = market.fills(run_id)
    market.hands_in(run_id, content)

    with pytest.raises(Refused, match="being checked"):
        market.hands_in(run_id, content)


@pytest.mark.parametrize("begun", ["a workbook is made", "a workbook is checked", "the result is made"])
def test_work_that_dies_at_any_statement_is_done_in_the_end_and_told_once(market: Market, begun: str) -> None:
    market.makes("TEE-S", "TEE-M")
    survived, statements = False, 0
    while not survived:
        run_id = market.begins()
        if begun != "a workbook is made":
            market.works()
            market.hands_in(run_id, market.fills(run_id))
        if begun == "the result is made":
            market.works_but("crosslisting.finish")
        with dying_at(market.database, statements) as life:
            market.works("default")
        survived, statements = not life.over, statements + 7  # each as its own run: every seventh is enough
        market.passes(LOST)
        market.settles()
        if begun == "a workbook is made":
            market.hands_in(run_id, market.fills(run_id))
            market.settles()

        assert market.outcomes(run_id) == {"done": 2}
        kinds = [notice.kind for notice in market.notices() if notice.subject.id == run_id]
        assert kinds == ["crosslisting.finished", "crosslisting.workbook_ready"]
    assert statements >= 14


@pytest.mark.parametrize(
    ("plugin", "says"), [("nobody", "no such account"), ("tokenless", "no such account")]
)  # fmt: skip
def test_only_an_account_of_ones_own_is_listed_on(market: Market, plugin: str, says: str) -> None:
    market.accounts[plugin] = "01900000-0000-7000-8000-000000000000"

    with pytest.raises(NotFound, match=says):
        market.begins(*market.makes("TEE-M"), plugin=plugin)


def test_a_workbook_that_takes_its_worker_down_each_time_is_not_tried_for_ever(market: Market) -> None:
    run_id = market.begins(*market.makes("TEE-M"))
    market.works()
    market.hands_in(run_id, market.fills(run_id))

    for _ in range(3):
        running = jobs.claim_next(market.database, "default")
        assert running is not None
        with dying_at(market.database, 1_000) as life:
            rows_are_kept = partial(_ends, life, 'INSERT INTO "crosslisting_row"')
            sa.event.listen(market.database.engine, "before_cursor_execute", rows_are_kept)
            checking.check(running, market.desk)
        assert life.over
        market.passes(LOST)

    assert [(job.state, job.rescues) for job in market.jobs("crosslisting.check")] == [("dead", 3)]


def test_products_that_are_not_ones_own_are_named(market: Market) -> None:
    with pytest.raises(Invalid) as refused:
        market.begins("01900000-0000-7000-8000-000000000000")

    assert [error.field for error in refused.value.errors] == ["product_ids[0]"]


def test_a_workbook_of_many_rows_costs_few_statements(market: Market) -> None:
    market.makes(*[f"TEE-{number:05}" for number in range(1_000)])
    run_id = market.begins()
    counted: list[str] = []
    sa.event.listen(market.database.engine, "before_cursor_execute", lambda *given: counted.append(given[2]))

    market.works()
    drafted = len(counted)
    content = market.fills(run_id)
    counted.clear()
    market.hands_in(run_id, content)
    runner = jobs.Runner(market.runtime.work)
    while runner.run_lane("default"):
        pass

    assert drafted < 100  # two batches of 500 and three jobs: nothing is asked row by row
    assert len(counted) < 100
    assert market.outcomes(run_id) == {"queued": 1_000}


def test_a_cross_listing_that_waits_for_its_workbook_can_be_stopped(market: Market) -> None:
    run_id = market.begins(*market.makes("TEE-M"))
    market.works()

    with market.database.writing() as db:
        run = asking.cancel(db, market.merchant_id, run_id, actor=CLI)

    assert run.state == "cancelled"


@pytest.mark.parametrize("handed_in", [False, True], ids=["while its workbook is made", "while it is checked"])
def test_a_cross_listing_is_stopped_before_its_job_has_ended_and_nothing_is_told_or_sent(
    market: Market, stall: Stall, handed_in: bool
) -> None:
    run_id = market.begins(*market.makes("TEE-M"))
    if handed_in:
        market.works()
        market.hands_in(run_id, market.fills(run_id))
    told = len(market.notices())

    with market.database.writing() as db:
        asking.cancel(db, market.merchant_id, run_id, actor=CLI)
    market.settles()

    assert (market.run(run_id).state, stall.pushes, len(market.notices())) == ("cancelled", [], told)


def test_a_workbook_that_was_replaced_while_it_was_checked_is_not_pushed(market: Market, stall: Stall) -> None:
    """The slow job of the first ends after the second was handed in: only the second counts."""
    run_id = market.begins(*market.makes("TEE-M"))
    market.works()
    first, second = (market.fills(run_id, naming(name)) for name in ("Lama", "Baru"))
    market.hands_in(run_id, first)
    slow = jobs.claim_next(market.database, "default")
    assert slow is not None
    stale = market.run(run_id)
    with market.database.writing() as db:
        asking.cancel(db, market.merchant_id, run_id, actor=CLI)
    market.hands_in(run_id, second)

    checking._keep_rows(slow, market.desk, stale)
    jobs.Runner(market.runtime.work).run(slow)
    market.settles()

    assert [product.name for product in stall.shown.values()] == ["Baru"]


def naming(name: str) -> Callable[[list[Line]], list[Line]]:
    return lambda found: [line | {"Name": name} for line in found]


def _ends(life: Life, words: str, *given: object) -> None:
    if words in str(given[2]):
        life.end()


def _maps(market: Market, field: str, value: str, category_ref: str) -> None:
    with market.database.writing() as db:
        mappings.put(
            db, market.merchant_id, market.accounts["stall"], field=field, value=value, category_ref=category_ref
        )

"""What people count is booked as the difference to what lay there when their workbook was made, each row once."""

from __future__ import annotations

import io

import pytest
import sqlalchemy as sa
from xlsxwriter import Workbook  # type: ignore[import-untyped]  # it has annotations, but says so nowhere

from hub.catalog.tables import product
from hub.channels.tables import warehouse
from hub.kernel import jobs
from hub.kernel.errors import Refused
from hub.kernel.events import CLI
from hub.kernel.jobs import Runner
from hub.stock.jobs import counting
from hub.stock.service import levels, sheets, stocktaking
from hub.stock.store.stocktakes import Chosen
from hub.stock.tables import movement
from tests.bad_input.workbooks import BAD_FILES
from tests.dying import dying_at
from tests.sheets import Line, refilled, saved, sheet_of
from tests.slices import dropping
from tests.slices.stock.goods import COUNTED, Goods, statements
from tests.slices.stock.stocktaker import Stocktaker
from tests.slices.stock.test_reserving import reserves, ships

STEP = 7  # statements between two deaths on PostgreSQL, which takes longer for the same ones


@pytest.fixture
def taker(goods: Goods) -> Stocktaker:
    return Stocktaker(goods)


def promises(goods: Goods, sku: str, quantity: int, order: str = "order") -> None:
    assert reserves(goods, order, **{sku: quantity})


def told(taker: Stocktaker, sku: str) -> tuple[str, int, list[tuple[str, str]]]:
    (found,) = [row for row in taker.rows() if row.sku == sku]
    return found.outcome.value, found.moved, [(each.cell, each.message) for each in found.errors]


def test_the_workbook_says_what_lies_where_and_nothing_of_what_nobody_knows(goods: Goods, taker: Stocktaker) -> None:
    goods.sells("TEE", "CAP")
    goods.sells("SET", TEE=2)
    goods.builds("Gudang")
    goods.adjusts("TEE", 7)
    promises(goods, "TEE", 2)

    taker.begins()

    assert [
        tuple(row[title] for title in ("Warehouse", "SKU", "On hand", "Reserved", "Available")) for row in taker.sheet()
    ] == [
        ("Main warehouse", "TEE", 7, 2, 5), ("Gudang", "TEE", "", "", ""),
        ("Main warehouse", "CAP", "", "", ""), ("Gudang", "CAP", "", "", ""),
    ]  # fmt: skip
    assert taker.notices() == [("info", "Workbook of the stocktake is ready")]


def test_what_is_counted_is_booked_once_however_often_it_is_handed_in(goods: Goods, taker: Stocktaker) -> None:
    goods.sells("TEE", "CAP", "MUG", "PEN", "BAG")
    goods.adjusts_all([("TEE", 7), ("CAP", 3), ("MUG", 2)])
    taker.begins()

    taker.counts(TEE=9, CAP=1, MUG=2, PEN=4, BAG=0)
    first = [(row.sku, row.outcome.value, row.moved) for row in taker.rows()]
    taker.counts(TEE=9, CAP=1, MUG=2, PEN=4, BAG=0)

    assert first == [
        ("TEE", "booked", 2), ("CAP", "booked", -2), ("MUG", "same", 0), ("PEN", "booked", 4), ("BAG", "booked", 0),
    ]  # fmt: skip
    assert {row.outcome.value for row in taker.rows()} == {"same"}
    assert goods.moved("TEE") == [("adjustment", 7), ("import", 2)]
    assert (goods.moved("PEN"), goods.moved("BAG")) == ([("import", 4)], [("opening", 0)])
    assert [standing and standing.on_hand for standing in map(goods.standing, ("TEE", "CAP", "MUG", "PEN", "BAG"))] == [
        9, 1, 2, 4, 0,
    ]  # fmt: skip
    assert taker.notices()[1] == ("info", "Stocktake: 4 booked, 1 as they were, 0 refused")
    assert taker.found.outcomes == {"same": 5}


def test_what_is_sold_while_people_count_stays_sold(goods: Goods, taker: Stocktaker) -> None:
    goods.sells("TEE")
    goods.adjusts("TEE", 10)
    taker.begins()
    promises(goods, "TEE", 3)
    ships(goods, "order", "TEE")
    promises(goods, "TEE", 1, "another")

    taker.counts(TEE=8)

    standing = goods.standing("TEE")
    assert standing is not None
    assert (standing.on_hand, standing.reserved) == (5, 1)
    assert goods.moved("TEE") == [("adjustment", 10), ("shipment", -3), ("import", -2)]


def test_a_level_that_was_changed_otherwise_is_not_guessed_at(goods: Goods, taker: Stocktaker) -> None:
    goods.sells("TEE", "CAP", "MUG")
    goods.adjusts_all([("TEE", 10), ("CAP", 1)])
    taker.begins()
    goods.adjusts("TEE", 1)
    goods.adjusts("TEE", -1)
    goods.adjusts("MUG", 5)

    taker.counts(TEE=8, CAP=3, MUG=4)

    assert [row.outcome.value for row in taker.rows()] == ["refused", "booked", "refused"]
    ((cell, message),) = told(taker, "TEE")[2]
    assert (cell, "something other than sales" in message) == ("G2", True)
    assert taker.notices()[1] == ("warning", "Stocktake: 1 booked, 0 as they were, 2 refused")


@pytest.mark.parametrize(("start", "end"), [("main", "Gudang"), ("Gudang", "main")])
def test_a_level_that_something_was_transferred_from_or_to_is_not_guessed_at(
    goods: Goods, taker: Stocktaker, start: str, end: str
) -> None:
    goods.sells("TEE")
    goods.builds("Gudang")
    goods.adjusts("TEE", 10)
    goods.adjusts("TEE", 10, at="Gudang")
    taker.begins("main")
    with goods.database.writing() as db:
        lines = [levels.Line(goods.named["TEE"], 2)]
        levels.transfer(db, goods.merchant, goods.named[start], goods.named[end], lines, COUNTED, actor=CLI)

    taker.counts(TEE=9)

    outcome, moved, ((_, message),) = told(taker, "TEE")
    assert (outcome, moved, "something other than sales" in message) == ("refused", 0, True)


def test_what_is_promised_or_held_cannot_be_counted_away(goods: Goods, taker: Stocktaker) -> None:
    goods.sells("TEE")
    goods.adjusts("TEE", 5)
    promises(goods, "TEE", 3)
    taker.begins()

    taker.counts(TEE=2)
    refused = told(taker, "TEE")
    taker.counts(TEE=3)

    assert refused[:2] == ("refused", 0)
    assert "3 are promised to orders, 0 are held" in refused[2][0][1]
    assert told(taker, "TEE") == ("booked", -2, [])
    taker.counts(TEE=4)
    assert "has booked -2 here before" in told(taker, "TEE")[2][0][1]


@pytest.mark.parametrize(
    ("change", "cell", "message"),
    [
        pytest.param({"SKU": "NOPE"}, "B2", "no SKU of your products", id="unknown SKU"),
        pytest.param({"SKU": "SET"}, "B2", "is a bundle", id="bundle"),
        pytest.param({"Counted": -1}, "G2", "at least 0", id="below zero"),
        pytest.param({"Counted": 1.5}, "G2", "a whole number", id="a part"),
        pytest.param({"Counted": "1.500"}, "G2", "from country to country", id="thousands"),
        pytest.param({"Counted": "many"}, "G2", "must be a number", id="a word"),
        pytest.param({"Warehouse": "Mars"}, "A2", "no warehouse of this merchant", id="unknown warehouse"),
        pytest.param({"On hand": 6}, "G2", "rows were mixed up", id="another on hand"),
        pytest.param({"Warehouse": "Gudang"}, "G2", "was not in the workbook", id="a row of one's own"),
    ],
)
def test_a_wrong_row_is_refused_by_its_cell_and_costs_no_other(
    goods: Goods, taker: Stocktaker, change: Line, cell: str, message: str
) -> None:
    goods.sells("TEE", "CAP")
    goods.sells("SET", TEE=1)
    goods.builds("Gudang")
    goods.adjusts_all([("TEE", 5), ("CAP", 1)])
    taker.begins("main")

    first, other = taker.changes(lambda rows: [{**rows[0], "Counted": 3, **change}, rows[1] | {"Counted": 2}])

    assert (first.outcome.value, [each.cell for each in first.errors]) == ("refused", [cell])
    assert message in first.errors[0].message
    assert (other.sku, other.outcome.value, other.moved) == ("CAP", "booked", 1)
    assert [row["Outcome"] for row in taker.result()] == ["refused", "booked"]
    assert cell in taker.result()[0]["What became of it"]


def test_a_row_that_comes_twice_is_booked_once(goods: Goods, taker: Stocktaker) -> None:
    goods.sells("TEE")
    goods.adjusts("TEE", 5)
    taker.begins()

    first, again = taker.changes(lambda rows: [rows[0] | {"Counted": 3}, rows[0] | {"Counted": 4}])

    assert (first.outcome.value, again.outcome.value) == ("booked", "refused")
    assert again.errors[0].message.startswith("is counted in row 2 too")


def test_a_formula_is_no_count(goods: Goods, taker: Stocktaker) -> None:
    goods.sells("TEE")
    goods.adjusts("TEE", 5)
    taker.begins()
    target = io.BytesIO()
    with Workbook(target) as book:
        sheet = book.add_worksheet("Stock")
        for number, row in enumerate(sheet_of(taker.file(), "Stock")):
            sheet.write_row(number, 0, row)
        sheet.write_formula("G2", "=D2-1", None, 4)
        book.add_worksheet("_stamp").write_row(0, 0, sheet_of(taker.file(), "_stamp")[0])
    taker.hands_in(target.getvalue())
    taker.works()

    assert [(one.outcome.value, one.errors[0].cell) for one in taker.rows()] == [("refused", "G2")]
    assert "formula" in taker.rows()[0].errors[0].message


def test_a_file_that_is_none_of_this_stocktake_is_refused_whole(goods: Goods, taker: Stocktaker) -> None:
    goods.sells("TEE")
    taker.begins()
    other = taker.file()
    taker.begins()

    taker.hands_in(other)
    taker.works()
    refused = taker.found
    taker.hands_in(saved({"Stock": [["SKU"]]}))
    taker.works()
    taker.counts()

    assert (refused.state.value, "another request" in refused.reason) == ("ready", True)
    assert (taker.found.state.value, "nobody has counted" in taker.found.reason) == ("ready", True)
    assert goods.standing("TEE") is None


def test_no_bad_workbook_is_taken_and_each_has_its_reason(goods: Goods, taker: Stocktaker) -> None:
    goods.sells("TEE")
    taker.begins()
    files = ((str(each.id), each.values[0]) for each in BAD_FILES)
    bad = [(name, content) for name, content in files if isinstance(content, bytes) and content]

    told = {}
    for name, content in bad:
        taker.hands_in(content)
        taker.works()
        told[name] = (taker.found.state.value, bool(taker.found.reason))

    assert len(bad) > 20
    assert told == {name: ("ready", True) for name, _ in bad}
    assert (taker.rows(), goods.moved("TEE")) == ([], [])


def test_a_warehouse_that_is_gone_takes_no_count(goods: Goods, taker: Stocktaker) -> None:
    goods.sells("TEE")
    goods.builds("Gudang")
    taker.begins("Gudang")
    with goods.database.writing() as db:
        gone = sa.update(warehouse).where(warehouse.c.id == goods.named["Gudang"])
        db.execute(gone.values(archived_at=goods.database.clock.now()))

    (one,) = taker.counts(TEE=1)

    assert (one.outcome.value, one.errors[0].cell) == ("refused", "A2")


def test_no_workbook_is_taken_while_one_is_booked_unless_its_job_has_ended(goods: Goods, taker: Stocktaker) -> None:
    goods.sells("TEE")
    goods.adjusts("TEE", 5)
    taker.begins()
    content = taker.file()
    taker.hands_in(content)

    with pytest.raises(Refused, match="being booked"):
        taker.hands_in(content)
    with goods.database.writing() as db:
        jobs.cancel(db, taker.found.job_id or "")
    taker.counts(TEE=4)

    assert told(taker, "TEE") == ("booked", -1, [])


def test_each_row_is_booked_once_wherever_the_job_dies(
    goods: Goods, taker: Stocktaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two rows a lot; the worker dies at each of its statements in turn, every time a little later."""
    monkeypatch.setattr(sheets, "BATCH", 2)
    monkeypatch.setattr(counting, "BATCH", 2)
    skus = [f"S{n}" for n in range(5)]
    goods.sells(*skus)
    goods.adjusts_all([(sku, 10) for sku in skus])
    taker.begins()
    died = at = 0
    step = 1 if goods.database.embedded else STEP
    while True:
        taker.begins()
        rows = refilled(taker.file(), lambda found: [row | {"Counted": row["On hand"] + 1} for row in found], "Stock")
        taker.hands_in(rows)
        with dying_at(goods.database, at) as life:
            taker.works()
        died += life.over
        taker.database.clock.offset += dropping.LOST
        jobs.sweep(taker.database)
        taker.works()
        standings = {sku: goods.standing(sku) for sku in skus}
        assert {standing and standing.on_hand for standing in standings.values()} == {11 + at // step}
        assert [row["Moved by"] for row in taker.result()] == [1] * 5
        if not life.over:
            break
        at += step
    with goods.database.reading() as db:
        booked = db.execute(sa.select(sa.func.count()).where(movement.c.kind == "import")).scalar_one()
    assert died > 3
    assert booked == 5 * (died + 1)


def test_five_hundred_rows_cost_as_many_statements_as_five(goods: Goods, taker: Stocktaker) -> None:
    with goods.database.writing() as db:
        rows = [
            {
                "id": f"01900000-0000-7000-8000-{n:012d}", "merchant_id": goods.merchant, "sku": f"K{n:04d}",
                "sku_key": f"K{n:04d}", "sku_fold": f"k{n:04d}", "name": "Kaos", "name_key": "kaos", "details": {},
                "barcode_key": "", "bundle": False, "created_at": goods.database.clock.now(),
            }
            for n in range(500)
        ]  # fmt: skip
        db.execute(sa.insert(product), rows)

    def booked(first: int, last: int) -> list[str]:
        taker.begins()
        counted = {f"K{n:04d}": n for n in range(first, last)}
        filled = refilled(
            taker.file(), lambda rows: [row | {"Counted": counted.get(row["SKU"], "")} for row in rows], "Stock"
        )
        taker.hands_in(filled)
        with statements(goods.database) as asked:
            Runner(taker.work).run_lane("default")  # what orders make of it is done in another
        assert {one.outcome.value for one in taker.rows()} == {"booked"}
        return asked

    few, many = booked(1, 6), booked(6, 490)
    assert len(many) == len(few), [one for one in many if one not in few]


def test_a_worker_that_dies_before_its_job_is_settled_doubles_nothing(goods: Goods, taker: Stocktaker) -> None:
    goods.sells("TEE")
    goods.adjusts("TEE", 5)

    def unfinished() -> list[str]:
        with goods.database.reading() as db:
            found = jobs.listing(db, goods.merchant, limit=100)
        return [job.kind for job in found if job.state not in jobs.FINISHED]

    with goods.database.writing() as db:
        taker.id = stocktaking.start(db, goods.merchant, Chosen(warehouse_ids=()), actor=CLI).id
    kinds = dropping.works_twice(taker.work, unfinished)
    taker.hands_in(refilled(taker.file(), lambda rows: [row | {"Counted": 4} for row in rows], "Stock"))
    kinds |= dropping.works_twice(taker.work, unfinished)

    assert kinds >= {"stock.draft_stocktake", "stock.book_stocktake"}
    assert goods.moved("TEE") == [("adjustment", 5), ("import", -1)]
    assert len(taker.notices()) == 2

"""A workbook that nobody has touched says what the products say, or names beforehand what it cannot say."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from hub.catalog.tables import listing
from hub.crosslisting.service import pairs
from hub.crosslisting.service.asking import WORKBOOK
from tests.plugins.stall import Stall
from tests.sheets import lines
from tests.slices.crosslisting.conftest import Market
from tests.slices.crosslisting.steps import showing

STORED = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=20) | st.text(
    'a: \\"\n\r\t\x0b\x85\u2028\u00a0{}', max_size=8
)


@given(st.dictionaries(STORED, STORED, max_size=5))
def test_any_options_and_attributes_come_back_as_they_were(given_: dict[str, str]) -> None:
    cell = pairs.written(given_)

    assert pairs.read(cell.strip()) == given_
    assert len(cell.splitlines()) == len(given_)


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        pytest.param("Bahan: Katun\n\n Warna :Hitam ", {"Bahan": "Katun", "Warna": "Hitam"}, id="as people type"),
        pytest.param("Waktu: 10:30", {"Waktu": "10:30"}, id="a colon in a value"),
        pytest.param('"Size: EU": 42', {"Size: EU": "42"}, id="a colon in a name"),
        pytest.param('Layar: 5" OLED', {"Layar": '5" OLED'}, id="inches"),
        pytest.param('Mode: "Soft" touch', {"Mode": '"Soft" touch'}, id="a quoted word at the beginning"),
        pytest.param('"Soft" touch: ya', {'"Soft" touch': "ya"}, id="a quoted word in a name"),
        pytest.param('Catatan: ""', {"Catatan": ""}, id="an empty value that is meant"),
    ],
)
def test_lines_are_read_as_people_type_them(typed: str, found: dict[str, str]) -> None:
    assert pairs.read(typed) == found


@pytest.mark.parametrize("typed", ["Bahan", "Bahan:", ": Katun", 'Bahan: "\\u0000"', '"\\ud800": x'])
def test_a_line_that_says_too_little_or_what_nothing_keeps_is_not_understood(typed: str) -> None:
    with pytest.raises(ValueError, match="is not understood: write one “name: value” per line"):
        pairs.read(typed)


@pytest.mark.parametrize(
    "details",
    [
        pytest.param({"options": {"Size: EU": "42"}, "attributes": {"Ukuran: lebar": "10: cm"}}, id="colons"),
        pytest.param({"attributes": {"care": "wash cold\ndry flat", "a": "x\u2028y", "b": "x\x0by"}}, id="line breaks"),
        pytest.param({"attributes": {"note": ""}}, id="an empty attribute"),
        pytest.param({"attributes": {f"k{n}": "v" * 1_000 for n in range(30)}}, id="many long attributes"),
        pytest.param({"image_urls": tuple(f"https://cdn.example/{n}/{'p' * 600}" for n in range(50))}, id="pictures"),
        pytest.param({"description": "x" * 32_767}, id="a long description"),
        pytest.param({"amount": "999999999999.999999"}, id="a price of 18 digits"),
        pytest.param({"barcode": "x" * 101}, id="a long barcode"),
    ],
)
def test_what_nobody_touched_is_pushed_as_the_product_says_it(
    market: Market, stall: Stall, details: dict[str, Any]
) -> None:
    run_id = market.lists(*market.makes("TEE-M", **details))

    market.settles()

    assert market.outcomes(run_id) == {"done": 1}
    (pushed,) = stall.pushes
    said = {name: getattr(pushed, name) for name in details if name != "amount"}
    assert said == {name: value for name, value in details.items() if name != "amount"}
    assert pushed.price is not None
    assert str(pushed.price.amount) == details.get("amount", "50000")


@pytest.mark.parametrize(
    ("details", "title", "told"),
    [
        pytest.param({"description": "x" * 40_000}, "Description",
                     "Description is longer than the 32,767 characters that a cell can hold", id="too long"),
        pytest.param({"attributes": {f"k{n}": "v" * 1_500 for n in range(30)}}, "Attributes",
                     "Attributes is longer than the 32,767 characters", id="too many"),
        pytest.param({"description": "a\x0bb"}, "Description",
                     "Description contains a character that cannot be seen (U+000B)", id="unseen"),
        pytest.param({"image_urls": ("//cdn.example/a.jpg",)}, "Images", "is no web address", id="no address"),
    ],
)  # fmt: skip
def test_what_no_cell_can_say_is_left_out_and_named_and_everything_else_is_listed(
    market: Market, stall: Stall, details: dict[str, Any], title: str, told: str
) -> None:
    made = market.makes("FINE") + market.makes("LONG", barcode="8991234567890", **details)

    run_id = market.begins(*made)
    market.works()
    filled = {line["SKU"]: line for line in lines(market.file(run_id, WORKBOOK))}
    (notice,) = market.notices()
    market.hands_in(run_id, market.fills(run_id))
    market.settles()

    assert (filled["LONG"][title], filled["LONG"]["Barcode"]) == ("", "8991234567890")
    assert notice.level == "warning"
    assert "Of 1 product something had to be left out" in notice.text
    assert notice.text.count("\nLONG: ") == 1
    assert told in notice.text
    assert market.outcomes(run_id) == {"done": 2}


def test_a_stock_that_nobody_knows_is_not_filled_in_and_what_a_channel_shows_is_not_guessed(
    market: Market, stall: Stall
) -> None:
    run_id = market.begins(*market.makes("NEW", "GIVEN", "WRONG"))
    market.works()
    filled = lines(market.file(run_id, WORKBOOK))
    typed = {"GIVEN": 7, "WRONG": "many", "NEW": ""}
    stall.then("GIVEN", showing(3, active=False))

    market.hands_in(
        run_id, market.fills(run_id, lambda found: [each | {"Stock": typed[each["SKU"]]} for each in found])
    )
    market.settles()

    assert {line["Stock"] for line in filled} == {""}
    assert {product.sku: product.quantity for product in stall.pushes} == {"GIVEN": 7, "NEW": 0}
    told = {row.sku: [(each.cell, each.message) for each in row.errors] for row in market.rows(run_id) if row.errors}
    assert told == {
        "WRONG": [("E4", "must be a number, not “many”: type it as a plain number, such as 149000 or 19.99")]
    }
    with market.database.reading() as db:
        shown = {row.sku: (row.quantity, row.active) for row in db.execute(sa.select(listing))}
    assert shown == {"GIVEN": (3, False), "NEW": (None, True)}


def test_a_notice_names_no_more_than_fifty_values_that_were_left_out(market: Market) -> None:
    market.makes(*[f"TEE-{number}" for number in range(60)], description="x" * 33_000)

    market.begins()
    market.works()

    (notice,) = market.notices()
    assert "Of 60 products" in notice.text
    assert notice.text.count("\nTEE-") == 50

"""What is written as XML is read as it was, and what could hurt is not read at all."""

from contextlib import suppress

import pytest
from hub_fastock_my.port import Unreadable
from hub_fastock_my.wire import xml
from hub_fastock_my.wire.moments import read as read_time
from hypothesis import example, given, settings
from hypothesis import strategies as st

CHARACTERS = st.characters(codec="utf-8", exclude_categories=["Cs"]).filter(lambda one: not xml.forbidden(one))
TEXT = st.text(CHARACTERS, min_size=1, max_size=30).filter(lambda text: bool(text.strip()))
LAUGHS = b'<!DOCTYPE r [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><response><flag>&b;</flag></response>'
FILE = b'<!DOCTYPE r [<!ENTITY f SYSTEM "file:///etc/hostname">]><response><flag>&f;</flag></response>'


@settings(max_examples=150, deadline=None)
@given(TEXT)
@example('Jalan Ampang – 吉隆坡 & <b> "quoted" ]]> \r\n\t\'')
def test_any_text_comes_back_as_it_went(text: str) -> None:
    document = xml.write("request", [("order", [("remark", text)]), ("empty", ""), ("none", [])])

    assert xml.read(document).text("order/remark") == text


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=200))
def test_whatever_comes_is_read_or_called_unreadable(body: bytes) -> None:
    with suppress(Unreadable):
        assert xml.read(body).name


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(LAUGHS, id="entities in entities"),
        pytest.param(FILE, id="a file of ours"),
        pytest.param(b"<!DOCTYPE response><response/>", id="a DTD without anything in it"),
        pytest.param(b"<r>" * 40 + b"</r>" * 40, id="too deep"),
        pytest.param(b"<r>" + b"<a/>" * 200_001 + b"</r>", id="too many"),
        pytest.param(b"<r>" + b" " * xml.LARGEST + b"</r>", id="too large"),
        pytest.param(b'<?xml version="1.0" encoding="no-such"?><r/>', id="an encoding that nobody knows"),
        pytest.param(b"<r>&undefined;</r>", id="an entity that nobody defined"),
        pytest.param(b"<r><a></r>", id="tags that cross"),
        pytest.param(b"", id="nothing"),
    ],
)
def test_what_could_hurt_is_not_read(body: bytes) -> None:
    with pytest.raises(Unreadable):
        xml.read(body)


def test_a_character_that_xml_forbids_is_never_written() -> None:
    with pytest.raises(ValueError, match=r"\\x0b"):
        xml.write("request", [("itemCode", "A\x0bB")])


def test_what_is_missing_is_named_with_its_path() -> None:
    root = xml.read(b"<response><entryOrder><status> </status></entryOrder></response>")

    with pytest.raises(Unreadable, match="response/entryOrder/status is missing"):
        root.text("entryOrder/status")


@pytest.mark.parametrize(("text", "units"), [("3", 3), (" 3 ", 3), ("3.00", 3), ("-2", -2), ("0", 0)])
def test_whole_units_are_read_however_they_are_written(text: str, units: int) -> None:
    assert xml.read(f"<r><q>{text}</q></r>".encode()).whole("q") == units


@pytest.mark.parametrize(
    "text", ["3.5", "three", "NaN", "Infinity", "1e99", "1E+999999999", "9" * 4_000, "1_000", "٣", "2147483648"]
)
def test_half_a_unit_does_not_exist(text: str) -> None:
    with pytest.raises(Unreadable, match=r"r/q is .*not a whole number"):
        xml.read(f"<r><q>{text}</q></r>".encode()).whole("q")


def test_times_on_the_wall_are_eight_hours_ahead() -> None:
    found = read_time("2026-01-05 10:00:00")

    assert found is not None
    assert found.isoformat() == "2026-01-05T02:00:00+00:00"


@pytest.mark.parametrize("text", ["", "yesterday", "2026-13-05 10:00:00", "2026-01-05"])
def test_what_is_no_time_dates_nothing(text: str) -> None:
    assert read_time(text) is None

"""The JSON dialect is read tolerantly: null wherever something may be missing, and both names of a quantity."""

import pytest
from hub_fastock_my.port import Document, Moved, Quality, Status, Unreadable
from hub_fastock_my.wire.jsonfx import reading, shapes

NULLS = b"""{"status": "part_inbound", "inboundId": null, "operateTime": null, "failReason": null, "later": 1,
 "skuDetails": [{"itemSku": "A", "lineNo": null, "requestNum": "3.0", "actualQuantity": 2, "failReason": null}]}"""


def test_null_is_nothing() -> None:
    report = reading.report(shapes.read(NULLS, shapes.Detail), Document.INBOUND)

    assert (report.ref, report.progress.at, report.progress.status) == ("", None, Status.PART_RECEIVED)
    assert report.moved == (Moved(number="", code="A", planned=3, actual=2),)


def test_no_lines_are_no_lines() -> None:
    detail = shapes.read(b'{"status": "outbound", "orderDetails": null}', shapes.Detail)

    assert reading.report(detail, Document.OUTBOUND).moved == ()


def test_a_refusal_without_words_is_one() -> None:
    envelope = shapes.read(b'{"code": "BUSINESS_ERROR", "message": null, "data": null}', shapes.Envelope)

    assert (envelope.code, envelope.message) == ("BUSINESS_ERROR", None)


def test_what_is_left_of_a_total_is_kept_back() -> None:
    row = shapes.StockRow(item_sku="A", total_stock=10, available_stock=5, occupy_stock=2, defective_stock=1)

    assert {heap.quality: (heap.free, heap.locked) for heap in reading.heaps(row)} == {
        Quality.GOOD: (5, 2),
        Quality.DAMAGED: (1, 0),
        Quality.HELD: (2, 0),
    }


@pytest.mark.parametrize("quantity", [1.5, "1.5", "many"])
def test_half_a_unit_does_not_exist(quantity: float | str) -> None:
    with pytest.raises(Unreadable, match="availableStock is"):
        reading.heaps(shapes.StockRow(item_sku="A", available_stock=quantity))


def test_what_may_be_sold_must_be_said() -> None:
    """Nothing said is not nothing there: it would take the SKU off sale everywhere."""
    with pytest.raises(Unreadable, match="availableStock of A is missing"):
        reading.heaps(shapes.StockRow(item_sku="A", total_stock=10))


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b'{"code": 1}', b"\xff", b"[" * 100_000])
def test_what_is_no_answer_is_unreadable(body: bytes) -> None:
    with pytest.raises(Unreadable):
        shapes.read(body, shapes.Envelope)

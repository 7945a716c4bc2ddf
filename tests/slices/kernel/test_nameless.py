"""A record shows what a channel said, and of people nothing: in JSON, XML and forms, whole or cut off."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.kernel.http import Redactor

BUYER = ("Aisyah binti Omar", "12, Jalan Ampang", "Kuala Lumpur")
WHOLE = (
    '<?xml version="1.0" encoding="utf-8"?><request><deliveryOrder><deliveryOrderCode>OB-1</deliveryOrderCode>'
    "<receiverInfo><name>Aisyah binti Omar</name><mobile>+60 12 345 6789</mobile><city>Kuala Lumpur</city>"
    "<detailAddress>12, Jalan Ampang</detailAddress></receiverInfo></deliveryOrder><code>S-07</code></request>"
)


def shown(body: str) -> str:
    return Redactor().body(body.encode())


@pytest.mark.parametrize(
    ("body", "kept"),
    [
        pytest.param(WHOLE, ("OB-1", "<code>S-07</code>"), id="Qimen"),
        pytest.param('<a:receiver xmlns:a="a">Aisyah binti Omar</a:receiver><q>7</q>', ("<q>7",), id="a prefix"),
        pytest.param('<order buyer="Aisyah binti Omar" no=\'OB-1\'/>', ("OB-1",), id="an attribute"),
        pytest.param("<name><name>x</name>Aisyah binti Omar</name><q>7</q>", ("<q>7",), id="an element in its like"),
        pytest.param("<buyer/><q>7</q><buyer>Aisyah binti Omar</buyer>", ("<q>7",), id="an element that is empty"),
        pytest.param("<m><![CDATA[<name>Aisyah binti Omar</name><q>7</q>]]></m>", ("<q>7",), id="CDATA"),
        pytest.param("<m>in &lt;name&gt;Aisyah binti Omar&lt;/name&gt;&lt;q&gt;7</m>", ("<q>7",), id="XML in XML"),
        pytest.param('<m>{"name": "Aisyah binti Omar", "q": 7}</m>', ('"q":7',), id="JSON in XML"),
        pytest.param("<m>&amp;lt;name&amp;gt;Aisyah binti Omar&amp;lt;/name&amp;gt;</m>", (), id="written out twice"),
        pytest.param("<r><!-- Aisyah binti Omar --><q>7</q></r>", ("<q>7",), id="a comment"),
        pytest.param("<r><q>7</q><receiver><name>Aisyah binti Om", ("<q>7",), id="cut off in an element"),
        pytest.param('<r><q>7</q><o buyer="Aisyah binti Om', ("<q>7",), id="cut off in a tag"),
        pytest.param("<name>x</nam></q>Aisyah binti Omar</name><q>7</q>", ("<q>7",), id="tags that cross"),
        pytest.param("<html><br><ADDRESS>12, Jalan Ampang</ADDRESS><p>Bad</p></html>", ("<p>Bad",), id="HTML"),
    ],
)  # fmt: skip
def test_nobody_is_named_in_xml(body: str, kept: tuple[str, ...]) -> None:
    found = shown(body)

    assert not any(part in found for part in (*BUYER, "345", "Aisyah"))
    assert all(part in found for part in kept)


@pytest.mark.parametrize(
    ("body", "kept"),
    [
        pytest.param("buyer_name=Aisyah+binti+Omar&order=OB-1&code=S07", ("order=OB-1", "code=S07"), id="a form"),
        pytest.param("to[name]=Aisyah%20binti%20Omar&order=OB-1", ("order=OB-1",), id="brackets"),
        pytest.param("d=%7B%22name%22%3A%22Aisyah%22%2C%22q%22%3A7%7D&order=OB-1", ('"q":7', "OB-1"), id="JSON"),
        pytest.param("d=%3Cname%3EAisyah%3C%2Fname%3E%3Cq%3E7%3C%2Fq%3E", ("<q>7",), id="XML"),
    ],
)  # fmt: skip
def test_nobody_is_named_in_a_form(body: str, kept: tuple[str, ...]) -> None:
    found = shown(body)

    assert "Aisyah" not in found
    assert all(part in found for part in kept)


@pytest.mark.parametrize(
    ("body", "kept"),
    [
        pytest.param('{"code": "S-07", "buyer": {"name": "Aisyah binti Om', ("S-07",), id="in a string"),
        pytest.param('{"code": "S-07", "rows": [{"q": 7, "buyer": "Aisyah, bi', ("S-07", '"q":7'), id="after a comma"),
        pytest.param('{"buyer": {"x": "Aisyah binti Om', (), id="in its first value"),
        pytest.param("{'buyer': 'Aisyah binti Omar'}", (), id="not JSON at all"),
        pytest.param('{"q": 7, "body": "{\\"name\\": \\"Aisyah\\", \\"q\\": 8}"}', ('\\"q\\":8',), id="JSON in JSON"),
        pytest.param('{"q": 7, "body": "<name>Aisyah</name><q>8</q>"}', ("<q>8",), id="XML in JSON"),
    ],
)  # fmt: skip
def test_nobody_is_named_in_json_that_was_cut_off_or_written_out(body: str, kept: tuple[str, ...]) -> None:
    found = shown(body)

    assert "Aisyah" not in found
    assert all(part in found for part in kept)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_nobody_is_named_however_it_is_encoded(encoding: str) -> None:
    found = Redactor().body(WHOLE.encode(encoding))

    assert not any(part in found for part in BUYER)
    assert "OB-1" in found


def test_an_xml_answer_is_cut_off_anywhere_and_names_nobody() -> None:
    assert not any(part in shown(WHOLE[:end]) for end in range(len(WHOLE)) for part in ("Aisyah", "Jalan", "Kuala"))


@pytest.mark.parametrize("text", ["sign-check-failure: Illegal request", "", "busy", "a <b> c", "502 Bad Gateway"])
def test_what_names_nobody_stays_as_it_is(text: str) -> None:
    assert shown(text) == text


def test_a_secret_is_hidden_as_xml_spells_it() -> None:
    assert "s3cr3t" not in Redactor(["s3cr3t&<odd>"]).body(b"<m>s3cr3t&amp;&lt;odd&gt; is wrong</m>")


@given(st.text(alphabet="<>/&;=\"'![]{}:,-ab name", max_size=80))
def test_whatever_comes_can_be_shown(text: str) -> None:
    assert len(shown(text)) <= 2_000


@pytest.mark.parametrize("piece", ['<"', "<a '", "&amp;", '{"a":', "[{},", "<name>", "a=b&", "<![CDATA[", "<!--", '"a'])
def test_what_was_made_to_take_long_takes_no_time(piece: str) -> None:
    body = (piece * 4_000)[:4_000]
    started = time.process_time()

    shown(body)

    assert time.process_time() - started < 0.5

"""Whatever hundreds of shipments hold: a label comes, no ink leaves its page, and nothing of an address is lost."""

from __future__ import annotations

import os
import unicodedata
from collections import Counter

from hub_hookspecs import Address, ParcelLine, Shipment
from hub_pos.label import draw
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from .drawn import Glyph, glyphs

EXAMPLES = int(os.environ.get("HUB_TEST_LABELS", "100"))  # 1,000 and more take minutes: once for each change of it
EDGE = 3.0  # mm
WIDTH, HEIGHT = 105.0, 148.0
RULES = (48.7, 98.2, 120.2)
LATIN = st.text("abcdefgXYZ 0123456789.,/-é", max_size=60)
ANY_SCRIPT = st.one_of(
    *(
        st.text(st.characters(min_codepoint=first, max_codepoint=last), max_size=20)
        for first, last in (
            (0x0, 0x24F),
            (0x590, 0x6FF),
            (0x900, 0xDFF),
            (0xE00, 0xEFF),
            (0x4E00, 0x9FFF),
            (0xAC00, 0xD7A3),
        )
    ),
    st.text(max_size=12),
    st.text("😀👍🏽🇮🇩❤️\u200d\u202e\u0301\n\x00 ", max_size=12),
)
FIELD = st.one_of(LATIN, LATIN, LATIN, LATIN, ANY_SCRIPT, st.just("x" * 300))
ADDRESSES = st.builds(
    Address, name=FIELD, phone=LATIN, lines=st.lists(FIELD, max_size=4).map(tuple), city=LATIN, country=st.just("ID")
)
SHIPMENTS = st.builds(
    Shipment,
    key=LATIN,
    order_ref=LATIN,
    order_number=st.one_of(LATIN, LATIN, ANY_SCRIPT),
    sender=ADDRESSES,
    recipient=ADDRESSES,
    lines=st.lists(
        st.builds(ParcelLine, sku=st.one_of(LATIN, ANY_SCRIPT), quantity=st.integers(0, 2**31 - 1)), max_size=15
    ).map(tuple),
    courier=LATIN,
    awb=LATIN,
)


def outside(glyph: Glyph) -> bool:
    return glyph.left < EDGE or glyph.top < EDGE or glyph.right > WIDTH - EDGE or glyph.bottom > HEIGHT - EDGE


def across(glyph: Glyph) -> bool:
    """On two boxes at once; piled up marks may reach for the next one, where they are cut off."""
    return any(glyph.top < rule - 0.1 < rule + 0.1 < glyph.bottom for rule in RULES) and glyph.char.isalnum()


def letters(*texts: str) -> Counter[str]:
    """What can be compared: extraction gives compatible forms, and marks where their font drew them."""
    plain = unicodedata.normalize("NFKD", "".join(texts)).lower()
    return Counter(char for char in plain if char.isascii() and char.isalnum())


@settings(
    max_examples=EXAMPLES,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # to shrink a label takes longer than to read it
    suppress_health_check=[HealthCheck.too_slow],
)
@given(SHIPMENTS)
def test_nothing_breaks_a_label_and_nothing_leaves_its_page(shipment: Shipment) -> None:
    first, *further = glyphs(draw(shipment))

    assert not [(ascii(glyph.char), glyph) for page in (first, *further) for glyph in page if outside(glyph)], ascii(
        shipment
    )
    assert not [glyph for glyph in first if across(glyph)]
    drawn = letters(*(glyph.char for page in (first, *further) for glyph in page))
    for address in (shipment.recipient, shipment.sender):
        assert not letters(address.name, address.phone, *address.lines, address.city) - drawn

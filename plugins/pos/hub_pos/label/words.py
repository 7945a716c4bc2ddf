"""What stands on a label, in Indonesian and English; what a person typed is made printable, and nothing is left out."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence

from hub_hookspecs import Address, ParcelLine, Shipment

TO, FROM = "Kepada / To", "Dari / From"
NUMBER = "No. pesanan / Order no."
COURIER = "Kurir / Courier"
CONTINUED = "… lengkapnya di halaman berikut / in full on the next page"
NO_BARS = "Nomor ini tidak muat di barcode: pakai kode QR / This number has no barcode: use the QR code"
NO_CODES = "Nomor ini tidak bisa dijadikan kode / No code can be made of this number"
NOT_GIVEN = "(tidak diisi / not given)"
_JOINERS = "\u200c\u200d"  # they shape Persian, Indic scripts and emoji


def clean(text: str) -> str:
    """Make one line of it: no control characters, nothing that turns the text's direction, single blanks."""
    return " ".join("".join(map(_printable, text)).split())


def _printable(char: str) -> str:
    match unicodedata.category(char):
        case "Cc" | "Zl" | "Zp":
            return " "
        case "Cf":
            return char if char in _JOINERS or unicodedata.bidirectional(char) == "AN" else ""
        case "Cs":
            return "\ufffd"
        case _:
            return char


def number(shipment: Shipment) -> str:
    """What the codes carry: the order's number, and where it has none, how else it is known."""
    return clean(shipment.order_number) or clean(shipment.order_ref) or clean(shipment.key)


def address(given: Address) -> tuple[str, ...]:
    """The name, if there is one, and the lines below it as they were given; empty fields leave no trace."""
    phone = clean(given.phone)
    told = (
        clean(given.name),
        f"Telp / Phone: {phone}" if phone else "",
        *map(clean, given.lines),
        _joined(", ", given.district, given.city),
        _joined(" ", given.state, given.postcode),
        clean(given.country),
    )
    return tuple(line for line in told if line) or (NOT_GIVEN,)


def courier(shipment: Shipment) -> str:
    return _joined(" · ", shipment.courier, shipment.awb)


def contents(lines: Sequence[ParcelLine]) -> Iterator[str]:
    for line in lines:
        yield f"{line.quantity} × {clean(line.sku) or NOT_GIVEN}"


def contents_caption(lines: Sequence[ParcelLine]) -> str:
    return f"Isi / Contents: {_counted(lines)}"


def more(lines: Sequence[ParcelLine]) -> str:
    """Of lines that found no room."""
    return f"… dan lagi / and more: {_counted(lines)}"


def _counted(lines: Sequence[ParcelLine]) -> str:
    units = sum(line.quantity for line in lines)
    return f"{len(lines)} baris / line{'s' * (len(lines) != 1)}, {units} unit{'s' * (units != 1)}"


def _joined(between: str, *parts: str) -> str:
    return between.join(filter(None, map(clean, parts)))

"""What a label shows, so that one of an order that has changed since is told apart; and what is missing for one."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence

import msgspec
from hub_hookspecs import Address

from hub.fulfilment.rules.shipments import Line

_NEEDED = {"name": "the name", "lines": "the street", "city": "the city"}
_encoder = msgspec.json.Encoder(order="deterministic")


def shows(recipient: Address, lines: Sequence[Line], *, awb: str = "") -> str:
    """What tells two labels of an order apart: for whom it is, and what is in it. Who carries it is not.

    `awb` only where a first label has another one by now.
    """
    contents = [(line.ref, line.sku, line.units) for line in lines if line.units]
    shown = (recipient, contents, awb) if awb else (recipient, contents)
    return hashlib.sha256(_encoder.encode(shown)).hexdigest()


def missing(address: Address) -> Iterator[tuple[str, str]]:
    """Each field that a parcel could not arrive without, by its name, and what it is."""
    given = {"name": address.name, "lines": "".join(address.lines), "city": address.city}
    yield from ((field, words) for field, words in _NEEDED.items() if not given[field].strip())

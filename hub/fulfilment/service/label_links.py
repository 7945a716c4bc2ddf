"""Addresses of labels for those who have no key of the hub: each gives just one file, and for a while only.

The address says itself what it gives and until when, sealed, so that nobody can make one for another file. Nothing is
kept of it; where the file is gone, so is what the address gave.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec

from hub.fulfilment.service.labelling import KIND
from hub.kernel import files
from hub.kernel.db import Transaction
from hub.kernel.errors import NotFound
from hub.kernel.files import File
from hub.kernel.sealing import KeyRing, Unsealable, seal, unseal

VALID = timedelta(days=30)  # longer than a warehouse keeps a document open
PATH = "/labels"
LONGEST = 1000  # characters of a token, and of an address that warehouses take
_BOUND = "label-link"


class Link(msgspec.Struct, frozen=True):
    """What an address gives, and until when."""

    merchant_id: str
    digest: str
    until: datetime


def address(ring: KeyRing, public_url: str, *, merchant_id: str, digest: str, at: datetime) -> str:
    """The address of a label from `at` on; another one each time, so who tells it keeps it."""
    link = Link(merchant_id, digest, at + VALID)
    token = seal(ring, msgspec.json.encode(link), _BOUND).rstrip("=")
    return f"{public_url.rstrip('/')}{PATH}/{token}"


def file_of(db: Transaction, ring: KeyRing, token: str, *, at: datetime) -> File:
    """The file that an address gives; absent where it is none of ours, has expired, or its file is gone."""
    try:
        padded = token + "=" * (-len(token.rpartition(".")[2]) % 4)
        link = msgspec.json.decode(unseal(ring, padded, _BOUND), type=Link)
    except (Unsealable, msgspec.DecodeError) as error:
        raise NotFound("label") from error
    if link.until < at:
        raise NotFound("label")
    return files.get(db, ring, link.digest, merchant_id=link.merchant_id, kind=KIND)

"""What the API takes in about merchants and keys, and the one answer that is not a record."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import msgspec

from hub.kernel.api.policy import Access
from hub.kernel.api.texts import Name
from hub.merchants.rules import EVERYTHING, Feature, Several
from hub.merchants.store import ApiKey

KeyName = Annotated[
    str,
    msgspec.Meta(
        min_length=1,
        max_length=60,
        pattern=r"^[A-Za-z0-9][A-Za-z0-9 ._-]*(?!\n)$",
        description="a letter or digit, then letters, digits, blanks, dots, hyphens and underscores",
    ),
]
"""What the key is for, such as `erp`; two of one name may live at once, while one replaces the other."""


ReserveUnpaid = Annotated[
    bool,
    msgspec.Meta(
        description=(
            "whether orders hold stock before they are paid; otherwise what their channel has counted off for them is "
            "offered again, there too"
        )
    ),
]


SeveralWarehouses = Annotated[
    Several,
    msgspec.Meta(
        description=(
            "what becomes of an order whose lines lie in different warehouses: `split`: each warehouse sends its own "
            "part; `flag`: the order waits for a person"
        )
    ),
]


class NewMerchant(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a merchant is made of; without `features` the plan contains everything."""

    name: Name
    features: Annotated[tuple[Feature, ...], msgspec.Meta(max_length=len(EVERYTHING))] = EVERYTHING


class MerchantChange(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is to change; what is left out stays."""

    name: Name | msgspec.UnsetType = msgspec.UNSET
    features: Annotated[tuple[Feature, ...], msgspec.Meta(max_length=len(EVERYTHING))] | msgspec.UnsetType = (
        msgspec.UNSET
    )
    reserve_unpaid: ReserveUnpaid | msgspec.UnsetType = msgspec.UNSET
    several_warehouses: SeveralWarehouses | msgspec.UnsetType = msgspec.UNSET


class NewKey(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A key for this merchant."""

    name: KeyName
    access: Access = Access.READ
    expires_at: datetime | None = None


class NewPlatformKey(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A key for some merchants, or with null for all of them, also those to come."""

    name: KeyName
    merchants: Annotated[tuple[str, ...], msgspec.Meta(min_length=1, max_length=100)] | None
    access: Access = Access.READ
    expires_at: datetime | None = None


class KeyWithSecret(msgspec.Struct, frozen=True, kw_only=True):
    """A key just made; `secret` is shown this once."""

    key: ApiKey
    secret: str

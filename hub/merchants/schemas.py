"""Merchants and keys as the API and the other slices see them."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated

import msgspec

from hub.kernel.api.policy import Access
from hub.kernel.api.texts import Name

KeyName = Annotated[str, msgspec.Meta(min_length=1, max_length=60, pattern=r"^[A-Za-z0-9][A-Za-z0-9 ._-]*$")]
"""What the key is for, such as `erp`; two of one name may live at once, while one replaces the other."""


class Feature(StrEnum):
    """What a merchant's plan may contain."""

    MASTER_PRODUCT = "master_product"
    WAREHOUSE_MANAGEMENT = "warehouse_management"


EVERYTHING = tuple(Feature)


class Merchant(msgspec.Struct, frozen=True, kw_only=True):
    """Who sells: the owner of accounts, products, stock and orders."""

    id: str
    name: str
    features: tuple[Feature, ...]
    created_at: datetime
    updated_at: datetime


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


class ApiKey(msgspec.Struct, frozen=True, kw_only=True):
    """A key without its secret. `merchants` null: it reaches all of them."""

    id: str
    name: str
    public_id: str
    access: Access
    merchants: tuple[str, ...] | None
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None
    last_used_at: datetime | None


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

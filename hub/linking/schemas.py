"""What a person says about listings, as the API takes it."""

from __future__ import annotations

from typing import Annotated

import msgspec

from hub.catalog.rules import ListingState, SkuClass, sku_key
from hub.catalog.store.pages import ListingFilter
from hub.kernel.errors import FieldError, Invalid
from hub.linking.service.deciding import Answer
from hub.linking.service.suggesting import Suggestion


class Selection(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All listings that wait and fit; only `matched` and `unmatched` ones can be confirmed."""

    sku_class: SkuClass | None = msgspec.field(name="class", default=None)
    account_id: Annotated[str, msgspec.Meta(max_length=36)] | None = None
    q: Annotated[str, msgspec.Meta(max_length=200)] | None = None


class Confirmation(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which listings to confirm: up to 500 by id, answered one by one, or all that fit a filter, by a job."""

    ids: (
        Annotated[tuple[Annotated[str, msgspec.Meta(max_length=36)], ...], msgspec.Meta(min_length=1, max_length=500)]
        | None
    ) = None
    filter: Selection | None = None

    def wanted(self) -> ListingFilter:
        chosen = self.filter or Selection()
        return ListingFilter(
            state=ListingState.PENDING, sku_class=chosen.sku_class, account_id=chosen.account_id, q=chosen.q
        )

    def check(self) -> None:
        if (self.ids is None) == (self.filter is None):
            one = FieldError(field="ids", message="give either `ids` or `filter`")
            raise Invalid("name the listings either by `ids` or by a `filter`", errors=(one,))
        if self.filter and self.filter.sku_class in (SkuClass.EMPTY, SkuClass.DUPLICATE):
            cure = FieldError(field="filter.class", message="correct the SKUs at the marketplace, then import again")
            raise Invalid(f"listings of class {self.filter.sku_class} cannot be confirmed", errors=(cure,))
        if self.filter and self.filter.q is not None and not sku_key(self.filter.q):
            blank = FieldError(field="filter.q", message="say how a SKU or a name begins, or leave `q` out")
            raise Invalid("a blank search fits every listing", errors=(blank,))


Named = Annotated[str, msgspec.Meta(min_length=1, max_length=36, description="the id of a product")]


class Target(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The product that a person chose for a listing; its SKU may be another one."""

    product_id: Named


class Merge(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The product that takes the other one's listings."""

    into: Named


class Suggestions(msgspec.Struct, frozen=True, kw_only=True):
    """What may be the same, the strongest first."""

    items: list[Suggestion]


class Answers(msgspec.Struct, frozen=True, kw_only=True):
    """What became of each listing, in the order they were named."""

    items: list[Answer]

"""What a merchant types in to open a point of sale."""

from typing import Annotated

import msgspec

# `$` alone would let a trailing line break through; `\Z` is unknown to the browsers that check the form.
_END = r"(?!\n)$"


class PosSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The name may change at any time; the code is what the store is known by."""

    store_name: Annotated[
        str,
        msgspec.Meta(
            title="Store name",
            description="As it shall stand on manual orders and labels. It may be changed later.",
            min_length=1,
            max_length=100,
            pattern=r"\S",
            examples=["Toko Larasati, Tanah Abang"],
        ),
    ]
    store_code: Annotated[
        str,
        msgspec.Meta(
            title="Store code",
            description=(
                "Tells this store from the merchant's other ones: up to 20 capital letters, digits and hyphens. It "
                "stays as it is; a merchant with one store need not touch it."
            ),
            max_length=20,
            pattern=rf"^[A-Z0-9](-?[A-Z0-9])*{_END}",
        ),
    ] = "MAIN"
    country: Annotated[
        str,
        msgspec.Meta(
            title="Country",
            description="Where the store ships from, as two capital letters (ISO 3166), such as ID. May stay empty.",
            max_length=2,
            pattern=rf"^([A-Z]{{2}})?{_END}",
        ),
    ] = ""

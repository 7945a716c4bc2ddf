"""What a merchant types in to connect an account at Fastock MY."""

import re
from typing import Annotated, Literal

import msgspec
from hub_hookspecs import Secret

# `$` alone would let a trailing line break through; `\Z` is unknown to the browsers that check the form.
_END = r"(?!\n)$"
_INNER, _EDGE = r"[^\x00-\x1F\x7F\uFFFE\uFFFF]", r"[^\x00-\x20\x7F\uFFFE\uFFFF]"
_CODE = rf"^{_EDGE}({_INNER}*{_EDGE})?{_END}"
# 1 to 65535
_PORT = r"([1-9][0-9]{0,3}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5])"
_HOST = r"(\[[0-9A-Fa-f:.]+\]|[^\s/?#@:\[\]]+)"
_URL = rf"^https?://{_HOST}(:{_PORT})?(/[^\s?#]*)?{_END}"
_SHOWN = 50  # characters of a wrong warehouse number


class FastockSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What Fastock hands out with an account; the warehouses are those that goods of this account may lie in."""

    country: Annotated[
        Literal["MY"],
        msgspec.Meta(title="Country/Region", description="Choose MY, Malaysia: Fastock MY serves no other country."),
    ]
    customer_code: Annotated[
        str,
        msgspec.Meta(
            title="Customer code",
            description="Names the account at Fastock. 1 to 100 characters, no blank at either end.",
            min_length=1,
            max_length=100,
            pattern=_CODE,
            examples=["CUST-0001"],
        ),
    ]
    app_key: Annotated[
        str,
        msgspec.Meta(
            title="AppKey",
            description="Comes together with the secretKey. 1 to 50 plain letters, digits and signs, no colon.",
            min_length=1,
            max_length=50,
            pattern=rf"^[!-9;-~]+{_END}",  # a colon would end it in the header that the JSON dialect sends
        ),
    ]
    secret_key: Annotated[
        Secret,
        msgspec.Meta(
            title="secretKey",
            description="Every request is signed with it. Stored sealed and never shown again; no blank at either end.",
            min_length=1,
            pattern=_CODE,
        ),
    ]
    warehouse_numbers: Annotated[
        str,
        msgspec.Meta(
            title="Warehouse No",
            description="The numbers of the account's warehouses at Fastock, with commas between: MYKL01,MYJB02.",
            pattern=r"\S",
            examples=["MYKL01,MYJB02"],
        ),
    ]
    service_url: Annotated[
        str,
        msgspec.Meta(
            title="Service address",
            description=(
                "Where Fastock takes requests; it comes with the AppKey. Fastock publishes none, so nothing is "
                "filled in. A port is a number from 1 to 65535."
            ),
            max_length=200,
            pattern=_URL,
            examples=["https://wms.fastock.example/api"],
        ),
    ]
    consignor_code: Annotated[
        str,
        msgspec.Meta(
            title="Consignor code",
            description=(
                "Whose goods they are, where Fastock tells that apart from the customer code. Left empty: the "
                "customer code. At most 100 characters, no blank at either end."
            ),
            max_length=100,
            pattern=rf"^$|{_CODE}",
        ),
    ] = ""
    dialect: Annotated[
        Literal["qimen", "json"],
        msgspec.Meta(
            title="Dialect",
            description="How Fastock's service speaks: qimen (XML, version 2.0) unless Fastock says json.",
        ),
    ] = "qimen"

    def __post_init__(self) -> None:
        """Hold every warehouse number by itself; what is wrong is said of the field as a whole."""
        seen = set[str]()
        for number in self.warehouses:
            if not number:
                raise ValueError(
                    "warehouse_numbers: a number is missing before, between or after the commas; write MYKL01,MYJB02"
                )
            if not re.fullmatch(rf"{_INNER}+", number):
                raise ValueError("warehouse_numbers: a number contains a control character; type it again")
            if number in seen:
                raise ValueError(f"warehouse_numbers: {number[:_SHOWN]!r} stands there twice; name each warehouse once")
            seen.add(number)

    def __repr__(self) -> str:
        """Tell no secret, wherever somebody prints it."""
        return f"FastockSettings({self.customer_code!r} at {self.service_url!r})"

    @property
    def warehouses(self) -> tuple[str, ...]:
        return tuple(number.strip() for number in self.warehouse_numbers.split(","))

    @property
    def consignor(self) -> str:
        return self.consignor_code or self.customer_code

"""What both doors are asked for, in one form: so that one state cannot tell through which of them it was reached."""

from dataclasses import dataclass
from decimal import Decimal


class Refused(Exception):
    """The request ends here, with this code and these words."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.code = code
        self.text = text


@dataclass(frozen=True, kw_only=True)
class Goods:
    """An item as it is known in one warehouse."""

    warehouse: str
    code: str
    name: str
    barcode: str
    variant: str
    weight_g: int | None
    size_mm: tuple[int, int, int] | None


@dataclass(frozen=True, kw_only=True)
class WishLine:
    number: int
    code: str
    quantity: int
    price: Decimal | None = None  # of one: what it cost, or what the buyer paid


@dataclass(frozen=True, kw_only=True)
class InboundWish:
    code: str
    warehouse: str
    is_return: bool
    lines: tuple[WishLine, ...]
    expected: str = ""


@dataclass(frozen=True, kw_only=True)
class OutboundWish:
    """`label` is the digest of what is stuck on the parcel: how it came differs from door to door."""

    code: str
    warehouse: str
    order_number: str
    courier: str
    awb: str
    label: str
    recipient: tuple[str, ...]  # name, phone, state, city, street, postcode, country
    lines: tuple[WishLine, ...]


def need(found: str, what: str) -> str:
    if not found.strip():
        raise Refused("missing-parameter", f"{what} is missing")
    return found


def within(text: str, longest: int, what: str) -> str:
    if len(text) > longest:
        raise Refused("missing-parameter", f"{what} is longer than {longest} characters")
    return text


def units(text: str, what: str) -> int:
    """A whole number of at least one unit."""
    if not (text.isascii() and text.isdigit()) or not 1 <= int(text) < 2**31:
        raise Refused("missing-parameter", f"{what} must be a whole number of units, 1 or more")
    return int(text)


def amount(text: str, what: str) -> Decimal:
    whole, _, rest = text.partition(".")
    if not (whole.isascii() and whole.isdigit() and (not rest or (rest.isascii() and rest.isdigit()))):
        raise Refused("missing-parameter", f"{what} must be an amount such as 12.50")
    return Decimal(text)

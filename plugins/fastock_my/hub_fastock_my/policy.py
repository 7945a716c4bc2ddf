"""What Fastock MY takes and what it does not, said before anything is sent, with the field and the cure."""

from collections.abc import Sequence

from hub_hookspecs import Address, Inbound, LabelFile, Money, NotSupported, Outbound, Parcel, Product, Rejected

from hub_fastock_my.settings import FastockSettings
from hub_fastock_my.wire.xml import forbidden

COUNTRY, CURRENCY = "MY", "MYR"
_LONGEST_CODE = 50  # characters of a document's code
_SHOWN = 60  # characters of a wrong value
_PDF = b"%PDF-"
_MISSING_LABEL = (
    "the order has no shipping label as PDF: Fastock sticks one on each parcel; get it from the channel first"
)
_MISSING_AWB = (
    "the order has no AWB: Fastock hands parcels to the courier by it; arrange the shipment at the channel first"
)


def product(given: Product, settings: FastockSettings) -> None:
    warehouse(given.place_ref, settings)
    _code("SKU", given.sku)
    if not given.name.strip():
        raise Rejected("the name is empty; give the product a name before pushing it to Fastock", code="name")


def inbound(given: Inbound, settings: FastockSettings) -> None:
    """Goods are announced with quantity and cost: Fastock wants both, though its wire would do without a cost."""
    warehouse(given.place_ref, settings)
    document(given.key)
    if given.kind not in ("purchase", "return"):
        raise NotSupported(f"Fastock takes purchases and returns in, not {given.kind[:_SHOWN]!r}", code="kind")
    _lines([(line.sku, line.quantity) for line in given.lines])
    for line in given.lines:
        if line.unit_cost is None:
            raise Rejected(
                f"the line of {line.sku[:_SHOWN]!r} has no cost; Fastock wants what one unit cost", code="cost"
            )
        if line.unit_cost.currency != CURRENCY or line.unit_cost.amount < 0:
            raise Rejected(
                f"the cost of {line.sku[:_SHOWN]!r} is {_shown(line.unit_cost)}; Fastock reads costs as ringgit, so "
                f"give it in {CURRENCY}, 0 or more",
                code="cost",
            )


def outbound(given: Outbound, settings: FastockSettings) -> tuple[Parcel, LabelFile]:
    """Give the one parcel that may be sent, and what is stuck on it."""
    warehouse(given.place_ref, settings)
    document(given.key)
    if given.recipient.country not in ("", COUNTRY):
        raise NotSupported(
            f"Fastock MY sends within Malaysia only; this parcel goes to {given.recipient.country[:_SHOWN]!r}",
            code="country",
        )
    if len(given.parcels) != 1:
        raise Rejected(
            f"the outbound has {len(given.parcels)} parcels; one document at Fastock carries one label and one AWB",
            code="parcels",
        )
    (parcel,) = given.parcels
    label = _label(parcel)
    _lines([(line.sku, line.quantity) for line in parcel.lines])
    _recipient(given.recipient)
    return parcel, label


def document(code: str) -> None:
    _code("document's code", code)
    if len(code) > _LONGEST_CODE:
        raise Rejected(f"the document's code has {len(code)} characters; Fastock takes {_LONGEST_CODE}", code="code")


def warehouse(ref: str, settings: FastockSettings) -> None:
    if ref not in settings.warehouses:
        raise Rejected(
            f"{ref[:_SHOWN]!r} is none of this account's warehouses; add its number to the account's settings",
            code="warehouse",
        )


def _label(parcel: Parcel) -> LabelFile:
    label = parcel.label
    if label is None or not label.content:
        raise Rejected(_MISSING_LABEL, code="label-missing")
    if not label.content.startswith(_PDF):
        raise Rejected(
            "the label is no PDF, and Fastock prints nothing else; get it from the channel again", code="label"
        )
    if not parcel.awb.strip():
        raise Rejected(_MISSING_AWB, code="awb-missing")
    _code("AWB", parcel.awb)
    return label


def _lines(lines: Sequence[tuple[str, int]]) -> None:
    if not lines:
        raise Rejected("the document has no lines; add what shall move", code="lines")
    for sku, quantity in lines:
        _code("SKU", sku)
        if quantity < 1:
            raise Rejected(
                f"the line of {sku[:_SHOWN]!r} has no quantity; give 1 or more, or leave it out", code="quantity"
            )


def _recipient(of: Address) -> None:
    given = {
        "name": of.name,
        "phone": of.phone,
        "state": of.state,
        "city": of.city,
        "street": "".join(of.lines),
    }
    if missing := [what for what, text in given.items() if not text.strip()]:
        raise Rejected(f"the recipient has no {', no '.join(missing)}; complete the address", code="recipient")


def _code(what: str, text: str) -> None:
    """Codes are the same everywhere, so nothing in them may be put right in silence."""
    if not text.strip():
        raise Rejected(f"the {what} is empty; Fastock knows nothing without it", code="code")
    if forbidden(text):
        raise Rejected(f"the {what} {text[:_SHOWN]!a} has a character that no document can carry", code="code")


def _shown(money: Money) -> str:
    return f"{money.amount:f} {money.currency}"

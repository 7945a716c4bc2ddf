"""Finds the products that a person means, by themselves or by listings; and announces the first goods of a new one."""

from __future__ import annotations

from collections.abc import Sequence

from hub.channels.service.wiring import Channels
from hub.fulfilment.rules.inbounds import Line
from hub.fulfilment.service import announcing
from hub.fulfilment.service.announcing import Wish
from hub.kernel.db import Transaction
from hub.kernel.errors import FieldError, Invalid
from hub.kernel.events import Actor
from hub.linking.service import deciding


def chosen(
    db: Transaction, merchant_id: str, product_ids: Sequence[str], listing_ids: Sequence[str], *, actor: Actor
) -> list[str]:
    """The products, and those of the listings, which are confirmed where nobody has yet; all or none."""
    if not product_ids and not listing_ids:
        message = "name the products, or the listings of which they are to be made"
        raise Invalid("no product is named", errors=(FieldError(field="product_ids", message=message),))
    answers = deciding.confirm(db, merchant_id, listing_ids, actor=actor) if listing_ids else []
    errors = tuple(
        FieldError(field=f"listing_ids[{n}]", message=f"{each.reason}: {each.remedy}")
        for n, each in enumerate(answers)
        if each.product_id is None
    )
    if errors:
        raise Invalid(f"of {len(errors)} listing(s) no product can be made", errors=errors)
    return list(dict.fromkeys([*product_ids, *(each.product_id for each in answers if each.product_id)]))


def announced(
    db: Transaction, channels: Channels, merchant_id: str, warehouse_id: str, goods: Line, *, actor: Actor
) -> str:
    """Announce the first goods of a product that the warehouse is still to be told of; gives the inbound's id."""
    wish = Wish(warehouse_id=warehouse_id, lines=[goods])
    try:
        return announcing.announce(db, channels, merchant_id, wish, actor=actor, awaits=True).id
    except Invalid as error:
        fields = [each.field.replace("lines[0]", "inbound") for each in error.errors]
        errors = tuple(
            FieldError(field=field, message=each.message) for field, each in zip(fields, error.errors, strict=True)
        )
        raise Invalid("the goods cannot be announced, and nothing was made", code=error.code, errors=errors) from error

"""The verbs of `hub order` that send one, and what is left of it then: its label, its parcels, its buyer."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hub.cli import opening, showing, waiting
from hub.cli.options import Json, Merchant

if TYPE_CHECKING:
    from hub.kernel.files import File

OrderId = Annotated[str, typer.Argument(metavar="ORDER", help="The order, by id.")]
Target = Annotated[Path | None, typer.Option("--out", metavar="FILE", help="Where to write it.")]
PARCELS = (
    ("id", "id"), ("number", "number"), ("courier", "courier"), ("awb", "awb"), ("left", "left_at"),
    ("confirmation", "confirmation"), ("reason", "reason"),
)  # fmt: skip


def ship(
    order: OrderId,
    merchant: Merchant,
    courier: Annotated[str | None, typer.Option(help="Who carries it.")] = None,
    awb: Annotated[str | None, typer.Option(help="The courier's number of the parcel.")] = None,
    as_json: Json = False,
) -> None:
    """Let an order leave the own shelf, once; a channel that wants to know is told later."""
    from hub.cli.given import checked
    from hub.fulfilment.schemas.parcels import Sending
    from hub.fulfilment.service import shipping
    from hub.kernel.events import CLI
    from hub.orders.schemas import shown
    from hub.orders.service import manual

    sent = checked(Sending, {"courier": courier, "awb": awb})
    with opening.opened_runtime(opening.settings()) as runtime:
        with runtime.database.writing() as db:
            before = manual.find(db, merchant, order, for_change=True)
            now = shipping.ship(db, runtime.channels, before, courier=sent.courier, awb=sent.awb, actor=CLI)
        found = shown(runtime.ring, now, ())
    showing.show(found, as_json=as_json)


def parcels(order: OrderId, merchant: Merchant, as_json: Json = False) -> None:
    """List the parcels of an order, and whether its channel knows that they left."""
    from hub.fulfilment.schemas.parcels import shown_parcel
    from hub.fulfilment.service.parcels import packed
    from hub.orders.service import manual

    with opening.reading() as db:
        found = packed(db, manual.find(db, merchant, order))
    showing.show_page([shown_parcel(row) for row in found], PARCELS, following=None, as_json=as_json)


def erase(order: OrderId, merchant: Merchant, as_json: Json = False) -> None:
    """Erase who made an order, for good; an open one is sent or cancelled first. What was sold stays."""
    from hub.kernel.events import CLI
    from hub.webhooks.service import erasing

    with opening.writing() as db:
        done = erasing.by_hand(db, merchant, order, actor=CLI)
    showing.show(done, as_json=as_json)


def label(
    order: OrderId,
    merchant: Merchant,
    to: Target = None,
) -> None:
    """Save an order's label as a PDF, made first where there is none; the same bytes each time."""
    from hub.fulfilment.service import labelling
    from hub.kernel.events import CLI
    from hub.orders.service import manual

    with opening.opened_runtime(opening.settings()) as runtime, runtime.database.writing() as db:
        stored = manual.find(db, merchant, order, for_change=True)
        asked = labelling.ask(db, runtime.channels, stored, actor=CLI)
    if asked.ticket is not None:
        waiting.require_done(waiting.until_ended(asked.ticket.job_id, quiet=False))
    with opening.opened_runtime(opening.settings()) as runtime, runtime.database.reading() as db:
        file = labelling.print_again(db, runtime.ring, manual.find(db, merchant, order))
    save(file, to)


def save(file: File, to: Path | None) -> None:
    """Write a label to where it is wanted, else here by its own name, and say where."""
    target = to or Path(file.name)
    try:
        target.write_bytes(file.content)
    except OSError as error:
        raise typer.BadParameter(f"{target} cannot be written: {error.strerror}; choose another with --out") from error
    showing.say(str(target))

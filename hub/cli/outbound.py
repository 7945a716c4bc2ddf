"""`hub outbound`: what 3PLs are to send, how far they are, pushed again, looked at and stopped."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from hub.cli import opening, paging, showing, waiting
from hub.cli.options import Cursor, Json, Limit, Merchant
from hub.cli.sending import Target, save

if TYPE_CHECKING:
    from hub.fulfilment.service.calling_off import Foreseen

app = typer.Typer(rich_markup_mode=None)

OutboundId = Annotated[str, typer.Argument(metavar="OUTBOUND", help="The outbound, by id.")]
COLUMNS = (
    ("id", "id"), ("code", "code"), ("order", "order_id"), ("push", "push_status"), ("state", "state"),
    ("word", "word"), ("awb", "awb"), ("cancel", "cancel"), ("reason", "reason"),
)  # fmt: skip
OrderId = Annotated[str, typer.Argument(metavar="ORDER", help="The order, by id.")]
Why = Annotated[str | None, typer.Option(help="Why, in words that the warehouse is told.")]
VERDICTS = (
    ("outbound", "outbound_id"), ("code", "code"), ("push", "push_status"), ("state", "state"), ("cancel", "cancel"),
    ("verdict", "verdict"), ("words", "words"), ("remedy", "remedy"),
)  # fmt: skip


@app.command("list")
def list_(
    merchant: Merchant,
    push: Annotated[str | None, typer.Option("--push-status", help="Only those such as failed or pushed.")] = None,
    state: Annotated[str | None, typer.Option(help="Only those so far, such as pending or complete.")] = None,
    warehouse: Annotated[str | None, typer.Option(help="Only those of this warehouse.")] = None,
    order: Annotated[str | None, typer.Option(help="Only those of this order.")] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
    as_json: Json = False,
) -> None:
    """List what 3PLs are, or were, to send, the newest first."""
    from hub.cli.given import checked
    from hub.fulfilment.schemas.outbounds import summary
    from hub.fulfilment.store import outbounds
    from hub.fulfilment.store.outbounds import Filter
    from hub.merchants import service as merchants

    wanted = checked(Filter, {"push_status": push, "state": state, "warehouse_id": warehouse, "order_id": order})
    before = paging.after(cursor)
    with opening.reading() as db:
        merchants.merchant(db, merchant)
        rows = outbounds.page(db, merchant, wanted, limit=limit, before=before)
    paging.show_rows(rows, COLUMNS, limit=limit, as_json=as_json, view=summary)


@app.command()
def show(outbound: OutboundId, merchant: Merchant, as_json: Json = False) -> None:
    """Show an outbound with its lines, what it waits for and how far it is."""
    from hub.fulfilment.schemas.outbounds import shown
    from hub.fulfilment.service import repushing
    from hub.fulfilment.store import outbounds

    with opening.reading() as db:
        one = repushing.found(db, merchant, outbound)
        lines = outbounds.lines(db, [one.id])[one.id]
    showing.show(shown(one, lines), as_json=as_json)


@app.command()
def push(outbound: OutboundId, merchant: Merchant, as_json: Json = False) -> None:
    """Push an outbound again that was not taken, or was stopped; shows the one that is pushed now."""
    from hub.fulfilment.schemas.outbounds import shown
    from hub.fulfilment.service import repushing
    from hub.fulfilment.store import outbounds
    from hub.kernel.events import CLI

    with opening.opened_runtime(opening.settings()) as runtime, runtime.database.writing() as db:
        one = repushing.found(db, merchant, outbound)
        now = repushing.push_again(db, runtime.channels, one, actor=CLI)
        lines = outbounds.lines(db, [now.id])[now.id]
    showing.show(shown(now, lines), as_json=as_json)


@app.command()
def refresh(outbound: OutboundId, merchant: Merchant, as_json: Json = False) -> None:
    """Have the warehouse asked how far an outbound is, and show that once it has answered."""
    from hub.fulfilment.schemas.outbounds import shown
    from hub.fulfilment.service import repushing
    from hub.fulfilment.store import outbounds

    with opening.opened_runtime(opening.settings()) as runtime, runtime.database.writing() as db:
        ticket = repushing.refresh(db, repushing.found(db, merchant, outbound))
    waiting.require_done(waiting.until_ended(ticket.job_id, quiet=as_json))
    with opening.reading() as db:
        one = repushing.found(db, merchant, outbound)
        lines = outbounds.lines(db, [one.id])[one.id]
    showing.show(shown(one, lines), as_json=as_json)


@app.command()
def label(outbound: OutboundId, merchant: Merchant, to: Target = None) -> None:
    """Save the label of an outbound's parcel as a PDF; the same bytes each time."""
    from hub.fulfilment.service import labelling, repushing
    from hub.fulfilment.store import parcels
    from hub.orders.service import manual

    with opening.opened_runtime(opening.settings()) as runtime, runtime.database.reading() as db:
        one = repushing.found(db, merchant, outbound)
        stored = manual.find(db, merchant, one.order_id)
        file = labelling.print_again(db, runtime.ring, stored, parcels.expect(db, one.parcel_id))
    save(file, to)


@app.command()
def cancellation(outbound: OutboundId, merchant: Merchant, as_json: Json = False) -> None:
    """Say what stopping an outbound would come to now, and whom to call where it is too late; nothing is done."""
    from hub.fulfilment.schemas.outbounds import stopping
    from hub.fulfilment.service import cancelling, repushing

    with opening.opened_runtime(opening.settings()) as runtime, runtime.database.reading() as db:
        found = cancelling.verdict_on(db, runtime.channels, repushing.found(db, merchant, outbound))
    showing.show(stopping(found), as_json=as_json)


@app.command("order-cancellation")
def order_cancellation(order: OrderId, merchant: Merchant, as_json: Json = False) -> None:
    """Say what cancelling an order would come to, here and at the 3PLs that send it; nothing is done."""
    from hub.fulfilment.service import calling_off
    from hub.kernel.events import CLI
    from hub.orders.service import manual

    with opening.opened_runtime(opening.settings()) as runtime, runtime.database.reading() as db:
        found = calling_off.foresee(db, runtime.channels, manual.find(db, merchant, order), actor=CLI)
    show_cancellation(found, as_json=as_json)


@app.command("cancel-order")
def cancel_order(order: OrderId, merchant: Merchant, why: Why = None, as_json: Json = False) -> None:
    """Cancel an order that is cancelled here, of any other stop what 3PLs were asked to send; twice is once."""
    from hub.cli.given import checked
    from hub.fulfilment.schemas.outbounds import WhyStopped
    from hub.fulfilment.service import calling_off
    from hub.kernel.events import CLI
    from hub.orders.service import manual

    said = checked(WhyStopped, {"reason": why})
    with opening.opened_runtime(opening.settings()) as runtime, runtime.database.writing() as db:
        stored = manual.find(db, merchant, order, for_change=True)
        seen = calling_off.foresee(db, runtime.channels, stored, actor=CLI)
        found = calling_off.call_off(db, runtime.channels, seen, why=said.reason, actor=CLI)
    show_cancellation(found, as_json=as_json)


def show_cancellation(found: Foreseen, *, as_json: bool) -> None:
    """What cancelling an order would come to, whether its buyer asks for it, and what was said to that."""
    from hub.fulfilment.schemas.outbounds import order_cancellation

    view = order_cancellation(found)
    if as_json:
        showing.document(view)
        return
    showing.say(f"{view.order_state.value}: {view.words}")
    if view.wish:
        here = f"; {view.wish.lacks}" if view.wish.lacks else ""
        showing.say(f"its buyer asks to cancel it, since {view.wish.since:%Y-%m-%d %H:%M} UTC{here}")
    if view.answer:
        said = "agreed to" if view.answer.accept else "refused"
        why = f": {view.answer.words}" if view.answer.words else ""
        showing.say(f"{said}, {view.answer.state.value}{why}")
    showing.show_page(view.items, VERDICTS, as_json=False)


@app.command()
def cancel(outbound: OutboundId, merchant: Merchant, why: Why = None, as_json: Json = False) -> None:
    """Stop an outbound: at once where the warehouse has nothing of it, else the warehouse is asked by a job."""
    from hub.cli.given import checked
    from hub.fulfilment.schemas.outbounds import WhyStopped, shown
    from hub.fulfilment.service import cancelling, repushing
    from hub.fulfilment.store import outbounds
    from hub.kernel.events import CLI

    said = checked(WhyStopped, {"reason": why})
    with opening.opened_runtime(opening.settings()) as runtime, runtime.database.writing() as db:
        one = repushing.found(db, merchant, outbound)
        now = cancelling.stop(db, runtime.channels, one, why=said.reason, actor=CLI)
        lines = outbounds.lines(db, [now.id])[now.id]
    showing.show(shown(now, lines), as_json=as_json)

"""`hub order`: orders of every channel, and manual ones of a point of sale."""

from __future__ import annotations

from typing import Annotated

import typer

from hub.cli import answering, opening, ordering, paging, sending, showing
from hub.cli.options import Account, Cursor, Json, Limit, Merchant, OfAccount
from hub.cli.ordering import IfVersion, OrderId

app = typer.Typer(rich_markup_mode=None)

COLUMNS = (
    ("id", "id"), ("number", "number"), ("source", "source"), ("state", "state"), ("placed", "placed_at"),
    ("total", "total.amount"), ("account", "account_id"),
)  # fmt: skip


@app.command("list")
def list_(
    merchant: Merchant,
    state: Annotated[str | None, typer.Option(help="Only in this state, such as ready or shipped.")] = None,
    flag: Annotated[str | None, typer.Option(help="Only those that wait for this, such as short or unlinked.")] = None,
    account: OfAccount = None,
    q: Annotated[str | None, typer.Option("-q", metavar="TEXT", help="The beginning of the number.")] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
    as_json: Json = False,
) -> None:
    """List a merchant's orders, the newest first."""
    from hub.cli.given import checked
    from hub.merchants import service as merchants
    from hub.orders.schemas import summary
    from hub.orders.store import flags, pages
    from hub.orders.store.pages import Wanted

    wanted = checked(Wanted, {"state": state, "flag": flag, "account_id": account, "q": q})
    before = paging.after(cursor)
    with opening.reading() as db:
        merchants.merchant(db, merchant)
        rows = pages.page(db, merchant, wanted, limit=limit, before=before)
        waits = flags.of_orders(db, [row.id for row in rows])
    paging.show_rows(rows, COLUMNS, limit=limit, as_json=as_json, view=lambda row: summary(row, waits.get(row.id, ())))


@app.command()
def show(order: OrderId, merchant: Merchant, as_json: Json = False) -> None:
    """Show an order with its lines, its buyer, and why it waits."""
    from hub.orders.schemas import shown
    from hub.orders.service import manual
    from hub.orders.store import flags

    with opening.opened_runtime(opening.settings()) as runtime, runtime.database.reading() as db:
        found = manual.find(db, merchant, order)
        waits = flags.of_orders(db, [order]).get(order, ())
        ring = runtime.ring
    showing.show(shown(ring, found, waits), as_json=as_json)


Phone = Annotated[str | None, typer.Option(help="Under which number.")]
Street = Annotated[list[str] | None, typer.Option("--address", help="A line of it; may be repeated.")]
Part = Annotated[str | None, typer.Option(help="Part of the address.")]
Province = Annotated[str | None, typer.Option(help="Part of the address: the state or province.")]
InCountry = Annotated[str | None, typer.Option(help="Two letters of ISO 3166-1, such as ID.")]
Remark = Annotated[str | None, typer.Option(help="A remark of the customer.")]


@app.command()
def create(
    account: Account,
    merchant: Merchant,
    lines: Annotated[list[str], typer.Option("--line", metavar=ordering.LINE, help=ordering.HOW)],
    source: Annotated[str, typer.Option(help="Where the customer asked for it, such as Instagram.")],
    name: Annotated[str, typer.Option(help="Who gets it.")],
    phone: Phone = None,
    address: Street = None,
    district: Part = None,
    city: Part = None,
    state: Province = None,
    postcode: Part = None,
    country: InCountry = None,
    note: Remark = None,
    as_json: Json = False,
) -> None:
    """Make an order at a point of sale; its stock falls now. Refused whole where there is not enough."""
    from hub.cli.given import checked
    from hub.kernel.events import CLI
    from hub.orders.schemas import NewOrder, shown
    from hub.orders.service import manual

    recipient = _recipient(
        name=name, phone=phone, lines=address, district=district, city=city, state=state, postcode=postcode,
        country=country,
    )  # fmt: skip
    given = {"account_id": account, "source": source, "note": note, "recipient": recipient}
    wanted = checked(NewOrder, given | {"lines": [ordering.line_of(each) for each in lines]}).given()
    with opening.opened_runtime(opening.settings()) as runtime:
        with runtime.database.writing() as db:
            made = manual.create(db, runtime.channels, merchant, account, wanted, actor=CLI)
        found = shown(runtime.ring, made.stored, ())
    showing.show(found, as_json=as_json)


@app.command()
def edit(
    order: OrderId,
    merchant: Merchant,
    lines: Annotated[
        list[str] | None,
        typer.Option("--line", metavar=ordering.LINE, help=f"All that it shall have. {ordering.HOW}"),
    ] = None,
    source: Annotated[str | None, typer.Option(help="Where the customer asked for it.")] = None,
    name: Annotated[str | None, typer.Option(help="Who gets it; the address is given anew with it.")] = None,
    phone: Phone = None,
    address: Street = None,
    district: Part = None,
    city: Part = None,
    state: Province = None,
    postcode: Part = None,
    country: InCountry = None,
    note: Remark = None,
    if_version: IfVersion = None,
    as_json: Json = False,
) -> None:
    """Change a manual order that has not left; its stock moves by just the difference, or it stays as it is."""
    from hub.cli.given import checked
    from hub.kernel.events import CLI
    from hub.orders.schemas import OrderChange, shown
    from hub.orders.service import editing, manual
    from hub.orders.store import flags

    recipient = _recipient(
        name=name, phone=phone, lines=address, district=district, city=city, state=state, postcode=postcode,
        country=country,
    )  # fmt: skip
    given = {"source": source, "note": note, "recipient": recipient or None}
    wanted = checked(
        OrderChange, given | {"lines": [ordering.line_of(each) for each in lines] if lines else None}
    ).given()
    with opening.opened_runtime(opening.settings()) as runtime:
        with runtime.database.writing() as db:
            before = manual.find(db, merchant, order, for_change=True)
            ordering.require_version(before, if_version)
            now = editing.edit(db, runtime.channels, before, wanted, actor=CLI)
            waits = flags.of_orders(db, [order]).get(order, ())
        found = shown(runtime.ring, now.stored, waits)
    showing.show(found, as_json=as_json)


@app.command()
def cancel(order: OrderId, merchant: Merchant, if_version: IfVersion = None, as_json: Json = False) -> None:
    """Cancel a manual order, or one of an account that is closed; what it held is free again."""
    from hub.kernel.events import CLI
    from hub.orders.schemas import shown
    from hub.orders.service import manual

    with opening.opened_runtime(opening.settings()) as runtime:
        with runtime.database.writing() as db:
            before = manual.find(db, merchant, order, for_change=True)
            ordering.require_version(before, if_version)
            now = manual.cancel(db, runtime.channels, before, actor=CLI)
        found = shown(runtime.ring, now.stored, ())
    showing.show(found, as_json=as_json)


@app.command("import")
def import_(account: Account, merchant: Merchant, as_json: Json = False) -> None:
    """Ask for an account's orders now; `hub job show` counts them then, and names those that its channel refuses."""
    from hub.kernel.api.job_routes import found
    from hub.kernel.api.job_routes import shown as job_view
    from hub.kernel.events import CLI
    from hub.orders.service import importing

    with opening.opened_runtime(opening.settings()) as runtime, runtime.database.writing() as db:
        ticket = importing.start(runtime.channels, db, merchant, account, actor=CLI)
        db.flush()
        job = job_view(found(db, ticket.job_id, merchant))
    showing.show(job, as_json=as_json)


app.command()(ordering.acknowledge)
app.command("answer-cancellation")(answering.answer_cancellation)
app.command()(sending.label)
app.command()(sending.ship)
app.command()(sending.parcels)
app.command()(sending.erase)


def _recipient(**parts: str | list[str] | None) -> dict[str, str | list[str]]:
    """The parts of an address that were given."""
    return {part: value for part, value in parts.items() if value is not None}

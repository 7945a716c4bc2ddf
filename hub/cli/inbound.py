"""`hub inbound`: goods announced to 3PLs, how far they are, pushed again, looked at and taken back."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from hub.cli import opening, paging, showing, waiting
from hub.cli.options import Cursor, Json, Limit, Merchant

if TYPE_CHECKING:
    from hub.fulfilment.schemas.inbounds import InboundView
    from hub.kernel.db import Transaction

app = typer.Typer(rich_markup_mode=None)

LONGEST = 1_000_000  # bytes of a file of lines
InboundId = Annotated[str, typer.Argument(metavar="INBOUND", help="The inbound, by id.")]
COLUMNS = (
    ("id", "id"), ("code", "code"), ("warehouse", "warehouse_id"), ("push", "push_status"), ("state", "state"),
    ("word", "word"), ("reason", "reason"),
)  # fmt: skip


@app.command()
def create(
    warehouse: Annotated[str, typer.Argument(metavar="WAREHOUSE", help="The 3PL's warehouse, by id.")],
    merchant: Merchant,
    lines: Annotated[
        str,
        typer.Option(
            "--lines", metavar="FILE",
            help='One JSON object a line, such as {"sku": "TEE", "quantity": 5, "unit_cost": {"amount": "9.90", '
            '"currency": "MYR"}}; - reads standard input.',
        ),
    ],
    source: Annotated[str | None, typer.Option(help="The own warehouse that they leave, by id.")] = None,
    kind: Annotated[str | None, typer.Option(help="purchase, or return.")] = None,
    reference: Annotated[str | None, typer.Option(help="The merchant's own, such as a purchase order.")] = None,
    note: Annotated[str | None, typer.Option(help="A remark.")] = None,
    total: Annotated[bool, typer.Option("--total", help="Quantities are what is to lie there in all.")] = False,
    as_json: Json = False,
) -> None:  # fmt: skip
    """Announce goods to a warehouse of a 3PL; only products that were pushed there can be announced."""
    from hub.cli.given import checked
    from hub.fulfilment.schemas.inbounds import NewInbound
    from hub.fulfilment.service import announcing
    from hub.kernel.events import CLI

    given: dict[str, object] = {"warehouse_id": warehouse, "source_warehouse_id": source, "kind": kind}
    given |= {"reference": reference, "note": note, "lines": _lines(lines), "quantities": "total" if total else None}
    wish = checked(NewInbound, given).given()
    with opening.opened_runtime(opening.settings()) as runtime, runtime.database.writing() as db:
        made = announcing.announce(db, runtime.channels, merchant, wish, actor=CLI)
        found = _view(db, merchant, made.id)
    showing.show(found, as_json=as_json)


@app.command("list")
def list_(
    merchant: Merchant,
    push: Annotated[str | None, typer.Option("--push-status", help="Only those such as failed or pushed.")] = None,
    state: Annotated[str | None, typer.Option(help="Only those so far, such as pending or complete.")] = None,
    warehouse: Annotated[str | None, typer.Option(help="Only those of this warehouse.")] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
    as_json: Json = False,
) -> None:
    """List what was announced to 3PLs, the newest first."""
    from hub.cli.given import checked
    from hub.fulfilment.schemas.inbounds import summary
    from hub.fulfilment.store import inbounds
    from hub.fulfilment.store.documents import Filter
    from hub.merchants import service as merchants

    wanted = checked(Filter, {"push_status": push, "state": state, "warehouse_id": warehouse})
    before = paging.after(cursor)
    with opening.reading() as db:
        merchants.merchant(db, merchant)
        rows = inbounds.page(db, merchant, wanted, limit=limit, before=before)
    paging.show_rows(rows, COLUMNS, limit=limit, as_json=as_json, view=summary)


@app.command()
def show(inbound: InboundId, merchant: Merchant, as_json: Json = False) -> None:
    """Show an inbound with its lines, what came of each, and how that differs from what was planned."""
    with opening.reading() as db:
        found = _view(db, merchant, inbound)
    showing.show(found, as_json=as_json)


@app.command()
def push(inbound: InboundId, merchant: Merchant, as_json: Json = False) -> None:
    """Push an inbound again that was not taken, by the same code."""
    from hub.fulfilment.service import announcing
    from hub.kernel.events import CLI

    with opening.writing() as db:
        announcing.push_again(db, announcing.find(db, merchant, inbound, for_change=True), actor=CLI)
        found = _view(db, merchant, inbound)
    showing.show(found, as_json=as_json)


@app.command()
def refresh(inbound: InboundId, merchant: Merchant, as_json: Json = False) -> None:
    """Have the warehouse asked what came of an inbound, and show that once it has answered."""
    from hub.fulfilment.service import announcing

    with opening.writing() as db:
        ticket = announcing.refresh(db, announcing.find(db, merchant, inbound, for_change=True))
    waiting.require_done(waiting.until_ended(ticket.job_id, quiet=as_json))
    with opening.reading() as db:
        found = _view(db, merchant, inbound)
    showing.show(found, as_json=as_json)


@app.command()
def cancel(
    inbound: InboundId,
    merchant: Merchant,
    reason: Annotated[str | None, typer.Option(help="Why, for whoever reads it later.")] = None,
    as_json: Json = False,
) -> None:
    """Take back an inbound that the warehouse has not; what it has is cancelled by calling them, and seen here then."""
    from hub.cli.given import checked
    from hub.fulfilment.schemas.inbounds import WhyTakenBack
    from hub.fulfilment.service import announcing
    from hub.kernel.events import CLI

    why = checked(WhyTakenBack, {"reason": reason})
    with opening.writing() as db:
        one = announcing.find(db, merchant, inbound, for_change=True)
        announcing.cancel(db, one, reason=why.reason, actor=CLI)
        found = _view(db, merchant, inbound)
    showing.show(found, as_json=as_json)


def _view(db: Transaction, merchant: str, inbound: str) -> InboundView:
    from hub.fulfilment.schemas.inbounds import shown
    from hub.fulfilment.service import announcing
    from hub.fulfilment.store import discrepancies, inbounds

    one = announcing.find(db, merchant, inbound)
    return shown(one, inbounds.lines(db, one.id), discrepancies.of_inbound(db, one.id))


def _lines(source: str) -> list[Any]:  # Any: whatever stands there, checked afterwards
    """The lines of a file, each a JSON document of its own; what is none is named by its line."""
    import msgspec

    try:
        content = sys.stdin.buffer.read(LONGEST + 1) if source == "-" else Path(source).read_bytes()
    except OSError as error:
        raise typer.BadParameter(f"{source}: cannot be read: {error.strerror}") from error
    if len(content) > LONGEST:
        raise typer.BadParameter(f"{source}: is larger than {LONGEST:,} bytes; make several inbounds of it")
    found = []
    for number, text in enumerate(content.splitlines(), start=1):
        if text.strip():
            try:
                found.append(msgspec.json.decode(text))
            except (msgspec.DecodeError, UnicodeDecodeError) as error:
                raise typer.BadParameter(f"{source}: line {number} is no JSON object: {error}") from error
    return found

"""`hub stock retell`: figures are told again, because a person asks for it."""

from __future__ import annotations

from typing import Annotated

import typer

from hub.cli import opening, showing
from hub.cli.options import Json, Merchant, OfAccount

app = typer.Typer(rich_markup_mode=None)


@app.command()
def retell(
    merchant: Merchant,
    listing: Annotated[str | None, typer.Argument(metavar="[LISTING]", help="The listing, by id.")] = None,
    account: OfAccount = None,
    as_json: Json = False,
) -> None:
    """Have a listing, or every figure of an account, told again; what the channel shows already is not sent."""
    from hub.kernel.events import CLI
    from hub.stock.schemas.retelling import Retelling
    from hub.stock.schemas.telling import listing_view
    from hub.stock.service import explaining, retrying

    if (listing is None) is (account is None):
        raise typer.BadParameter("name either a listing by its id, or an account with --account")
    with opening.writing() as db:
        if listing is not None:
            retrying.one_by_hand(db, merchant, listing, actor=CLI)
            showing.show(listing_view(listing, explaining.explain(db, merchant, listing)), as_json=as_json)
            return
        ticket = retrying.by_hand(db, merchant, account or "", actor=CLI)
        db.flush()
        showing.show(Retelling(job_id=ticket.job_id), as_json=as_json)

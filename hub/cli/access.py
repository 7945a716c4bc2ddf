"""`hub access`: what merchants ask our team for, where a channel gives out API data only on request."""

from __future__ import annotations

from typing import Annotated

import typer

from hub.cli import opening, paging, showing
from hub.cli.options import Cursor, Json, Limit, Merchant

app = typer.Typer(rich_markup_mode=None)

COLUMNS = (
    ("id", "id"), ("plugin", "plugin"), ("store", "store_name"), ("link", "store_link"), ("e-mail", "email"),
    ("asked", "created_at"),
)  # fmt: skip


@app.command("list")
def list_(merchant: Merchant, limit: Limit = 50, cursor: Cursor = None, as_json: Json = False) -> None:
    """List what a merchant has asked our team for, the oldest first."""
    from hub.channels.store import requests
    from hub.merchants import service as merchants

    with opening.reading() as db:
        merchants.merchant(db, merchant)
        rows = requests.access_requests_of(db, merchant, after_id=paging.after(cursor), limit=limit)
    paging.show_rows(rows, COLUMNS, limit=limit, as_json=as_json)


@app.command()
def request(
    plugin: Annotated[str, typer.Argument(metavar="PLUGIN", help="The channel's plugin.")],
    merchant: Merchant,
    name: Annotated[str, typer.Option(help="The store's name.")],
    link: Annotated[str, typer.Option(help="The address of the store's page.")],
    email: Annotated[str, typer.Option(help="Where our team answers.")],
    as_json: Json = False,
) -> None:
    """Ask our team for the API data of a store."""
    from hub.channels.schemas import NewAccessRequest
    from hub.channels.service import requesting
    from hub.cli.given import checked
    from hub.kernel.events import CLI

    wanted = checked(NewAccessRequest, {"plugin": plugin, "store_name": name, "store_link": link, "email": email})
    with opening.opened_runtime(opening.settings()) as runtime, runtime.database.writing() as db:
        made = requesting.ask_for_access(
            runtime.channels,
            db,
            merchant,
            wanted.plugin,
            store_name=wanted.store_name,
            store_link=wanted.store_link,
            email=wanted.email,
            actor=CLI,
        )
    showing.show(made, as_json=as_json)

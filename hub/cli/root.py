"""The tree of nouns and verbs."""

from __future__ import annotations

from typing import Annotated

import typer

from hub.cli import (
    account,
    db,
    doctor,
    event,
    imports,
    job,
    key,
    listing,
    merchant,
    plugin,
    product,
    running,
)

app = typer.Typer(name="hub", add_completion=False, rich_markup_mode=None, no_args_is_help=True)


@app.callback()
def hub(
    debug: Annotated[bool, typer.Option("--debug", help="Show the traceback of a fault, and log everything.")] = False,
) -> None:
    """Tie marketplaces, points of sale and warehouses together.

    Settings are HUB_… variables; --json prints one JSON document. Ends with 0 done, 1 refused, 2 wrong usage or
    setting, 70 a fault of the hub, 130 interrupted.
    """


app.add_typer(running.app)
app.add_typer(doctor.app)
app.add_typer(db.app, name="db")
app.add_typer(merchant.app, name="merchant")
app.add_typer(key.app, name="key")
app.add_typer(plugin.app, name="plugin")
app.add_typer(account.app, name="account")
app.add_typer(imports.app, name="import")
app.add_typer(listing.app, name="listing")
app.add_typer(product.app, name="product")
app.add_typer(job.app, name="job")
app.add_typer(event.app, name="event")

"""`hub parent`: what groups variants."""

from __future__ import annotations

from typing import Annotated

import typer

from hub.cli import opening, paging, showing
from hub.cli.given import checked
from hub.cli.options import Cursor, Json, Limit, Merchant

app = typer.Typer(rich_markup_mode=None)

ParentId = Annotated[str, typer.Argument(metavar="PARENT", help="The parent, by id.")]
Name = Annotated[str, typer.Argument(metavar="NAME", help="What the variants have in common.")]
COLUMNS = (("id", "id"), ("name", "name"), ("since", "created_at"))


@app.command("list")
def list_(merchant: Merchant, limit: Limit = 50, cursor: Cursor = None, as_json: Json = False) -> None:
    """List a merchant's parents, the oldest first; `hub product list --parent` lists the variants of one."""
    from hub.catalog.store import parents
    from hub.merchants import service as merchants

    with opening.reading() as db:
        merchants.merchant(db, merchant)
        rows = parents.page(db, merchant, limit=limit + 1, after=paging.after(cursor) or "")
    paging.show_rows(rows, COLUMNS, limit=limit, as_json=as_json)


@app.command()
def show(parent: ParentId, merchant: Merchant, as_json: Json = False) -> None:
    """Show a parent."""
    from hub.catalog.service import variants

    with opening.reading() as db:
        found = variants.parent(db, merchant, parent)
    showing.show(found, as_json=as_json)


@app.command()
def create(name: Name, merchant: Merchant, as_json: Json = False) -> None:
    """Make a parent; products join it by `hub product change --parent`."""
    from hub.catalog.schemas.products import NewParent
    from hub.catalog.service import variants
    from hub.kernel.events import CLI
    from hub.merchants import service as merchants

    new = checked(NewParent, {"name": name})
    with opening.writing() as db:
        merchants.merchant(db, merchant)
        made = variants.create_parent(db, merchant, new.name, actor=CLI)
    showing.show(made, as_json=as_json)


@app.command()
def rename(parent: ParentId, name: Name, merchant: Merchant, as_json: Json = False) -> None:
    """Give a parent another name."""
    from hub.catalog.schemas.products import NewParent
    from hub.catalog.service import variants
    from hub.kernel.events import CLI

    new = checked(NewParent, {"name": name})
    with opening.writing() as db:
        old = variants.parent(db, merchant, parent, for_change=True)
        renamed = variants.rename_parent(db, merchant, old, new.name, actor=CLI)
    showing.show(renamed, as_json=as_json)

"""`hub category`: the categories of an account's channel, and what is mapped to them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from hub.cli import given, opening, paging, showing
from hub.cli.options import LARGEST, Cursor, Json, Limit, Merchant

if TYPE_CHECKING:
    from hub.kernel.db import Transaction

app = typer.Typer(rich_markup_mode=None)

Account = Annotated[str, typer.Argument(metavar="ACCOUNT", help="The account, by id.")]
COLUMNS = (("ref", "ref"), ("path", "path"), ("takes products", "leaf"))
MAPPINGS = (("id", "id"), ("field", "field"), ("value", "value"), ("category", "category_ref"))


@app.command("list")
def list_(
    account: Account,
    merchant: Merchant,
    q: Annotated[str | None, typer.Option("-q", metavar="TEXT", help="Words anywhere in the path.")] = None,
    parent: Annotated[str | None, typer.Option(metavar="REF", help='Only those right below; "": the roots.')] = None,
    leaves: Annotated[bool, typer.Option("--leaves", help="Only those that take products.")] = False,
    limit: Limit = 50,
    after: Annotated[int, typer.Option(min=-1, max=LARGEST, help="Only those behind this position.")] = -1,
    as_json: Json = False,
) -> None:
    """List the channel's categories in its own order."""
    from hub.crosslisting.service import categories as service
    from hub.crosslisting.store import categories

    with opening.opened_runtime(opening.settings()) as runtime, runtime.database.reading() as db:
        service.account_with_categories(runtime.channels, db, merchant, account)
        service.require_tree(db, account)
        found = categories.search(db, account, q=q, parent=parent, leaf=leaves or None, limit=limit + 1, after=after)
    following = str(found[limit - 1].position) if len(found) > limit else None
    showing.show_page(found[:limit], COLUMNS, following=following, as_json=as_json)


@app.command()
def refresh(
    account: Account,
    merchant: Merchant,
    wait: Annotated[bool, typer.Option("--wait", "-w", help="Stay until it has ended.")] = False,
    as_json: Json = False,
) -> None:
    """Fetch the channel's categories now; from then on that happens daily by itself."""
    from hub.cli import waiting
    from hub.crosslisting.service import categories as service
    from hub.kernel import jobs
    from hub.kernel.api.job_routes import found, shown
    from hub.kernel.events import CLI

    with opening.opened_runtime(opening.settings()) as runtime, runtime.database.writing() as db:
        ticket = service.refresh(runtime.channels, db, merchant, account, actor=CLI)
    if wait:
        ended = waiting.until_ended(ticket.job_id, quiet=as_json)
        showing.show(shown(ended), as_json=as_json)
        waiting.require_done(ended)
        return
    with opening.reading() as db:
        job: jobs.Job = found(db, ticket.job_id, merchant)
    showing.show(shown(job), as_json=as_json)


@app.command()
def mappings(
    account: Account, merchant: Merchant, limit: Limit = 50, cursor: Cursor = None, as_json: Json = False
) -> None:
    """List what is mapped to the channel's categories."""
    from hub.crosslisting.store import mappings as store

    after = paging.after(cursor) or ""
    with opening.reading() as db:
        _require_account(db, merchant, account)
        rows = store.listing(db, account, limit=limit + 1, after=after)
    paging.show_rows(rows, MAPPINGS, limit=limit, as_json=as_json)


@app.command("map")
def map_(
    account: Account,
    field: Annotated[str, typer.Argument(metavar="FIELD", help="An attribute or option of products, or: category.")],
    value: Annotated[str, typer.Argument(metavar="VALUE", help="What it says.")],
    category: Annotated[str, typer.Argument(metavar="REF", help="The channel's category.")],
    merchant: Merchant,
    as_json: Json = False,
) -> None:
    """Say where products whose FIELD is VALUE belong; the same words again move them."""
    from hub.crosslisting.schemas import NewMapping
    from hub.crosslisting.service import categories as service
    from hub.kernel.events import CLI

    wish = given.checked(NewMapping, {"field": field, "value": value, "category_ref": category})
    with opening.writing() as db:
        _require_account(db, merchant, account)
        kept = service.put_mapping(
            db, merchant, account, field=wish.field, value=wish.value, category_ref=wish.category_ref, actor=CLI
        )  # fmt: skip
    showing.show(kept, as_json=as_json)


@app.command()
def unmap(
    account: Account,
    mapping: Annotated[str, typer.Argument(metavar="MAPPING", help="The mapping, by id.")],
    merchant: Merchant,
    as_json: Json = False,
) -> None:
    """Take a mapping away."""
    from hub.crosslisting.service import categories as service
    from hub.kernel.events import CLI

    with opening.writing() as db:
        _require_account(db, merchant, account)
        gone = service.remove_mapping(db, merchant, account, mapping, actor=CLI)
    showing.show(gone, as_json=as_json)


def _require_account(db: Transaction, merchant: str, account: str) -> None:
    from hub.channels.service import standing

    standing.account(db, merchant, account)

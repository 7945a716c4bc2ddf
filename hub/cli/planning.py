"""`hub stock mode`, `plan` and `approve`: what would be told to an account, and who lets it be told."""

from __future__ import annotations

from typing import Annotated

import typer

from hub.cli import opening, showing
from hub.cli.options import Account, Cursor, Json, Limit

app = typer.Typer(rich_markup_mode=None)

ROWS = (
    ("listing", "listing_id"), ("place", "place_ref"), ("standing", "standing"), ("plan", "offered"),
    ("now", "offered_now"), ("shown", "shown"), ("expected", "expected"), ("live", "live"), ("read", "live_at"),
    ("difference", "difference"), ("cause", "cause"), ("told", "told"), ("reason", "reason"),
)  # fmt: skip
APPROVED = (
    ("listing", "listing_id"), ("place", "place_ref"), ("outcome", "outcome"), ("figure", "figure"),
    ("reason", "reason"),
)  # fmt: skip


@app.command()
def mode(
    account: Account,
    approved_only: Annotated[
        bool | None, typer.Option("--approved-only/--automatic", help="Let it be told so; without, show how it is.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Show, or say, whether an account is told of stock by itself, or only what a person has approved."""
    from hub.cli.places import found
    from hub.kernel.events import CLI
    from hub.stock.schemas.plans import Mode
    from hub.stock.service import planning

    with opening.writing() as db:
        merchant = found(db, account).merchant_id
        old = planning.mode(db, merchant, account, for_change=approved_only is not None)
        new = old if approved_only is None else approved_only
        planning.put_mode(db, merchant, account, old=old, new=new, actor=CLI)
    showing.show(Mode(approved_only=new), as_json=as_json)


@app.command()
def plan(
    account: Account,
    make: Annotated[bool, typer.Option("--make", help="Ask for a new one; it is made by a job.")] = False,
    limit: Limit = 50,
    cursor: Cursor = None,
    as_json: Json = False,
) -> None:
    """List what would be told to an account beside what it shows, by the newest plan; or ask for a new one."""
    from hub.cli.places import found
    from hub.kernel.events import CLI
    from hub.kernel.paging import cursor_of, position
    from hub.stock.schemas.plans import plan_view, row_view
    from hub.stock.service import planning

    at = position(cursor, str, str)
    with opening.writing() as db:
        merchant = found(db, account).merchant_id
        if make:
            showing.show(plan_view(planning.start(db, merchant, account, actor=CLI)), as_json=as_json)
            return
        newest = planning.expect(db, merchant, account)
        rows = planning.listed(db, newest, limit=limit, after=(str(at[0]), str(at[1])) if at else ("", ""))
    following = cursor_of(rows[limit - 1].planned.outlet) if len(rows) > limit else None
    items = [row_view(row) for row in rows[:limit]]
    if as_json:
        showing.document({"plan": plan_view(newest), "items": items, "next": following})
        return
    showing.say(f"plan {newest.id}, {newest.state.value}: {newest.rows} rows")
    showing.show_page(items, ROWS, following=following, as_json=False)


@app.command()
def approve(
    account: Account,
    plan_id: Annotated[
        str, typer.Option("--plan", metavar="ID", help="The plan that you looked at: `hub stock plan`.")
    ],
    listings: Annotated[list[str] | None, typer.Argument(metavar="[LISTING]...", help="Up to 200, by id.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="All rows of the plan.")] = False,
    place: Annotated[str, typer.Option(metavar="REF", help="The place; without: of an account without any.")] = "",
    as_json: Json = False,
) -> None:
    """Approve figures of a plan: exactly these are told; refused where a newer plan has replaced it."""
    from hub.cli.given import checked
    from hub.cli.places import found
    from hub.kernel.events import CLI
    from hub.stock.schemas.plans import Approval, approved_view
    from hub.stock.service import approving

    if bool(listings) == everything:
        raise typer.BadParameter("name listings by id, or give --all")
    rows = [{"listing_id": one, "place_ref": place} for one in listings or ()] or None
    with opening.writing() as db:
        merchant = found(db, account).merchant_id
        outlets = checked(Approval, {"plan_id": plan_id, "rows": rows, "all": everything}).outlets
        if outlets is None:
            ticket = approving.approve_all(db, merchant, account, plan_id, actor=CLI)
            db.flush()
            showing.show(approved_view([], ticket.job_id), as_json=as_json)
            return
        view = approved_view(approving.approve(db, merchant, account, plan_id, outlets, actor=CLI))
    showing.show_page(view.items, APPROVED, as_json=as_json)

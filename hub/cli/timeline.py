"""`hub stock timeline` and `stale`: what happened to a product, how it stood, and what is behind now."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from hub.cli import opening, showing
from hub.cli.options import Cursor, Json, Limit, Merchant, OfAccount

if TYPE_CHECKING:
    from hub.catalog.store.products import Product
    from hub.kernel.db import Transaction
    from hub.stock.service.timeline import Wanted

app = typer.Typer(rich_markup_mode=None)

Goods = Annotated[str, typer.Argument(metavar="PRODUCT", help="The product, by SKU or by id.")]
At = Annotated[str | None, typer.Option(help="How it stood at this instant, such as 2026-11-22T14:05:00Z.")]
OfKind = Annotated[
    str | None, typer.Option("--kind", help="Only movement, reserved, resized, released, push, agreed or change.")
]
OfListing = Annotated[str | None, typer.Option("--listing", metavar="ID", help="Only what concerns this listing.")]
From = Annotated[str | None, typer.Option("--from", metavar="INSTANT", help="From this instant on.")]
Until = Annotated[str | None, typer.Option("--until", metavar="INSTANT", help="Before this instant.")]
ENTRIES = (("at", "at"), ("kind", "kind"), ("what", "text"), ("order", "order_id"))
STALE = (
    ("since", "since"), ("channel", "channel"), ("shop", "account"), ("sku", "sku"), ("place", "place_ref"),
    ("told", "told"), ("why", "text"), ("what to do", "remedy"),
)  # fmt: skip
LYING = (("sku", "sku"), ("warehouse", "warehouse"), ("on hand", "on_hand"), ("reserved", "reserved"))


@app.command()
def timeline(
    product: Goods,
    merchant: Merchant,
    at: At = None,
    kind: OfKind = None,
    listing: OfListing = None,
    account: OfAccount = None,
    since: From = None,
    until: Until = None,
    limit: Limit = 50,
    cursor: Cursor = None,
    as_json: Json = False,
) -> None:
    """Tell what happened to a product, the newest first; with --at how it stood then, and what channels believed."""
    from hub.stock.rules.timeline import Kind
    from hub.stock.schemas.instants import span
    from hub.stock.service.timeline import Wanted

    if at is not None:
        if any((kind, listing, account, since, until, cursor)):
            raise typer.BadParameter("--at tells how it stood then: it takes no filters")
        _then(product, merchant, at, as_json=as_json)
        return
    if kind is not None and kind not in set(Kind):
        raise typer.BadParameter(f"{kind} is no kind of entry; one of {', '.join(Kind)}")
    wanted = Wanted(Kind(kind) if kind else None, listing, account, *span(since, until))
    _told(product, merchant, wanted, limit, cursor, as_json=as_json)


def _told(product: str, merchant: str, wanted: Wanted, limit: int, cursor: str | None, *, as_json: bool) -> None:
    from hub.kernel.paging import cursor_of
    from hub.stock.schemas.timeline import key_of, position_of, timeline_view
    from hub.stock.service import timeline as service

    before = position_of(cursor)
    with opening.reading() as db:
        one = _product(db, merchant, product)
        found = service.story(db, one, wanted, limit=limit, before=before)
    shown = found.entries[:limit]
    following = cursor_of(key_of(shown[-1].position)) if len(found.entries) > limit else None
    view = timeline_view(found, shown, following)
    if as_json:
        showing.document(view)
        return
    showing.show_page(view.items, ENTRIES, following=following, as_json=False)


def _then(product: str, merchant: str, at: str, *, as_json: bool) -> None:
    from hub.stock.schemas.instants import instant
    from hub.stock.schemas.looking_back import past_view
    from hub.stock.service import looking_back

    moment = instant(at, field="--at")
    with opening.reading() as db:
        view = past_view(looking_back.look_back(db, _product(db, merchant, product), moment))
    if as_json:
        showing.document(view)
        return
    showing.show_page(view.stock, LYING, as_json=False)
    for one in view.listings:
        showing.say(one.text)
    for note in view.notes:
        showing.say(f"Note: {note}.")


def _product(db: Transaction, merchant: str, named: str) -> Product:
    """The product of this SKU, else of this id: a SKU may look like an id, and an id is nobody's SKU."""
    from hub.kernel.errors import NotFound
    from hub.stock.service import timeline as service

    try:
        return service.product(db, merchant, sku=named)
    except NotFound:
        return service.product(db, merchant, product_id=named)


@app.command()
def stale(
    merchant: Merchant,
    older_than: Annotated[int, typer.Option(min=0, max=31_536_000, help="Only those behind for so many seconds.")] = 0,
    account: OfAccount = None,
    limit: Limit = 50,
    cursor: Cursor = None,
    as_json: Json = False,
) -> None:
    """List the figures that channels may be showing otherwise than they are offered, those behind longest first."""
    from datetime import timedelta

    from hub.kernel.paging import cursor_of
    from hub.kernel.types import microseconds
    from hub.stock.schemas.freshness import stale_view
    from hub.stock.schemas.timeline import instant_of
    from hub.stock.service import freshness
    from hub.stock.store.stale import START

    after = instant_of(cursor) or START
    with opening.reading() as db:
        rows = freshness.listed(
            db, merchant, older_than=timedelta(seconds=older_than), account_id=account, after=after, limit=limit
        )  # fmt: skip
    shown, following = rows[:limit], None
    if len(rows) > limit:
        following = cursor_of((microseconds(shown[-1].key[0]), *shown[-1].key[1:]))
    showing.show_page([stale_view(one) for one in shown], STALE, following=following, as_json=as_json)

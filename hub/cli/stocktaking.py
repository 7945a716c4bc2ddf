"""`hub stock export` and `import`: stocktakes by a workbook."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from hub.cli import opening, paging, showing
from hub.cli.options import LARGEST, Cursor, Json, Limit, Merchant
from hub.cli.uploading import content_of

if TYPE_CHECKING:
    from hub.kernel.sealing import KeyRing

app = typer.Typer(rich_markup_mode=None)

StocktakeId = Annotated[str, typer.Argument(metavar="STOCKTAKE", help="The stocktake, by id.")]
Ended = Literal["booked", "same", "refused"]
COLUMNS = (
    ("id", "id"), ("state", "state"), ("rows", "rows"), ("outcomes", "outcomes"), ("since", "created_at"),
)  # fmt: skip
ROWS = (
    ("row", "number"), ("warehouse", "warehouse"), ("sku", "sku"), ("counted", "counted"), ("moved", "moved"),
    ("outcome", "outcome"), ("cells", "errors"),
)  # fmt: skip


@app.command("export")
def export(
    merchant: Merchant,
    warehouses: Annotated[
        list[str] | None, typer.Option("--warehouse", "-w", metavar="ID", help="Only this one, or several.")
    ] = None,
    q: Annotated[
        str | None, typer.Option("-q", metavar="TEXT", help="The beginning of the SKU or of the name.")
    ] = None,
    stocked: Annotated[bool, typer.Option("--stocked", help="Only what is known to lie there.")] = False,
    as_json: Json = False,
) -> None:
    """Ask for a workbook of what lies where, to fill in what is counted; a notice tells when it is there."""
    from hub.cli.given import checked
    from hub.kernel.events import CLI
    from hub.stock.schemas.stocktakes import NewStocktake, stocktake_view
    from hub.stock.service import stocktaking

    wish = checked(NewStocktake, {"warehouse_ids": warehouses or [], "q": q, "stocked": stocked})
    with opening.writing() as db:
        view = stocktake_view(stocktaking.start(db, merchant, wish.chosen, actor=CLI))
    showing.show(view, as_json=as_json)


@app.command("import")
def import_(
    stocktake: StocktakeId,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The workbook, filled in.")],
    merchant: Merchant,
    as_json: Json = False,
) -> None:
    """Hand in the filled workbook: what was counted is booked, row by row, and each row once."""
    from hub.kernel.events import CLI
    from hub.stock.schemas.stocktakes import stocktake_view
    from hub.stock.service import stocktaking

    content = content_of(file)
    ring = _ring()
    with opening.writing() as db:
        view = stocktake_view(stocktaking.hand_in(ring, db, merchant, stocktake, content, actor=CLI))
    showing.show(view, as_json=as_json)


@app.command()
def stocktakes(merchant: Merchant, limit: Limit = 50, cursor: Cursor = None, as_json: Json = False) -> None:
    """List a merchant's stocktakes, the newest first."""
    from hub.stock.schemas.stocktakes import stocktake_view
    from hub.stock.store import stocktakes as store

    before = paging.after(cursor)
    with opening.reading() as db:
        found = store.page(db, merchant, limit=limit, before=before)
    paging.show_rows([stocktake_view(one) for one in found], COLUMNS, limit=limit, as_json=as_json)


@app.command()
def stocktake(stocktake: StocktakeId, merchant: Merchant, as_json: Json = False) -> None:
    """Show a stocktake and how its rows ended."""
    from hub.stock.schemas.stocktakes import stocktake_view
    from hub.stock.service import stocktaking

    with opening.reading() as db:
        view = stocktake_view(stocktaking.expect(db, merchant, stocktake))
    showing.show(view, as_json=as_json)


@app.command()
def counted(
    stocktake: StocktakeId,
    merchant: Merchant,
    outcome: Annotated[Ended | None, typer.Option(help="Only rows that ended so.")] = None,
    limit: Limit = 50,
    after: Annotated[int, typer.Option(min=0, max=LARGEST, help="Only rows behind this one.")] = 0,
    as_json: Json = False,
) -> None:
    """List the rows of a stocktake that somebody counted, and what became of them."""
    from hub.stock.rules.stocktaking import Outcome
    from hub.stock.schemas.stocktakes import row_view
    from hub.stock.service import stocktaking
    from hub.stock.store import counts

    wanted = Outcome(outcome) if outcome else None
    with opening.reading() as db:
        found = stocktaking.expect(db, merchant, stocktake)
        rows = counts.page(db, found.id, limit=limit + 1, after=after, outcome=wanted)
    following = str(rows[limit - 1].number) if len(rows) > limit else None
    showing.show_page([row_view(row) for row in rows[:limit]], ROWS, following=following, as_json=as_json)


def _ring() -> KeyRing:
    from hub.cli.folder import naming_folders
    from hub.kernel.sealing import open_ring

    settings = opening.settings()
    with naming_folders(settings):
        return open_ring(settings)

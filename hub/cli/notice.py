"""`hub notice`: what people should know."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from hub.cli import opening, paging, showing
from hub.cli.options import Cursor, Json, Limit, Merchant

app = typer.Typer(rich_markup_mode=None)

Level = Literal["info", "warning", "failure"]
NoticeId = Annotated[str, typer.Argument(metavar="NOTICE", help="The notice, by id.")]
COLUMNS = (
    ("id", "id"), ("level", "level"), ("title", "title"), ("text", "text"), ("since", "created_at"),
    ("read", "read_at"),
)  # fmt: skip


@app.command("list")
def list_(
    merchant: Merchant,
    unread: Annotated[bool, typer.Option("--unread", help="Only those that nobody has read.")] = False,
    level: Annotated[Level | None, typer.Option(help="Only those that matter so much.")] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
    as_json: Json = False,
) -> None:
    """List what a merchant's people should know, the newest first."""
    from hub.merchants import service as merchants
    from hub.notices import rules, store

    before = paging.after(cursor)
    wanted = rules.Level(level) if level else None
    with opening.reading() as db:
        merchants.merchant(db, merchant)
        rows = store.listing(db, merchant, limit=limit + 1, before=before, unread=unread, level=wanted)
    paging.show_rows(rows, COLUMNS, limit=limit, as_json=as_json)


@app.command()
def show(notice: NoticeId, merchant: Merchant, as_json: Json = False) -> None:
    """Show a notice."""
    from hub.notices import service

    with opening.reading() as db:
        found = service.notice(db, merchant, notice)
    showing.show(found, as_json=as_json)


@app.command()
def read(notice: NoticeId, merchant: Merchant, as_json: Json = False) -> None:
    """Take a notice out of what is unread."""
    from hub.kernel.events import CLI
    from hub.notices import service

    with opening.writing() as db:
        found = service.read(db, merchant, notice, actor=CLI)
    showing.show(found, as_json=as_json)


@app.command()
def download(
    notice: NoticeId,
    merchant: Merchant,
    to: Annotated[Path | None, typer.Option("--to", metavar="FILE", help="Where to write it.")] = None,
) -> None:
    """Save the file that a notice links to, here or under another name."""
    from hub.cli.folder import naming_folders
    from hub.kernel import files
    from hub.kernel.errors import Refused
    from hub.kernel.sealing import open_ring
    from hub.notices import service

    settings = opening.settings()
    with naming_folders(settings):
        ring = open_ring(settings)
    with opening.reading() as db:
        found = service.notice(db, merchant, notice)
        if found.link is None:
            raise Refused("this notice has no file; its text says all", code="no_file")
        kind, digest = files.kind_and_digest(found.link)
        file = files.get(db, ring, digest, merchant_id=merchant, kind=kind)
    target = to or Path(file.name)
    try:
        target.write_bytes(file.content)
    except OSError as error:
        raise typer.BadParameter(f"{target} cannot be written: {error.strerror}; choose another with --to") from error
    showing.say(str(target))

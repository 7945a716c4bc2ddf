"""`hub db`: the database's revision."""

from __future__ import annotations

from typing import Annotated

import typer

from hub.cli import opening, showing
from hub.cli.options import Json, Yes, require_yes

app = typer.Typer(rich_markup_mode=None)


@app.command()
def upgrade(
    revision: Annotated[str, typer.Argument(help="Where to; the newest by default.")] = "head", as_json: Json = False
) -> None:
    """Bring the database to a newer revision, the newest by default."""
    _move(revision, up=True, as_json=as_json)


@app.command()
def downgrade(
    revision: Annotated[str, typer.Argument(help="Where to; `base` removes everything.")],
    yes: Yes = False,
    as_json: Json = False,
) -> None:
    """Take the database back to an older revision; what that one does not know is lost."""
    require_yes("What the older revision does not know is lost.", given=yes)
    _move(revision, up=False, as_json=as_json)


@app.command()
def current(as_json: Json = False) -> None:
    """Show the revision of the database and the one that this hub needs."""
    from hub.kernel import migrating

    settings = opening.settings()
    with opening.opened_database(settings, migrated=False) as database:
        stands, needed = migrating.current(database), migrating.newest()
    told = {
        "database": opening.shown_url(settings),
        "revision": stands,
        "newest": needed,
        "is_newest": stands == needed,
    }
    showing.show(told, as_json=as_json)


def _move(revision: str, *, up: bool, as_json: bool) -> None:
    from alembic.util.exc import CommandError

    from hub.kernel import migrating

    with opening.opened_database(opening.settings(), migrated=False) as database:
        before = migrating.current(database)
        try:
            (migrating.upgrade if up else migrating.downgrade)(database, revision)
        except CommandError as error:
            raise typer.BadParameter(f"{error}; `hub db current` shows where the database stands") from error
        after = migrating.current(database)
    showing.show({"before": before, "revision": after}, as_json=as_json)

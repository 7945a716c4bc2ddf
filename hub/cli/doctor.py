"""`hub doctor`: what keeps the hub from working, and the cure of each."""

from __future__ import annotations

import typer

from hub.cli.options import Json

app = typer.Typer(rich_markup_mode=None)


@app.command()
def doctor(as_json: Json = False) -> None:
    """Look at settings, database, Redis, keys, plugins and disk; exit 1 where something fails."""
    from hub.cli.checks import report
    from hub.cli.examining import examine

    report(list(examine()), as_json=as_json)

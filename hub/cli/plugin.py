"""`hub plugin`: what is installed, and who may use it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from hub.cli import opening, showing
from hub.cli.options import Json, Merchant

app = typer.Typer(rich_markup_mode=None)

Name = Annotated[str, typer.Argument(metavar="PLUGIN")]
INSTALLED = (
    ("name", "name"), ("version", "version"), ("from", "distribution"), ("offers", "offers"), ("refused", "refused"),
)  # fmt: skip
SWITCHES = (
    ("plugin", "plugin"), ("enabled", "enabled"), ("draining", "draining"), ("running", "in_flight"),
    ("since", "changed_at"),
)  # fmt: skip


@app.command("list")
def list_(as_json: Json = False) -> None:
    """List what is installed: what each plugin can do, or why it was refused."""
    from hub.channels.schemas import showing as views

    with opening.opened_runtime(opening.settings()) as runtime:
        showing.show_page(views.plugins(runtime.channels), INSTALLED, as_json=as_json)


@app.command()
def show(name: Name, as_json: Json = False) -> None:
    """Show a plugin's capabilities, its checklist, and the settings that an account needs."""
    from hub.channels.schemas import showing as views

    with opening.opened_runtime(opening.settings()) as runtime:
        detail = views.plugin_detail(runtime.channels, name)
    if as_json:
        showing.document(detail)
        return
    showing.show(detail.sheet, as_json=False)
    required = detail.settings_schema["required"]
    fields = [
        {"name": field, "required": field in required, "what": about.get("description", about.get("title", ""))}
        for field, about in detail.settings_schema["properties"].items()
    ]
    columns = (("setting", "name"), ("required", "required"), ("what it is", "what"))
    showing.show_page(fields, columns, as_json=False)


@app.command()
def enable(name: Name, merchant: Merchant, as_json: Json = False) -> None:
    """Let a merchant use a plugin."""
    _turn(name, merchant, enabled=True, as_json=as_json)


@app.command()
def disable(name: Name, merchant: Merchant, as_json: Json = False) -> None:
    """Take a plugin from a merchant; what runs ends at its next page, and nothing new begins."""
    _turn(name, merchant, enabled=False, as_json=as_json)


@app.command()
def status(merchant: Merchant, as_json: Json = False) -> None:
    """Show which plugins a merchant may use, and what still runs of a disabled one."""
    from hub.channels.schemas import showing as views
    from hub.merchants import service as merchants

    with opening.opened_runtime(opening.settings()) as runtime, runtime.database.reading() as db:
        merchants.merchant(db, merchant)
        found = views.switches(runtime.channels, db, merchant)
    showing.show_page(found, SWITCHES, as_json=as_json)


@app.command()
def new(
    name: Annotated[str, typer.Argument(metavar="NAME", help="The channel's name, such as cornershop.")],
    into: Annotated[Path, typer.Option(metavar="DIR", help="Where its folder goes.")] = Path(),
    as_json: Json = False,
) -> None:
    """Write a new plugin with a sandbox and tests that pass."""
    from hub_hookspecs.scaffold import Refused, write_plugin

    try:
        folder = write_plugin(name, into=into)
    except Refused as refused:
        raise typer.BadParameter(str(refused)) from refused
    showing.show({"folder": str(folder), "next": f"cd {folder} && python -m pytest"}, as_json=as_json)


@app.command()
def check(
    name: Annotated[str, typer.Argument(metavar="PLUGIN", help="An installed plugin, or the module of one.")],
    as_json: Json = False,
) -> None:
    """Say everything that speaks against loading a plugin; needs neither database nor network."""
    from hub.cli.admitting import objections_to

    found = [{"objection": text} for text in objections_to(name)]
    if found or as_json:
        showing.show_page(found, (("objection", "objection"),), as_json=as_json)
    if found:
        raise typer.Exit(1)
    showing.say(f"Nothing speaks against loading {name}.", as_json=as_json)


@app.command()
def doctor(as_json: Json = False) -> None:
    """Look for what keeps plugins from working: refusals, missing sandboxes, accounts that wait for a person."""
    from hub.cli.admitting import examine
    from hub.cli.checks import report

    with opening.opened_runtime(opening.settings()) as runtime:
        found = examine(runtime)
    report(found, as_json=as_json)


def _turn(name: str, merchant: str, *, enabled: bool, as_json: bool) -> None:
    from hub.channels.schemas import showing as views
    from hub.channels.service import switching
    from hub.kernel.events import CLI

    with opening.opened_runtime(opening.settings()) as runtime, runtime.database.writing() as db:
        switching.turn(runtime.channels, db, merchant, name, enabled=enabled, actor=CLI)
        found = views.switch(runtime.channels, db, merchant, name)
    showing.show(found, as_json=as_json)

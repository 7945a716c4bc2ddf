"""The tree of nouns and verbs, of which a run needs one noun."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module

import typer

from hub.cli import doctor, running

NOUNS = {
    "db": ("db", "The database and its revision."),
    "merchant": ("merchant", "Merchants, and what their plans contain."),
    "key": ("key", "API keys, and the key ring that seals secrets."),
    "plugin": ("plugin", "Plugins: what is installed, what it can do, and who may use it."),
    "account": ("account", "Merchants' accounts on channels."),
    "access": ("access", "Requests to our team for a store's API data."),
    "warehouse": ("warehouse", "Where a merchant's goods lie."),
    "import": ("imports", "Imports of what a channel lists."),
    "listing": ("listing", "What channels list, and a person's word on it."),
    "product": ("product", "What the merchant sells."),
    "stock": ("stock", "What lies where, and what moves it."),
    "parent": ("parent", "What groups variants of one thing."),
    "category": ("category", "Categories of an account's channel, and what is mapped to them."),
    "crosslisting": ("crosslisting", "Products out to other channels, by a workbook."),
    "order": ("order", "Orders of every channel, and manual ones."),
    "rule": ("rule", "Shipping rules: from which warehouses orders are sent."),
    "routing": ("routing", "Where an order is sent from, and why not from elsewhere."),
    "inbound": ("inbound", "Goods on their way to 3PLs, and what came of them."),
    "outbound": ("outbound", "What 3PLs are to send, and how far they are."),
    "webhook": ("webhook", "What channels sent by themselves, and what was refused."),
    "notice": ("notice", "What people should know."),
    "job": ("job", "Work that happens later: how far it is, and why it went wrong."),
    "event": ("event", "What happened, by whom, before and after."),
}


def tree(arguments: Sequence[str]) -> typer.Typer:
    """Every noun, of which only the one that `arguments` name has its verbs: the others would take longer than help."""
    asked = next((each for each in arguments if each in NOUNS), None)
    root = typer.Typer(
        name="hub",
        callback=hub,
        add_completion=False,
        rich_markup_mode=None,
        no_args_is_help=True,
        add_help_option=_may_be_help(arguments, at=0),
    )
    root.add_typer(running.app)
    root.add_typer(doctor.app)
    for noun, (module, about) in NOUNS.items():
        verbs = verbs_of(module) if noun == asked else typer.Typer()
        helps = _may_be_help(arguments, at=1)
        root.add_typer(verbs, name=noun, help=about, no_args_is_help=True, add_help_option=helps)
    return root


def verbs_of(module: str) -> typer.Typer:
    verbs: typer.Typer = import_module(f"hub.cli.{module}").app
    return verbs


def hub() -> None:
    """Tie marketplaces, points of sale and warehouses together.

    Settings are HUB_… variables. With --json a command prints one JSON document, with --debug everything that is
    logged and the traceback of a fault. It ends with 0 done, 1 refused, 2 wrong usage or setting, 70 a fault of the
    hub, 130 interrupted.
    """


def _may_be_help(arguments: Sequence[str], *, at: int) -> bool:
    """Whether a group needs its --help: for an option that is not given typer loads pydantic, as long as all else."""
    return len(arguments) <= at or arguments[at].startswith("-")

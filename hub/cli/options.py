"""The options that many verbs share."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

LARGEST = 2**31 - 1  # that a column of numbers bears on both databases
Json = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
Merchant = Annotated[
    str, typer.Option("--merchant", "-m", envvar="HUB_MERCHANT", metavar="ID", help="The merchant, by id.")
]
Account = Annotated[str, typer.Argument(metavar="ACCOUNT", help="The account, by id.")]
OfMerchant = Annotated[str | None, typer.Option("--merchant", "-m", metavar="ID", help="Only this merchant's.")]
OfAccount = Annotated[str | None, typer.Option("--account", "-a", metavar="ID", help="Only this account's.")]
Limit = Annotated[int, typer.Option("--limit", min=1, max=200, help="How many at most.")]
Cursor = Annotated[str | None, typer.Option("--cursor", help="Where to go on: copied from `next`.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]


def require_yes(question: str, *, given: bool) -> None:
    """Ask a person at a terminal; a script says --yes."""
    if given:
        return
    if not sys.stdin.isatty():
        raise typer.BadParameter(f"{question} Say --yes to go on")
    if not typer.confirm(f"{question} Go on?", err=True):
        raise typer.Exit(1)

"""One shape for every noun."""

from __future__ import annotations

import typer


def noun(about: str) -> typer.Typer:
    return typer.Typer(help=about, no_args_is_help=True, rich_markup_mode=None)

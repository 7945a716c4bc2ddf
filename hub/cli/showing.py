"""Prints answers: one JSON document for machines, tables for people."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec

PIPED_WIDTH = 260  # columns where no terminal says how many there are: ids stand whole, to be copied
# A shop's text must not steer the terminal.
_CONTROLS = dict.fromkeys((*range(9), *range(11, 32), *range(127, 160)), "·")
Column = tuple[str, str]  # what stands above it, and the path of the field


def show(record: object, *, as_json: bool) -> None:
    """One thing, field by field."""
    if as_json:
        document(record)
        return
    fields: Mapping[str, Any] = msgspec.to_builtins(record, builtin_types=(datetime,))  # Any: every kind of field
    grid = _table(("", "field"), ("", "value"), header=False)
    for name, value in fields.items():
        grid.add_row(name.replace("_", " "), _cell(value))
    _console().print(grid)


def show_page(
    items: Sequence[object], columns: Sequence[Column], *, following: str | None = None, as_json: bool
) -> None:
    """A list, or one page of it: `following` is the cursor of the next."""
    if as_json:
        document({"items": items, "next": following})
        return
    console = _console()
    table = _table(*columns)
    for item in items:
        fields = msgspec.to_builtins(item, builtin_types=(datetime,))
        table.add_row(*(_cell(_field(fields, path)) for _, path in columns))
    console.print(table if items else "none")
    if following:
        console.print(f"There are more: --cursor {following}", soft_wrap=True)


def document(value: object) -> None:
    """Exactly one JSON document on standard output."""
    sys.stdout.write(msgspec.json.format(msgspec.json.encode(value), indent=2).decode() + "\n")


def say(text: str, *, as_json: bool = False) -> None:
    """A line for people; where a machine reads, the document says it."""
    if not as_json:
        sys.stdout.write(harmless(text) + "\n")


def complain(text: str) -> None:
    """One line on standard error, whatever is in the text."""
    sys.stderr.write(harmless(" ".join(text.split())) + "\n")


def harmless(text: str) -> str:
    return text.translate(_CONTROLS)


def _console() -> Any:  # Any: rich is imported only where something is printed
    from rich.console import Console

    width = None if sys.stdout.isatty() else PIPED_WIDTH
    return Console(file=sys.stdout, width=width, markup=False, highlight=False, emoji=False)


def _table(*columns: Column, header: bool = True) -> Any:  # Any: see _console
    from rich import box
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD if header else None, show_header=header, pad_edge=False)
    for title, _ in columns:
        table.add_column(title, overflow="fold")
    return table


def _field(fields: Any, path: str) -> object:  # Any: a record as JSON would have it
    for name in path.split("."):
        fields = fields.get(name) if isinstance(fields, Mapping) else None
    return fields


def _cell(value: object) -> str:
    match value:
        case None | "" | () | []:
            return "–"
        case bool():
            return "yes" if value else "no"
        case datetime():
            return value.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%SZ")
        case Mapping():
            return "\n".join(f"{name}: {_cell(each)}" for name, each in value.items()) or "–"
        case list() | tuple():
            return "\n".join(_cell(each) for each in value)
        case _:
            return harmless(str(value))

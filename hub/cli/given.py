"""What a person gives a command: checked like a body of the API, and settings that keep secrets off the screen."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import msgspec
import typer

from hub.kernel.wording import in_words

if TYPE_CHECKING:
    from hub.channels.host import Host

T = TypeVar("T", bound=msgspec.Struct)
LONGEST = 1_000_000  # bytes of a file of settings

Set = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="NAME=VALUE", help="A setting. Others may see it while the command runs."),
]
SetFile = Annotated[
    list[str] | None, typer.Option("--set-file", metavar="NAME=PATH", help="A setting that stands in a file.")
]
SettingsFile = Annotated[
    str | None, typer.Option("--settings", metavar="FILE", help="A JSON object of settings; - reads standard input.")
]


def checked(kind: type[T], values: Mapping[str, object], *, keep_none: Sequence[str] = ()) -> T:
    """Hold arguments to the limits that the API has; None means that an option was left out."""
    given = {name: value for name, value in values.items() if value is not None or name in keep_none}
    try:
        return msgspec.convert(given, kind)
    except msgspec.ValidationError as error:
        reason, _, path = str(error).partition(" - at ")
        field = path.strip("`").removeprefix("$.")
        kinds = {each.encode_name: each.type for each in msgspec.structs.fields(kind)}
        raise typer.BadParameter(f"{field or 'argument'}: {in_words(reason, kinds.get(field))}") from error


def settings_given(
    pairs: Sequence[str] | None, files: Sequence[str] | None, source: str | None
) -> dict[str, Any]:  # Any: whatever was typed in
    """Everything given, each setting once."""
    given = _from_json(source) if source else {}
    for name, path in map(_split, files or ()):
        _add(given, name, _read(path).decode().removesuffix("\n"))
    for name, value in map(_split, pairs or ()):
        _add(given, name, value)
    return given


def asked_for(host: Host, given: Mapping[str, Any]) -> dict[str, Any]:  # Any: whatever was typed in
    """Ask a person at a terminal for the required settings that are missing; secrets are not echoed."""
    from hub_hookspecs.admission import secret_fields

    from hub.channels.host import settings_schema

    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        return dict(given)
    schema, hidden = settings_schema(host), secret_fields(host.channel.settings)
    answers = {
        name: typer.prompt(schema["properties"][name].get("title") or name, hide_input=name in hidden, err=True)
        for name in schema["required"]
        if name not in given
    }
    return {**given, **answers}


def _from_json(source: str) -> dict[str, Any]:  # Any: whatever was typed in
    from hub.kernel.api.bodies import decode

    found: dict[str, Any] = decode(
        sys.stdin.buffer.read(LONGEST + 1) if source == "-" else _read(source), dict[str, Any]
    )
    return found


def _read(path: str) -> bytes:
    try:
        with Path(path).open("rb") as file:
            return file.read(LONGEST + 1)
    except OSError as error:
        raise typer.BadParameter(f"{path}: cannot be read: {error.strerror}") from error


def _split(pair: str) -> tuple[str, str]:
    name, equals, value = pair.partition("=")
    if not name or not equals:
        raise typer.BadParameter("write a setting as NAME=VALUE, or NAME=PATH with --set-file")
    return name, value


def _add(given: dict[str, Any], name: str, value: str) -> None:  # Any: whatever was typed in
    if name in given:
        raise typer.BadParameter(f"the setting {name} is given twice")
    given[name] = value

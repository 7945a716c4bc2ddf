"""Makes a form of a plugin's settings type, and settings of what was filled in: every wrong field is named at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from types import MappingProxyType
from typing import Any

import msgspec

from hub.channels.host.checking import has_nul
from hub.channels.host.facade import Host
from hub.kernel.errors import FieldError, Invalid
from hub.kernel.wording import in_words

NOTHING: Mapping[str, str] = MappingProxyType({})
_SHOWN = 60  # characters of a wrong field's name


def settings_schema(host: Host) -> dict[str, Any]:  # Any: JSON Schema
    """Give the JSON Schema of what a person fills in; what the hub generates is not in it."""
    defined = dict(_described(host.channel.settings))
    schema = dict(defined.pop(host.channel.settings.__name__))
    generated = generated_settings(host)
    schema["properties"] = {name: field for name, field in schema["properties"].items() if name not in generated}
    schema["required"] = [name for name in schema.get("required", ()) if name not in generated]
    schema["additionalProperties"] = False
    return schema | ({"$defs": defined} if defined else {})


def generated_settings(host: Host) -> Mapping[str, str]:
    """Name the settings that the hub makes itself, with their sort: "rsa-2048" or "secret"."""
    fields = _described(host.channel.settings)[host.channel.settings.__name__]["properties"]
    return {name: field["generated"] for name, field in fields.items() if "generated" in field}


@cache  # asked each time that an account's door is opened
def _described(settings: type[msgspec.Struct]) -> Mapping[str, Any]:  # Any: JSON Schema
    """The settings and what they are made of, by name; nobody changes it."""
    _, defined = msgspec.json.schema_components([settings])
    return MappingProxyType(defined)


def settings_from(
    host: Host,
    given: Mapping[str, object],
    *,
    generated: Mapping[str, str] = NOTHING,
    strict: bool = True,
) -> msgspec.Struct:
    """Convert what was filled in, or raise `Invalid` with every field that is wrong and its cure.

    `strict=False` reads numbers and truth values from text, as a command line or a form gives them. A generated value
    that is not there yet stands as "".
    """
    own = generated_settings(host)
    errors = [*_unknown(host, given, own), *_wrong(host, given, own, strict=strict)]
    if errors:
        raise Invalid(f"{host.channel.title}: {_summary(errors)}", code="invalid_settings", errors=tuple(errors))
    whole = {**given, **{name: generated.get(name, "") for name in own}}
    try:
        return msgspec.convert(whole, host.channel.settings, strict=strict)
    except msgspec.ValidationError as error:  # a rule of the settings as a whole
        wrong = _of_the_whole(host, error)
        message = f"{host.channel.title}: {_summary([wrong])}"
        raise Invalid(message, code="invalid_settings", errors=(wrong,)) from error


def _unknown(host: Host, given: Mapping[str, object], own: Mapping[str, str]) -> Iterator[FieldError]:
    known = [field.encode_name for field in msgspec.structs.fields(host.channel.settings)]
    for name in given:
        shown = ascii(name)[1:-1][:_SHOWN]
        if name in own:
            yield FieldError(field=shown, message="the hub makes this itself: leave it out")
        elif name not in known:
            settable = ", ".join(field for field in known if field not in own)
            yield FieldError(field=shown, message=f"there is no such setting; there are {settable}")


def _wrong(host: Host, given: Mapping[str, object], own: Mapping[str, str], *, strict: bool) -> Iterator[FieldError]:
    described = settings_schema(host)["properties"]
    for field in msgspec.structs.fields(host.channel.settings):
        name = field.encode_name
        if name in own:
            continue
        cure = described[name].get("description", "")
        if name not in given:
            if field.required:
                yield FieldError(field=name, message=f"is required. {cure}".rstrip())
            continue
        reason = _objection(given[name], field.type, strict=strict)
        if reason:
            yield FieldError(field=name, message=f"{reason}. {cure}".rstrip())


def _objection(value: object, kind: Any, *, strict: bool) -> str:  # Any: a typing form
    try:
        msgspec.convert(value, kind, strict=strict)
        text = msgspec.json.encode(value)
    except msgspec.ValidationError as error:
        inside = _path(error)
        return f"{inside}: {_reason(error)}" if inside else _reason(error)
    except UnicodeEncodeError:
        return "contains half a character (a lone surrogate): type it again"
    except (TypeError, OverflowError, RecursionError):
        return "is not a value that a setting can have"
    return "contains a NUL character: type it again" if has_nul(text) else ""


def _of_the_whole(host: Host, error: msgspec.ValidationError) -> FieldError:
    """What a plugin's own rule says, at the setting with which its message begins; "" where it begins with none."""
    said, inside = str(error).split(" - at `$")[0], _path(error)
    named = said.partition(" ")[0].rstrip(":")
    if not inside and named in (field.encode_name for field in msgspec.structs.fields(host.channel.settings)):
        return FieldError(field=named, message=said.removeprefix(named).lstrip(": "))
    return FieldError(field=inside, message=_reason(error))


def _reason(error: msgspec.ValidationError) -> str:
    return in_words(str(error).split(" - at `$")[0])


def _path(error: msgspec.ValidationError) -> str:
    return str(error).partition(" - at `$")[2].rstrip("`").lstrip(".")


def _summary(errors: list[FieldError]) -> str:
    return "; ".join(f"{error.field}: {error.message}" if error.field else error.message for error in errors)

"""The declaration: complete, true to what is implemented, and fit to make a form and decisions of."""

from __future__ import annotations

import dataclasses
import re
import typing
from collections.abc import Iterator, Mapping
from datetime import timedelta

import msgspec

from hub_hookspecs.admission.shape import Hooks
from hub_hookspecs.channel import Capability, Channel, Kind, Paper

MANDATORY = ("describe_channel", "check_account")
COMPANIONS = {
    Capability.PUSH_PRODUCT: "find_listing",
    Capability.IMPORT_ORDERS: "read_orders",
    Capability.PUSH_INBOUND: "read_tasks",
    Capability.PUSH_OUTBOUND: "read_tasks",
}
_FIELDS = msgspec.defstruct(
    "Declaration", [(name, kind) for name, kind in typing.get_type_hints(Channel).items() if name != "settings"]
)
_SLUG = re.compile(r"[a-z][a-z0-9_]{0,39}")
_COUNTRY = re.compile(r"[A-Z]{2}")
_SECRETIVE = re.compile(r"secret|password|token|api_?key|private_?key|credential")


def secret_fields(settings: type[msgspec.Struct]) -> frozenset[str]:
    """Name the settings that are write-only: `Secret` and the generated ones."""
    info = msgspec.inspect.type_info(settings)
    fields = info.fields if isinstance(info, msgspec.inspect.StructType) else ()
    return frozenset(field.name for field in fields if _is_write_only(field.type))


def _is_write_only(kind: msgspec.inspect.Type) -> bool:
    if isinstance(kind, msgspec.inspect.UnionType):
        return any(map(_is_write_only, kind.types))
    return isinstance(kind, msgspec.inspect.Metadata) and bool((kind.extra_json_schema or {}).get("writeOnly"))


def ill_typed(channel: Channel) -> Iterator[str]:
    """Hold every field to its type; a dataclass does not. `settings` is a class: `unfit_settings` looks at it."""
    given = {field.name: getattr(channel, field.name) for field in dataclasses.fields(channel)}
    given = {name: dict(value) if isinstance(value, Mapping) else value for name, value in given.items()}
    del given["settings"]
    try:
        msgspec.msgpack.decode(msgspec.msgpack.encode(given), type=_FIELDS)
    except (msgspec.MsgspecError, TypeError, ValueError, OverflowError) as error:
        yield f"describe_channel: {error}"


def undeclared(channel: Channel) -> Iterator[str]:
    for capability in Capability:
        if capability not in channel.offers and capability not in channel.lacks:
            yield f"{capability} is neither offered nor lacking; say which, with a reason where it is lacking"


def declared_twice(channel: Channel) -> Iterator[str]:
    for capability in sorted(channel.offers & channel.lacks.keys()):
        yield f"{capability} is both offered and lacking"


def without_reason(channel: Channel) -> Iterator[str]:
    for lacking, reason in (*channel.lacks.items(), *channel.lacks_papers.items()):
        if not reason.strip():
            yield f"{lacking} is lacking without a reason that an operator can read"
    if channel.offline and not channel.offline.strip():
        yield "offline must say why the channel talks to no network"


def not_implemented(channel: Channel, hooks: Hooks) -> Iterator[str]:
    for name in sorted({*MANDATORY, *channel.offers} - hooks.keys()):
        yield f"{name} is {'mandatory' if name in MANDATORY else 'offered'} and not implemented"


def not_offered(channel: Channel, hooks: Hooks) -> Iterator[str]:
    for capability in Capability:
        if capability in hooks and capability not in channel.offers:
            yield f"{capability} is implemented and not offered"


def missing_companions(channel: Channel, hooks: Hooks) -> Iterator[str]:
    for capability, companion in COMPANIONS.items():
        if capability in channel.offers and companion not in hooks:
            yield f"{capability} needs {companion} beside it"
    if channel.token_settings and "authenticate" not in hooks:
        yield "token_settings need authenticate beside them"


def unaccounted_papers(channel: Channel) -> Iterator[str]:
    if channel.kind is Kind.FULFILMENT:
        return
    for paper in Paper:
        if (paper in channel.supplies) is (paper in channel.lacks_papers):
            yield f"{paper} must be either supplied or lacking, with a reason"


def unknown_token_settings(channel: Channel) -> Iterator[str]:
    for name in channel.token_settings:
        if name not in channel.settings.__struct_fields__:
            yield f"token_settings name {name}, which is not a setting"


def not_a_slug(channel: Channel) -> Iterator[str]:
    if not _SLUG.fullmatch(channel.name):
        yield f"the name {channel.name!r} must be a slug: lower-case letters, digits and _, at most 40"


def unfit_settings(channel: Channel) -> Iterator[str]:
    settings: object = channel.settings  # whatever a stranger wrote
    if not (isinstance(settings, type) and issubclass(settings, msgspec.Struct)):
        yield "settings must be a msgspec.Struct"
    elif not settings.__struct_config__.frozen:
        yield f"{settings.__name__} must be frozen: msgspec.Struct, frozen=True, kw_only=True"


def without_json_schema(channel: Channel) -> Iterator[str]:
    try:
        msgspec.json.schema(channel.settings)
    except TypeError as error:
        yield f"the settings have no JSON Schema, so no form can be made of them: {error}"


def unmarked_secrets(channel: Channel) -> Iterator[str]:
    secretive = {name for name in channel.settings.__struct_fields__ if _SECRETIVE.search(name)}
    for name in sorted(secretive - secret_fields(channel.settings)):
        yield f"the setting {name} sounds secret; annotate it with Secret"


def unsound_figures(channel: Channel) -> Iterator[str]:
    if channel.rate and (channel.rate.requests < 1 or channel.rate.per <= timedelta(0)):
        yield "rate must allow at least one request in a positive time"
    if channel.rate and channel.rate.scope not in {"account", "credentials", "endpoint"}:
        yield f"rate.scope {channel.rate.scope!r} must be account, credentials or endpoint"
    if channel.stock_batch < 1:
        yield "stock_batch must be at least 1"
    if min(channel.absent_means_lost_after, channel.orders_visible_after) < timedelta(0):
        yield "a delay must not be negative"
    if channel.offline and (channel.rate or channel.token_settings):
        yield "a channel that is offline has no rate and no token"


def unknown_countries(channel: Channel) -> Iterator[str]:
    for country in sorted(channel.countries):
        if not _COUNTRY.fullmatch(country):
            yield f"the country {country!r} must be two capital letters (ISO 3166)"

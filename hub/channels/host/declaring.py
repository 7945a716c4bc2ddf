"""Decides whether to believe a plugin's declaration, and completes it where the contract is newer than the plugin."""

from __future__ import annotations

import dataclasses
import re
import typing
from collections.abc import Iterable, Mapping
from types import ModuleType

import msgspec
from hub_hookspecs import Capability, Channel, admission
from hub_hookspecs.admission.declaration import undeclared
from packaging.requirements import InvalidRequirement, Requirement
from packaging.version import Version

FIRST = Version("0.1")
ADDED: Mapping[Capability, Version] = {}  # capabilities that came after the first contract, and with which version
PREDATES = "the plugin predates it"


class Unfit(ValueError):
    """The plugin must not be loaded; the message says everything that speaks against it."""


def declared(
    plugin: ModuleType, *, name: str, requires: Iterable[str] = (), added: Mapping[Capability, Version] = ADDED
) -> Channel:
    """Ask the plugin what it is and believe it, or raise `Unfit`."""
    objections = list(admission.objections(plugin))
    channel = _described(plugin)
    if channel is None:
        raise Unfit("; ".join(objections))
    _check_types(channel)
    complete = _completed(channel, requires=requires, added=added)
    excused = {*undeclared(channel)} - {*undeclared(complete)}
    reasons = [reason for reason in objections if reason not in excused]
    if channel.name != name:
        reasons.append(f"it calls itself {channel.name!r}, but its entry point is named {name!r}")
    if reasons:
        raise Unfit("; ".join(reasons))
    return complete


def _described(plugin: ModuleType) -> Channel | None:
    """Ask once more what `objections` has asked; None where it could not be asked."""
    describe = admission.implementations(plugin).get("describe_channel")
    answer = describe() if describe else None
    return answer if isinstance(answer, Channel) else None


def _check_types(channel: Channel) -> None:
    given = {field.name: getattr(channel, field.name) for field in dataclasses.fields(channel)}
    given.pop("settings")  # a class: `objections` looks at it
    try:
        msgspec.msgpack.decode(msgspec.msgpack.encode(given), type=_declaration())
    except (msgspec.MsgspecError, TypeError, ValueError, OverflowError) as error:
        raise Unfit(f"describe_channel: {error}") from error


def _declaration() -> type[msgspec.Struct]:
    hints = typing.get_type_hints(Channel)
    del hints["settings"]
    return msgspec.defstruct("Declaration", list(hints.items()), forbid_unknown_fields=True)


def _completed(channel: Channel, *, requires: Iterable[str], added: Mapping[Capability, Version]) -> Channel:
    built_for = _built_for(requires)
    newer = [capability for capability, since in added.items() if since > built_for]
    missing = {capability: PREDATES for capability in newer if capability not in channel.offers | channel.lacks.keys()}
    return dataclasses.replace(channel, lacks={**channel.lacks, **missing}) if missing else channel


def _built_for(requires: Iterable[str]) -> Version:
    """Find the oldest contract that the plugin's distribution says it works with."""
    for text in requires:
        try:
            requirement = Requirement(text)
        except InvalidRequirement:
            continue
        if re.sub(r"[-_.]+", "-", requirement.name.lower()) == "hub-hookspecs":
            floors = [
                Version(clause.version) for clause in requirement.specifier if clause.operator in (">=", "==", "~=")
            ]
            return max(floors, default=FIRST)
    return FIRST

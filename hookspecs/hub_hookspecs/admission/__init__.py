"""Says why a plugin must not be loaded: the rules the contract suite checks one by one and a host applies at once."""

from __future__ import annotations

from collections.abc import Iterator

from hub_hookspecs.admission.declaration import (
    declared_twice,
    ill_typed,
    missing_companions,
    not_a_slug,
    not_implemented,
    not_offered,
    secret_fields,
    unaccounted_papers,
    undeclared,
    unfit_settings,
    unknown_countries,
    unknown_token_settings,
    unmarked_secrets,
    unsound_figures,
    without_json_schema,
    without_reason,
)
from hub_hookspecs.admission.shape import (
    Hooks,
    implementations,
    misspelt,
    not_module_level,
    not_synchronous,
    with_defaults,
    with_foreign_arguments,
    with_keyword_only,
    wrapping,
)
from hub_hookspecs.channel import Channel

__all__ = ["Hooks", "implementations", "objections", "objections_to", "secret_fields"]


def objections(plugin: object) -> Iterator[str]:
    """Say everything that speaks against loading this plugin; nothing said means that it may be loaded.

    What `describe_channel` itself raises comes through.
    """
    hooks = implementations(plugin)
    shape = (not_synchronous, with_defaults, with_keyword_only, misspelt, with_foreign_arguments)
    found = [*not_module_level(plugin, hooks), *wrapping(plugin, hooks)]
    found += [reason for rule in shape for reason in rule(hooks)]
    yield from found
    if "describe_channel" not in hooks:
        yield "describe_channel is mandatory and not implemented"
    elif not found:  # a hook of the wrong shape cannot be asked
        yield from objections_to(hooks["describe_channel"](), hooks)


def objections_to(channel: object, hooks: Hooks) -> Iterator[str]:
    """Say everything that speaks against a declaration, given what is implemented."""
    if not isinstance(channel, Channel):
        yield f"describe_channel answered {type(channel).__name__}; it must answer a Channel"
        return
    if reasons := list(ill_typed(channel)):
        yield from reasons
        return
    for rule in (undeclared, declared_twice, without_reason, unaccounted_papers, not_a_slug, unsound_figures):
        yield from rule(channel)
    yield from unknown_countries(channel)
    for matching in (not_implemented, not_offered, missing_companions):
        yield from matching(channel, hooks)
    unfit = [*unfit_settings(channel)] or [*without_json_schema(channel)]
    yield from unfit or [*unknown_token_settings(channel), *unmarked_secrets(channel)]

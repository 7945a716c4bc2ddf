"""The shape of hook implementations: plain synchronous functions of a module, called as specified."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping
from types import FunctionType, ModuleType
from typing import Any

import pluggy

from hub_hookspecs.specs import ChannelSpec

Hooks = Mapping[str, Callable[..., Any]]  # Any: each hook answers with a type of its own
_SPECIFIED = {name: function for name, function in vars(ChannelSpec).items() if not name.startswith("_")}


def implementations(plugin: object) -> Hooks:
    """Find what is marked with `@hookimpl`, whether or not pluggy would accept it."""
    manager = pluggy.PluginManager("hub")
    marked = {name: manager.parse_hookimpl_opts(plugin, name) for name in dir(plugin)}
    return {options.get("specname") or name: getattr(plugin, name) for name, options in marked.items() if options}


def not_module_level(plugin: object, hooks: Hooks) -> Iterator[str]:
    if not isinstance(plugin, ModuleType):
        yield f"the plugin is {type(plugin).__name__}; it must be a module"
    for name, function in hooks.items():
        if not isinstance(function, FunctionType):
            yield f"{name} is a {type(function).__name__}; a hook is a plain function of the module"


def not_synchronous(hooks: Hooks) -> Iterator[str]:
    for name, function in hooks.items():
        if inspect.iscoroutinefunction(function) or inspect.isasyncgenfunction(function):
            yield f"{name} is async; the hub calls hooks from threads, so write `def {name}`"


def with_defaults(hooks: Hooks) -> Iterator[str]:
    for name, function in hooks.items():
        for parameter in inspect.signature(function).parameters.values():
            if parameter.default is not parameter.empty:
                yield f"{name}({parameter.name}=...) has a default; the hub always passes every argument"


def with_keyword_only(hooks: Hooks) -> Iterator[str]:
    for name, function in hooks.items():
        for parameter in inspect.signature(function).parameters.values():
            if parameter.kind is parameter.KEYWORD_ONLY:
                yield f"{name}(*, {parameter.name}) is keyword-only; use plain parameters"


def wrapping(plugin: object, hooks: Hooks) -> Iterator[str]:
    manager = pluggy.PluginManager("hub")
    for name in hooks:
        options = manager.parse_hookimpl_opts(plugin, name)
        if options and (options["wrapper"] or options["hookwrapper"]):
            yield f"{name} is a wrapper; a plugin answers its hooks and wraps none"


def misspelt(hooks: Hooks) -> Iterator[str]:
    for name in hooks:
        if name not in _SPECIFIED:
            yield f"{name} is not a hook; see ChannelSpec for the names"


def with_foreign_arguments(hooks: Hooks) -> Iterator[str]:
    for name in hooks.keys() & _SPECIFIED.keys():
        known = inspect.signature(_SPECIFIED[name]).parameters.keys() - {"self"}
        for foreign in inspect.signature(hooks[name]).parameters.keys() - known:
            yield f"{name} asks for {foreign}; the hub passes {', '.join(sorted(known)) or 'nothing'}"

"""Loads channel plugins one by one; one that must not be loaded is listed with its reason, and the rest go on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from importlib.metadata import EntryPoint, entry_points
from types import ModuleType

import msgspec
import structlog
from hub_hookspecs import Channel, load

from hub.channels.host.declaring import Unfit, declared
from hub.channels.host.errors import must_pass
from hub.channels.host.facade import Host

GROUP = "hub.plugins"
log = structlog.get_logger(__name__)


class Refusal(msgspec.Struct, frozen=True, kw_only=True):
    """A plugin that is installed and not loaded, and why."""

    name: str
    distribution: str
    version: str
    reason: str


class Hosts(msgspec.Struct, frozen=True, kw_only=True):
    """Every installed plugin by name: loaded, or refused."""

    loaded: Mapping[str, Host]
    refused: Mapping[str, Refusal]

    @property
    def declared(self) -> dict[str, Channel]:
        """What each loaded plugin says of its channel."""
        return {name: host.channel for name, host in self.loaded.items()}


class _Candidate(msgspec.Struct, frozen=True, kw_only=True):
    name: str
    distribution: str
    version: str
    requires: tuple[str, ...]
    source: EntryPoint | ModuleType

    def refused(self, reason: str) -> Refusal:
        return Refusal(name=self.name, distribution=self.distribution, version=self.version, reason=reason)


def load_hosts(
    plugins: Iterable[EntryPoint] | Mapping[str, ModuleType] | None = None,
    *,
    disabled: Collection[str] = (),
    deadline: float = 20.0,
) -> Hosts:
    """Load what is installed, or exactly `plugins`; a hook has `deadline` seconds for each of its answers."""
    loaded: dict[str, Host] = {}
    refused: dict[str, Refusal] = {}
    for name, candidates in sorted(_by_name(plugins).items()):
        first = candidates[0]
        if name in disabled:
            verdict: Host | Refusal = first.refused("disabled by the operator")
        elif len(candidates) > 1:  # loading one would let the order of installation decide who gets the credentials
            rivals = " and ".join(f"{rival.distribution} {rival.version}" for rival in candidates)
            verdict = first.refused(f"{rivals} both provide it; uninstall one")
        else:
            verdict = _admit(first, deadline=deadline)
        if isinstance(verdict, Host):
            loaded[name] = verdict
        else:
            refused[name] = verdict
            log.warning("plugin refused", plugin=name, distribution=verdict.distribution, reason=verdict.reason)
    return Hosts(loaded=loaded, refused=refused)


def _by_name(plugins: Iterable[EntryPoint] | Mapping[str, ModuleType] | None) -> dict[str, list[_Candidate]]:
    found: dict[str, list[_Candidate]] = defaultdict(list)
    for candidate in _candidates(entry_points(group=GROUP) if plugins is None else plugins):
        found[candidate.name].append(candidate)
    return found


def _candidates(plugins: Iterable[EntryPoint] | Mapping[str, ModuleType]) -> Iterator[_Candidate]:
    if isinstance(plugins, Mapping):
        for name, module in plugins.items():
            yield _Candidate(name=name, distribution=module.__name__, version="", requires=(), source=module)
        return
    for point in plugins:
        dist = point.dist
        yield _Candidate(
            name=point.name,
            distribution=dist.name if dist else point.value,
            version=dist.version if dist else "",
            requires=tuple(dist.requires or ()) if dist else (),
            source=point,
        )


def _admit(candidate: _Candidate, *, deadline: float) -> Host | Refusal:
    try:
        plugin = candidate.source.load() if isinstance(candidate.source, EntryPoint) else candidate.source
    except BaseException as error:  # a stranger's module may raise anything while it is imported, SystemExit too
        if must_pass(error):
            raise
        return candidate.refused(f"cannot be imported: {_one_line(error)}")
    try:
        channel: Channel = declared(plugin, name=candidate.name, requires=candidate.requires)
        manager = load(plugin)
    except Unfit as unfit:
        return candidate.refused(str(unfit))
    except BaseException as error:  # describe_channel is a stranger's code as well
        if must_pass(error):
            raise
        return candidate.refused(f"cannot be asked what it is: {_one_line(error)}")
    return Host(
        channel,
        manager=manager,
        distribution=candidate.distribution,
        version=candidate.version,
        deadline=deadline,
    )


def _one_line(error: BaseException) -> str:
    return " ".join(f"{type(error).__name__}: {error}".split())

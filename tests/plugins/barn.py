"""A 3PL that stands in this process: it says what it needs and where, and takes every outbound that it is told."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from types import ModuleType

import msgspec
from hub_hookspecs import (
    Absent,
    Account,
    AccountCheck,
    Capability,
    Channel,
    Kind,
    Outbound,
    Paper,
    Place,
    Receipt,
    TaskRef,
    TaskState,
    hookimpl,
)


class BarnSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which barn it is."""

    barn: str = "one"


class Barn:
    """The 3PL behind the plugin: what it declares, and what it was told."""

    def __init__(
        self, *, needs: Sequence[Paper] = (), countries: Sequence[str] = (), places: Sequence[str] = ("A",),
        country: str = "MY",
    ) -> None:  # fmt: skip
        self.needs, self.countries, self.country = frozenset(needs), frozenset(countries), country
        self.places = tuple(Place(ref=ref, name=f"Barn {ref}", country=country) for ref in places)
        self.told: list[Outbound] = []


def a_plugin(barn: Barn, name: str = "barn") -> ModuleType:
    """A plugin module for this barn."""
    offers = frozenset({Capability.PUSH_OUTBOUND})

    @hookimpl
    def describe_channel() -> Channel:
        return Channel(
            name=name, title="Barn", kind=Kind.FULFILMENT, settings=BarnSettings, offers=offers,
            lacks={each: "the barn only sends" for each in Capability if each not in offers},
            needs=barn.needs, countries=barn.countries, offline="it stands in this process",
        )  # fmt: skip

    @hookimpl
    def check_account(account: Account[BarnSettings]) -> AccountCheck:
        which = account.settings.barn
        return AccountCheck(identity=which, name=f"Barn {which}", country=barn.country, places=barn.places)

    @hookimpl
    def push_outbound(account: Account[BarnSettings], outbound: Outbound) -> Receipt:
        barn.told.append(outbound)
        return Receipt(ref=outbound.key)

    @hookimpl
    def read_tasks(account: Account[BarnSettings], tasks: Sequence[TaskRef]) -> Iterator[TaskState | Absent]:
        for task in tasks:
            yield Absent(key=task.key)

    module = ModuleType(f"hub_{name}")
    for hook in (describe_channel, check_account, push_outbound, read_tasks):
        setattr(module, hook.__name__, hook)
    return module

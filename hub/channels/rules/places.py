"""Which warehouses stand behind a place of an account, and what a mapping must say openly."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from hub_hookspecs import Place

IMPLIED = ""  # the ref of the one place that an account without places is


@dataclass(frozen=True, kw_only=True)
class Mapped:
    """A place with the warehouses behind it, by id; `shared` says that they or the place may be shared."""

    place_ref: str
    warehouses: tuple[str, ...]
    shared: bool = False


@dataclass(frozen=True, kw_only=True)
class Silent:
    """The entry of a mapping that shares without saying so; `also` is the place that has one of its warehouses too.

    None: it has several warehouses of its own.
    """

    at: int
    also: str | None = None


def present(places: Iterable[Place]) -> tuple[str, ...]:
    """The refs of the places that an account has now; one that names none is a place itself."""
    return tuple(place.ref for place in places) or (IMPLIED,)


def behind(now: Collection[str], mapping: Sequence[Mapped]) -> Mapping[str, tuple[str, ...]]:
    """Which warehouses' stock each place shows, by ref; `now` are the refs that the account has at this moment.

    A place that is not in the answer is unmapped or gone: nothing is told to it. One with no warehouse in the answer
    is told 0: all of its warehouses are shown at a place further up in the mapping.
    """
    shown: set[str] = set()
    answer: dict[str, tuple[str, ...]] = {}
    for each in mapping:
        if each.place_ref in now:
            answer[each.place_ref] = tuple(one for one in each.warehouses if one not in shown)
            shown.update(each.warehouses)
    return answer


def lasting(now: Collection[str], mapping: Sequence[Mapped]) -> list[Mapped]:
    """The mapping without the warehouses of gone places that would share them in silence with one that is there.

    It is nobody's slip: who maps a place does not think of those that are gone. One that comes back is mapped anew.
    """
    taken = {one for each in mapping if each.place_ref in now and not each.shared for one in each.warehouses}
    return [
        each if each.place_ref in now or each.shared or taken.isdisjoint(each.warehouses)
        else Mapped(place_ref=each.place_ref, warehouses=())
        for each in mapping
    ]  # fmt: skip


def silent(mapping: Sequence[Mapped]) -> list[Silent]:
    """Entries that share without saying so: of the places that share a warehouse all but one must say it."""
    found = {n: Silent(at=n) for n, each in enumerate(mapping) if len(each.warehouses) > 1 and not each.shared}
    holders: dict[str, list[int]] = defaultdict(list)
    for n, each in enumerate(mapping):
        for warehouse in each.warehouses:
            holders[warehouse].append(n)
    for sharing in holders.values():
        quiet = [n for n in sharing if not mapping[n].shared]
        for n in quiet[1:]:
            found.setdefault(n, Silent(at=n, also=mapping[quiet[0]].place_ref))
    return [found[n] for n in sorted(found)]

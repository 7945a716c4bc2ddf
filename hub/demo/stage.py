"""What is outside the hub while the story is played: sandboxes with their people, their post, and the time."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http import HTTPStatus
from importlib.metadata import entry_points
from typing import NamedTuple

import httpx
from hub_hookspecs import Capability, Channel, Kind
from hub_hookspecs.testing import Sandbox, ShopHands, WarehouseHands, serve

from hub.demo.calls import DemoFailed, Json
from hub.kernel.clock import Clock

APART = timedelta(minutes=5)  # half of what the strictest channel lets two clocks be
SHARES = (2, 1)  # two shops on each channel: what several sell is the class matched


@dataclass(frozen=True, eq=False)  # each is one of its own
class Actor:
    """A channel's sandbox, and what the plugin declares that speaks to it."""

    channel: Channel
    sandbox: Sandbox

    @property
    def plugin(self) -> str:
        return self.channel.name

    @property
    def title(self) -> str:
        return self.channel.title

    @property
    def wish(self) -> Json:
        """What a person fills in to connect it."""
        return {"plugin": self.plugin, "settings": self.sandbox.settings(), "preconditions_confirmed": True}


class Stall(NamedTuple):
    """A shop that has the story's goods on sale, under this ref."""

    actor: Actor
    hands: ShopHands
    listing: str

    @property
    def shown(self) -> int:
        return self.hands.shown(self.listing)


class Depot(NamedTuple):
    """A warehouse of a 3PL, and its people."""

    actor: Actor
    hands: WarehouseHands


@dataclass(frozen=True)
class Stage:
    """The hub answers at `address`; `inside` is its clock, `outside` that of the sandboxes."""

    address: str
    inside: Clock
    outside: Clock
    actors: tuple[Actor, ...]
    _post: deque[tuple[Actor, httpx.Request]] = field(default_factory=deque)  # that nobody has taken

    @property
    def shops(self) -> list[Actor]:
        return [each for each in self.actors if each.channel.kind is not Kind.FULFILMENT]

    def puts_on_sale(self, name: str, sku: str, units: int) -> list[Stall]:
        """Let the first shop of each channel sell the same."""
        first = {each.plugin: each for each in reversed(self.shops)}.values()
        return [
            Stall(actor, actor.sandbox, actor.sandbox.offer(name, sku, units))
            for actor in first
            if isinstance(actor.sandbox, ShopHands)
        ]

    def depot(self) -> Depot:
        for each in self.actors:
            if isinstance(each.sandbox, WarehouseHands):
                return Depot(each, each.sandbox)
        raise DemoFailed("no plugin of a 3PL is installed whose sandbox lends its hands (hub_hookspecs.testing)")

    def brings_post(self) -> None:
        """Bring what the channels have to tell to the hub; what it has no room for is brought the next time."""
        self._post.extend((actor, letter) for actor in self.actors for letter in actor.sandbox.deliveries())
        while self._post and self._is_taken(*self._post[0]):
            self._post.popleft()

    def passes(self, time: timedelta) -> None:
        """Let everybody's clocks go on; the outside's not much, for plugins sign with the machine's, which stays."""
        self.inside.offset += time
        self.outside.offset = min(self.outside.offset + time, APART)

    def becomes(self, at: datetime) -> None:
        """Set the hub's clock on to this instant, unless it is past already."""
        self.inside.offset += max(at - self.inside.now(), timedelta(0))

    def _is_taken(self, actor: Actor, letter: httpx.Request) -> bool:
        """The hub listens where it was told to, and that may be another port than channels were told of."""
        where = self.address + letter.url.raw_path.decode()
        headers = {name: value for name, value in letter.headers.items() if name not in ("host", "content-length")}
        answer = httpx.request(letter.method, where, content=letter.content, headers=headers, timeout=60)
        if answer.is_error and answer.status_code != HTTPStatus.SERVICE_UNAVAILABLE:
            raise DemoFailed(f"what {actor.title} told the hub by webhook came to {answer.status_code} {answer.text}")
        return answer.is_success


@contextmanager
def staged(channels: Mapping[str, Channel], items: int, address: str, inside: Clock) -> Iterator[Stage]:
    """Serve two shops on each channel that goods can be imported from, `items` in all, and the warehouses of 3PLs."""
    made = [entry for entry in entry_points(group="hub.sandboxes") if entry.name in channels]
    selling = [entry.name for entry in made if Capability.IMPORT_ITEMS in channels[entry.name].offers]
    outside = Clock()
    with ExitStack() as stack:
        actors = []
        for entry in made:
            make: Callable[..., Sandbox] = entry.load()
            channel = channels[entry.name]
            shops = [items * share // (sum(SHARES) * len(selling)) for share in SHARES if entry.name in selling]
            for seed, size in enumerate(shops or [0] * (channel.kind is Kind.FULFILMENT), start=1):
                sandbox = make(seed=seed, size=size, clock=outside.now)
                stack.enter_context(serve(sandbox))
                actors.append(Actor(channel, sandbox))
        yield Stage(address=address, inside=inside, outside=outside, actors=tuple(actors))

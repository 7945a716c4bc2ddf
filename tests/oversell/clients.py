"""Clients that sell, cancel, count and move goods at once, and ask again where they got no answer."""

from __future__ import annotations

import hashlib
import http.client
import itertools
import json
import random
import socket
import struct
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus
from typing import Any

from tests.oversell.history import Answer, Call, History, Kind, Trouble
from tests.oversell.plan import Plan
from tests.oversell.scene import BUNDLES, HOT, WAREHOUSES, Lines, Scene

ANSWERS_WITHIN = 30.0  # seconds; whoever waits so long for an answer has none
GIVES_UP = 5.0  # seconds that a key may be held by a process that was killed: then it is asked for at the end
RESET = struct.pack("ii", 1, 0)  # the connection ends as that of a client that was killed
_serials = itertools.count(1)


class Client:
    """One thread's worth of calls; it goes on to another process where its own is not there."""

    def __init__(self, n: int, scene: Scene, plan: Plan, ports: Sequence[int], history: History) -> None:
        self.n, self.scene, self.plan, self.history = n, scene, plan, history
        self.dice: random.Random = plan.dice(f"client {n}")
        self._ports = ports
        self._at = n % len(ports)
        self._line: http.client.HTTPConnection | None = None

    def works(self, has_more: Callable[[], bool]) -> None:
        """Ask for this and that, as long as there is more to ask."""
        while has_more():
            self._asks(self._wish())
        self.hang_up()

    def sells_out(self) -> None:
        """Sell single units of everything until each is refused."""
        left = list(HOT)
        while left:
            sku = self.dice.choice(left)
            call = Call(key=self._key(), kind=Kind.SELL, lines=((sku, 1),), client=self.n)
            self._asks(call)
            if not call.accepted:
                left.remove(sku)
        self.hang_up()

    def settles(self, call: Call, *, patience: float = GIVES_UP, cut: bool = False) -> None:
        """Send a call until it is answered, or its key stays taken for too long."""
        began = time.monotonic()
        while time.monotonic() - began < patience:
            answer = self._sent(call, cut=cut)
            cut = False
            if answer is not None:
                call.seconds = call.seconds or time.monotonic() - began
                call.answers += (answer,)
                return
        self.history.count("left for the end")

    def hang_up(self, *, hard: bool = False) -> None:
        if self._line is None:
            return
        if hard and self._line.sock:
            self._line.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
        self._line.close()
        self._line = None

    def _asks(self, call: Call) -> None:
        self.history.note(call)
        self.settles(call, cut=self.dice.random() < self.plan.cut)
        if call.kind is Kind.SELL and call.accepted:
            self.history.sold(call.answers[0].id)
        if call.answers and self.dice.random() < self.plan.again:
            self.history.count("asked again")
            self.settles(call)

    def _key(self) -> str:
        return f"client-{self.n}-{next(_serials)}"

    def _wish(self) -> Call:
        dice, chance = self.dice, self.dice.random()
        if chance < 0.35 and (order_id := self.history.some_order(dice.random(), leave=dice.random() < 0.1)):
            return Call(key=self._key(), kind=Kind.CANCEL, order_id=order_id, client=self.n)
        if chance < 0.85:
            chosen = dice.sample([*HOT, *BUNDLES], dice.choice((1, 2, 2, 3, 3)))
            lines = tuple((sku, dice.randint(1, 3)) for sku in [*chosen, *chosen[: dice.randrange(2)]])
            return Call(key=self._key(), kind=Kind.SELL, lines=lines, client=self.n)
        where = tuple(dice.sample(WAREHOUSES, 2))
        moves: Lines = tuple((sku, dice.randint(1, 5)) for sku in dice.sample(HOT, dice.randint(1, 3)))
        if chance < 0.93:
            return Call(key=self._key(), kind=Kind.TRANSFER, lines=moves, where=where, client=self.n)
        sign = dice.choice((-1, 1))
        lines = tuple((sku, sign * quantity) for sku, quantity in moves)
        return Call(key=self._key(), kind=Kind.ADJUST, lines=lines, where=where[:1], client=self.n)

    def _sent(self, call: Call, *, cut: bool) -> Answer | None:
        """Send it once; None where there was no answer, or none that says what became of it."""
        path, body = _request(self.scene, call)
        try:
            status, headers, text = self._post(path, body, call.key, within=self._patience(cut=cut))
        except (OSError, http.client.HTTPException):
            self.history.count("cut off" if cut else "nobody there")
            self._goes_on(hard=cut)
            return None
        code, id_ = _said(text)
        if code == "idempotency_running":
            self.history.count("still running")
            time.sleep(0.2)
            return None
        if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            trouble = Trouble(
                status=status, at=time.monotonic(), retry_after="retry-after" in headers, body=text.decode()[:300]
            )
            self.history.troubles.append(trouble)
            if status == HTTPStatus.SERVICE_UNAVAILABLE:
                time.sleep(0.2)
                return None
        return Answer(status=status, code=code, id=id_, body=hashlib.blake2b(text, digest_size=16).digest())

    def _patience(self, *, cut: bool) -> float:
        return self.dice.uniform(0.0005, 0.1) if cut else ANSWERS_WITHIN

    def _goes_on(self, *, hard: bool) -> None:
        self.hang_up(hard=hard)
        self._at = (self._at + 1) % len(self._ports)
        if not hard:
            time.sleep(0.05)

    def _post(self, path: str, body: bytes, key: str, *, within: float) -> tuple[int, dict[str, str], bytes]:
        if self._line is None:
            self._line = http.client.HTTPConnection("127.0.0.1", self._ports[self._at], timeout=ANSWERS_WITHIN)
            self._line.connect()
            self._line.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        headers = {"Authorization": f"Bearer {self.scene.keys[self.n]}", "Idempotency-Key": key}
        self._line.request("POST", path, body, headers | ({"Content-Type": "application/json"} if body else {}))
        self._line.sock.settimeout(within)
        answer = self._line.getresponse()
        text = answer.read()
        named = {name.lower(): value for name, value in answer.getheaders()}
        if self._line.sock is None or named.get("connection") == "close":
            self.hang_up()
        return answer.status, named, text


def _request(scene: Scene, call: Call) -> tuple[str, bytes]:
    address, body = f"/v1/merchants/{scene.merchant}", None
    lines = [{"product_id": scene.named[sku], "quantity": quantity} for sku, quantity in call.lines]
    match call.kind:
        case Kind.SELL:
            path, body = "/orders", scene.order(call.lines)
        case Kind.CANCEL:
            path = f"/orders/{call.order_id}/cancel"
        case Kind.ADJUST:
            path = "/stock/adjustments"
            body = {"warehouse_id": scene.named[call.where[0]], "lines": lines, "reason": "counted", "note": call.key}
        case Kind.TRANSFER:
            path = "/stock/transfers"
            source, target = (scene.named[where] for where in call.where)
            body = {"from_warehouse_id": source, "to_warehouse_id": target, "lines": lines, "note": call.key}
    return address + path, json.dumps(body).encode() if body else b""


def _said(text: bytes) -> tuple[str, str]:
    """The code of a problem and the id of what was made, where the answer names them."""
    try:
        found: Any = json.loads(text)  # Any: the answer is what it is
    except ValueError:
        return "", ""
    return (str(found.get("code", "")), str(found.get("id", ""))) if isinstance(found, dict) else ("", "")


def all_at_once(work: Sequence[Callable[[], None]]) -> float:
    """Do all of it, each in a thread of its own; gives the seconds. What fails is raised here."""
    began = time.monotonic()
    with ThreadPoolExecutor(len(work)) as pool:
        for done in [pool.submit(each) for each in work]:
            done.result()
    return time.monotonic() - began

"""Takes requests to the door that speaks their language, late, lost or refused where a test wants it so."""

import threading
import time
from collections import deque
from collections.abc import Callable
from datetime import datetime
from typing import Any, Literal, NamedTuple

import httpx
from hub_hookspecs.testing import Sandbox
from hub_hookspecs.testing.sandbox import utc_now

from hub_fastock_my.sandbox.hands import Faults, Hands
from hub_fastock_my.sandbox.jsonfx import ROOT, JsonDoor
from hub_fastock_my.sandbox.postbox import Postbox
from hub_fastock_my.sandbox.qimen import QimenDoor
from hub_fastock_my.sandbox.shelves import Shelves
from hub_fastock_my.sandbox.warehouse import Warehouse

_REMEMBERED = 10_000
_STOCK = frozenset({"stock.query", "/inventory/v1/page"})


class Seen(NamedTuple):
    """One request as it came: at which door, and what it asked for."""

    door: str
    method: str


class FastockSandbox(Hands, Sandbox):
    """About `size` items lie there from the beginning. Both doors are open; `dialect` is the one of `settings`."""

    def __init__(
        self,
        seed: int = 1,
        size: int = 100,
        clock: Callable[[], datetime] = utc_now,
        *,
        dialect: Literal["qimen", "json"] = "qimen",
        warehouses: tuple[str, ...] = ("MYKL01", "MYJB02"),
    ) -> None:
        super().__init__(seed, size, clock)
        self.dialect = dialect
        self.customer, self.consignor = f"CUST-{seed:04}", f"CONS{seed:02}"
        self.callback_url = "https://hub.test/webhooks/fastock_my"
        self.faults = Faults()
        self.seen: deque[Seen] = deque(maxlen=_REMEMBERED)
        self._app_key, self._secret = f"sandbox-app-{seed}", f"sandbox-secret-{seed}"
        self._postbox = Postbox()
        self._warehouse = Warehouse(
            Shelves(seed, size, warehouses), warehouses, self.consignor, self._now, self._postbox
        )
        keys = self.customer, self._app_key, self._secret
        self._doors: dict[str, QimenDoor | JsonDoor] = {
            "qimen": QimenDoor(self._warehouse, keys, self._now, self.faults),
            "json": JsonDoor(self._warehouse, keys, self._now, self.faults),
        }
        self._lock = threading.RLock()

    def settings(self) -> dict[str, Any]:  # Any: as in `Sandbox`
        return {
            "country": "MY",
            "customer_code": self.customer,
            "app_key": self._app_key,
            "secret_key": self._secret,
            "warehouse_numbers": ", ".join(self._warehouse.numbers),
            "consignor_code": self.consignor,
            "service_url": self.base_url,
            "dialect": self.dialect,
        }

    def handle(self, request: httpx.Request) -> httpx.Response:
        name = "json" if ROOT in request.url.path else "qimen"
        door = self._doors[name]
        method = door.method_of(request)
        with self._lock:
            self.seen.append(Seen(name, method))
            if self._happens("server_errors"):
                return httpx.Response(502, text="<html>Bad Gateway</html>")
            if self._happens("busy"):
                return door.busy()
            answer = door.handle(request)
            if method in door.creating and self._happens("lose_answers"):
                raise httpx.ReadTimeout("the answer was lost", request=request)
            if method in _STOCK:
                self._after_page()
            return answer

    def deliveries(self) -> list[httpx.Request]:
        """What the warehouse has told since this was asked last, signed now, in the dialect of `settings`."""
        with self._lock:
            door = self._doors[self.dialect]
            return [door.say(message, self.callback_url) for message in self._postbox.fetch()]

    def rotate_secret(self, secret: str) -> None:
        """Take another secret from now on."""
        with self._lock:
            self._secret = secret
            for door in self._doors.values():
                door.take_secret(secret)

    def _after_page(self) -> None:
        if self.faults.slow_pages:
            time.sleep(self.faults.slow_pages)
        self.faults.after_page()

    def _happens(self, fault: str) -> bool:
        left: int = getattr(self.faults, fault)
        setattr(self.faults, fault, max(left - 1, 0))
        return left > 0

    def _now(self) -> datetime:
        return self.clock()

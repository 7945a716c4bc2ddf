"""What happens: two are bought, one of them is cancelled, goods come, and in the night the stock is synchronised."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

from tests.voyage.oracle import violations
from tests.voyage.sea import Restless, Sea

KUALA_LUMPUR = ZoneInfo("Asia/Kuala_Lumpur")


def tell(sea: Sea) -> list[str]:
    """The whole story once; gives what was not as it must be after an event, once all was calm."""
    story, wrong = _Story(sea), list[str]()
    for event in (story.two_are_bought, story.one_leaves_and_one_is_cancelled, story.goods_come, story.it_is_night):
        name = event.__name__.replace("_", " ")
        try:
            event()
            sea.settles()
        except Restless as restless:
            return [*wrong, f"{name}: {restless}"]
        wrong += [f"{name}: {fault}" for fault in violations(sea)]
    return wrong


class _Story:
    def __init__(self, sea: Sea) -> None:
        self._sea = sea

    def two_are_bought(self) -> None:
        self._kept = self._sells("TEE", 2)
        self._lost = self._sells("CAP", 1)

    def one_leaves_and_one_is_cancelled(self) -> None:
        """In one or two parts; sometimes the second one is told first."""
        sea, number = self._sea, self._sea.pasar.order(self._kept).number
        code = next(code for code, each in sea.fastock.outbounds().items() if each.wish.order_number == number)
        if sea.dice.random() < 0.5:
            sea.fastock.ship(code, {"TEE": 1}, final=False)
            self._perhaps_is_told()
        sea.fastock.ship(code)
        sea.pasar.cancel(self._lost)

    def goods_come(self) -> None:
        """Two good ones and a damaged one, at once or one after the other."""
        code = self._sea.announces(CAP=3)
        if self._sea.dice.random() < 0.5:
            self._sea.fastock.receive(code, {"CAP": 1}, final=False)
            self._perhaps_is_told()
            self._sea.fastock.receive(code, {"CAP": 1}, {"CAP": 1})
        else:
            self._sea.fastock.receive(code, {"CAP": 2}, {"CAP": 1})

    def it_is_night(self) -> None:
        """It becomes 02:00 in Kuala Lumpur, and what is due at that time begins."""
        now = self._sea.stage.now().astimezone(KUALA_LUMPUR)
        two = (now + timedelta(days=1)).replace(hour=2, minute=0, second=1)
        self._sea.stage.pass_by((two - now).total_seconds())
        self._sea.crew.swept = 0.0

    def _sells(self, sku: str, units: int) -> str:
        return self._sea.pasar.sell({self._sea.listed[sku]: units})

    def _perhaps_is_told(self) -> None:
        if self._sea.dice.random() < 0.5:
            self._sea.brings()

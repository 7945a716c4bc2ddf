"""What a warehouse hints at while it is being asked is newer than its answer: it is asked for once more."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hub_hookspecs import Absent, TaskRef, TaskState

from hub.fulfilment.service import documents
from hub.kernel.db import Database
from hub.stock.rules.levels import Standing
from tests.slices.fulfilment.quay import Quay, a_quay
from tests.slices.fulfilment.wharf import Wharf


@pytest.fixture
def quay(database: Database) -> Iterator[Quay]:
    with a_quay(database) as quay:
        yield quay


@pytest.mark.row("F-66")
def test_what_the_granary_hints_at_while_it_is_being_asked_is_asked_for_once_more(
    wharf: Wharf, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = wharf.tells("1", 2)
    wharf.works()
    code, tells = wharf.outbound(order).code, wharf.granary.tells

    def answers(task: TaskRef) -> TaskState | Absent:
        """It leaves, and the granary says so, after the answer was made and before anybody has taken it in."""
        answer = tells(task)
        monkeypatch.setattr(wharf.granary, "tells", tells)
        wharf.granary.ships(code)
        with wharf.database.writing() as db:
            documents.hint(db, wharf.goods.merchant, wharf.accounts["granary"], [code])
        return answer

    monkeypatch.setattr(wharf.granary, "tells", answers)
    wharf.looks(order)

    assert (wharf.outbound(order).state, wharf.stock()) == ("complete", Standing(98, 0, 0))


@pytest.mark.row("F-18")
def test_what_the_cellar_hints_at_while_it_is_being_asked_is_asked_for_once_more(
    quay: Quay, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, tells = quay.known(quay.line("TEE", 10)), quay.cellar.tells

    def answers(task: TaskRef) -> TaskState | Absent:
        """More comes, and the cellar says so, after the answer was made and before anybody has taken it in."""
        answer = tells(task)
        monkeypatch.setattr(quay.cellar, "tells", tells)
        quay.cellar.receives(one.code, TEE=10)
        with quay.database.writing() as db:
            documents.hint(db, quay.goods.merchant, quay.accounts["silo"], [one.code])
        return answer

    monkeypatch.setattr(quay.cellar, "tells", answers)
    quay.looks(one)

    assert (quay.inbound(one).state, quay.stock()) == ("complete", Standing(10, 0, 0))

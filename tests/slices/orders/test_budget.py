"""What an order may ask of the database, whatever it takes."""

from __future__ import annotations

import re

import pytest

from hub.kernel.ids import new_id
from tests.slices.orders.till import Till
from tests.slices.stock.goods import statements

ABOUT_IT = re.compile(r"\b(FROM|INTO|UPDATE) (api_key|answer|event)\b")  # who asks, under which key, and the audit


@pytest.fixture
def asked(till: Till) -> list[str]:
    """The statements of a whole request for an order of three lines; that its key is in use was noted before."""
    till.lists("MUG")
    till.sells(TEE=1, CAP=1, MUG=1)
    with statements(till.client.app.state["runtime"].database) as found:
        answer = till.asks(till.wish(TEE=1, CAP=1, MUG=1), **{"Idempotency-Key": new_id()})
    assert answer.status_code == 201, answer.text
    return [one for one in found if "set_config" not in one]


def test_who_asks_and_the_key_of_a_request_and_its_audit_are_four_statements(asked: list[str]) -> None:
    about_it = [found[0] for one in asked if (found := ABOUT_IT.search(one))]

    assert about_it == ["FROM api_key", "INTO answer", "UPDATE answer", "INTO event"]


def test_a_manual_order_of_three_lines_is_ten_statements_beside_those(asked: list[str]) -> None:
    work = [one for one in asked if not ABOUT_IT.search(one)]

    assert 0 < len(work) <= 10, "\n\n".join(work)

"""Hostile bodies and values against every operation that changes something: no fault, one error shape, nothing left."""

from __future__ import annotations

import msgspec
import pytest

from hub.kernel.api import bodies
from hub.kernel.events import CLI
from hub.merchants import service
from tests.bad_input.asking import Asker


def test_no_operation_accepts_a_hostile_body(asker: Asker) -> None:
    assert len(asker.targets()) >= 8
    assert [wrong for target in asker.targets() for wrong in asker.bodies(target)] == []


def test_no_operation_breaks_on_a_strange_value(asker: Asker) -> None:
    assert [wrong for target in asker.targets() for wrong in asker.values(target)] == []


def test_the_list_finds_a_lax_decoder(asker: Asker, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bodies, "decode", lambda body, kind: msgspec.json.decode(body, type=kind))
    target = next(each for each in asker.targets() if each.path == "/v1/merchants")

    found = [*asker.bodies(target), *asker.values(target)]

    assert [wrong for wrong in found if "is a fault" in wrong]
    assert [wrong for wrong in found if "a key twice: 201" in wrong]


def test_the_list_finds_what_a_refused_request_leaves_behind(asker: Asker, monkeypatch: pytest.MonkeyPatch) -> None:
    strict = bodies.decode

    def careless(body: bytes, kind: object) -> object:
        with asker.database.writing() as db:
            service.create_merchant(db, "left behind", actor=CLI)
        return strict(body, kind)

    monkeypatch.setattr(bodies, "decode", careless)
    target = next(each for each in asker.targets() if each.path == "/v1/merchants")

    assert [wrong for wrong in asker.bodies(target) if "rows changed" in wrong]

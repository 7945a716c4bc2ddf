"""Asks for a merchant under an `Idempotency-Key` and dies at the moment named: run as a process of its own."""

from __future__ import annotations

import os
import sys
from typing import NoReturn

from litestar import Response

from hub.kernel.api import replays
from hub.kernel.api.answers import Answers, Claim, Kept
from hub.kernel.api.requests import ApiRequest
from hub.kernel.db import Database, Transaction
from tests.callers import an_app, calling

KEY = {"Idempotency-Key": "k-1"}
BODY = {"name": "Toko Batik Ayu"}


def main(url: str, key: str, moment: str) -> None:
    {"before the commit": _before, "after the commit": _after, "with the answer kept too late": _late}[moment]()
    with an_app(Database(url)) as app, calling(app, key) as client:
        client.post("/v1/merchants", json=BODY, headers=KEY)


def _die(*given: object, **named: object) -> NoReturn:
    os._exit(9)


def _before() -> None:
    kept = Answers.keep

    def keep_and_die(answers: Answers, db: Transaction, claim: Claim, answer: Kept) -> NoReturn:
        kept(answers, db, claim, answer)
        _die()

    setattr(Answers, "keep", keep_and_die)  # noqa: B010 - replaces a method on purpose


def _after() -> None:
    setattr(replays, "_answer_in", _die)  # noqa: B010 - replaces a function on purpose


def _late() -> None:
    """The order that we refuse: the effect is committed, and its answer is kept by another transaction."""

    def answer(request: ApiRequest, db: Transaction, value: object, headers: dict[str, str]) -> Response[object]:
        return Response(value, status_code=201, headers=headers)

    setattr(ApiRequest, "answer", answer)  # noqa: B010 - replaces a method on purpose
    _after()


if __name__ == "__main__":
    main(*sys.argv[1:])

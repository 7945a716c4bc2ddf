"""The API against its own description: generated requests, right and wrong, and answers as described."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from functools import reduce
from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from litestar import get
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.core.result import Err
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_schema_conformance,
    status_code_conformance,
)

from hub.kernel.api.openapi import describe, operations
from hub.kernel.api.policy import Access, allow
from hub.kernel.db import Database
from hub.kernel.workbooks import MEDIA_TYPE
from tests.bad_input.asking import Asker
from tests.bad_input.conftest import UNMETERED
from tests.callers import a_key, an_app, calling

AnyCase = Case[Any]  # Any: schemathesis types a case by its operation
EXAMPLES = int(os.environ.get("HUB_TEST_EXAMPLES", "8"))
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    negative_data_rejection,
]


@schemathesis.serializer(MEDIA_TYPE)
def _file(context: Any, value: Any) -> bytes:  # Any: schemathesis says what, and whatever it has made up
    """A file is bytes; what is made up instead of one is sent as it would be written."""
    return value if isinstance(value, bytes) else str(value).encode()


OPERATED = ("/healthz", "/readyz")  # what machines ask takes no input


@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda mode: mode.value)
def test_every_operation_answers_as_described(askers: list[Asker], mode: GenerationMode) -> None:
    broken = list(_broken(askers, mode))

    assert broken == [], "\n".join(broken)


def test_the_run_finds_a_route_that_breaks_and_one_that_answers_otherwise(database: Database) -> None:
    @get("/v1/breaks", opt=allow(Access.READ), operation_id="breaks", sync_to_thread=False)
    def breaks(text: str) -> dict[str, int]:
        return {"short": 1 // (len(text) < 2)}

    with an_app(database, per_key=UNMETERED) as app:
        app.register(breaks)
        app.state["described"] = describe(app)
        with calling(app, a_key(database)) as client:
            found = list(_broken([Asker(client, database, {})], GenerationMode.POSITIVE, only="/v1/breaks"))

    assert len(found) == 1
    assert "ServerError" in found[0] or "500" in found[0]


def _broken(askers: list[Asker], mode: GenerationMode, only: str = "") -> Iterator[str]:
    schema, ids = schemathesis.openapi.from_dict(_without_keys(askers[0].described)), askers[0].ids
    for result in schema.get_all_operations():
        if isinstance(result, Err):
            yield f"the description is invalid: {result.err()}"
            continue
        operation = result.ok()
        if operation.path in OPERATED or not operation.path.startswith(only):
            continue
        named = {name: ids[name] for name in ids if f"{{{name}}}" in operation.path}
        try:
            cases = operation.as_strategy(mode, path_parameters=named or None)
            _asked(askers, cases.filter(_arrives_wrong) if mode is GenerationMode.NEGATIVE else cases)
        except Unsatisfiable:
            continue  # nothing about this operation can be wrong
        except (Exception, FailureGroup) as failure:  # noqa: BLE001 - whatever is reported of this operation
            yield f"{operation.label}: {_told(failure)}"


def _arrives_wrong(case: AnyCase) -> bool:
    """Whether what is wrong is so on the wire: in a query a list of one is that one, and of none it is not there."""
    return not any(isinstance(value, list) and len(value) < 2 for value in (case.query or {}).values())


def _asked(askers: list[Asker], cases: Any) -> None:  # Any: a strategy of schemathesis
    """Ask each the same; the cases name the ids of the first."""

    @given(case=cases)
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def ask(case: AnyCase) -> None:
        for asker in askers:
            theirs = {ours: asker.ids[name] for name, ours in askers[0].ids.items()}
            try:
                case.validate_response(_sent(asker, case, theirs), checks=CHECKS)
            except (Exception, FailureGroup) as failure:
                failure.add_note(f"asked over {asker.database.engine.name}")
                raise

    ask()


def _sent(asker: Asker, case: AnyCase, theirs: dict[str, str]) -> httpx.Response:
    asked = case.as_transport_kwargs(base_url=str(asker.client.base_url))
    url = reduce(lambda text, ours: text.replace(ours, theirs[ours]), theirs, asked["url"])
    content = asked.get("data")
    if "json" in asked:
        content = json.dumps(asked["json"]).encode()
    return asker.client.request(
        asked["method"],
        url,
        params=asked.get("params") or None,
        headers=[(name.encode(), str(value).encode()) for name, value in asked["headers"].items()],
        content=content if isinstance(content, bytes | str | None) else json.dumps(content).encode(),
    )


def _without_keys(described: dict[str, Any]) -> dict[str, Any]:  # Any: JSON
    """The description without its keys, which would be generated too: who may call is tested elsewhere."""
    del described["components"]["securitySchemes"]
    for _, _, operation in operations(described):
        operation.pop("security", None)
    return described


def _told(failure: BaseException) -> str:
    inner = getattr(failure, "exceptions", ())
    told = "; ".join(_told(each) for each in inner) if inner else f"{type(failure).__name__}: {failure}"[:1500]
    return " ".join([told, *getattr(failure, "__notes__", ())[:1]])

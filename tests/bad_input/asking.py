"""Sends what no client should send to every operation of the description, and notes every answer that is not right."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import httpx
import msgspec
import sqlalchemy as sa
from litestar import Litestar
from litestar.testing import TestClient

from hub.kernel.api.openapi import operations
from hub.kernel.api.problems import MEDIA_TYPE, Problem
from hub.kernel.db import Database, metadata
from tests.bad_input.nasties import JSON, ODD_VALUES, REFUSED_VALUES, WHOLE_BODIES, Nasty

ABSENT = "01900000-0000-7000-8000-000000000000"
Json = dict[str, Any]  # Any: a JSON object


class Target(msgspec.Struct, frozen=True):
    """One operation that changes something, with real ids in its path where there are any."""

    method: str
    path: str
    schema: Json | None  # of its body; None: it reads none


class Asker:
    """Asks as a platform key; `ids` are the real ids that paths may name."""

    def __init__(self, client: TestClient[Litestar], database: Database, ids: dict[str, str]) -> None:
        self.client = client
        self.database = database
        self.ids = ids
        self.described: Json = client.get("/openapi.json").json()

    def targets(self) -> list[Target]:
        return [
            Target(method.upper(), self._filled(path), self._body_of(operation))
            for path, method, operation in operations(self.described)
            if method in ("post", "put", "patch") and not path.startswith("/webhooks/") and not _takes_a_file(operation)
        ]

    def bodies(self, target: Target) -> Iterator[str]:
        """Say what is wrong with the answers to bodies that nobody may accept."""
        before = self._rows()
        for nasty in WHOLE_BODIES:
            if target.schema is None and not nasty.body:
                continue  # nothing is what these want
            expected = nasty.statuses if target.schema else (*nasty.statuses, 422)
            yield from _wrong(target, nasty.name, self._send(target, nasty), expected)
        if self._rows() != before:
            yield f"{target.method} {target.path}: rows changed by refused bodies"

    def values(self, target: Target) -> Iterator[str]:
        """Say what is wrong with the answers to strange values in each field."""
        before = self._rows()
        for field, sample in self._fields(target):
            for name, raw in REFUSED_VALUES.items():
                body = _with_raw(sample, field, raw)
                yield from _wrong(target, f"{field}: {name}", self._send(target, Nasty(name, body, ())), (422,))
        if self._rows() != before:
            yield f"{target.method} {target.path}: rows changed by refused values"
        for field, sample in self._fields(target):
            for name, value in ODD_VALUES.items():
                body = msgspec.json.encode(sample | {field: value})
                yield from _wrong(target, f"{field}: {name}", self._send(target, Nasty(name, body, ())), ())

    def _fields(self, target: Target) -> Iterator[tuple[str, Json]]:
        schema = target.schema or {}
        sample = self._sample(schema)
        for field in schema.get("properties", {}):
            yield field, sample

    def _send(self, target: Target, nasty: Nasty) -> httpx.Response:
        headers = nasty.headers | ({"Content-Type": nasty.media_type} if nasty.media_type else {})
        return self.client.request(target.method, target.path, content=nasty.body, headers=headers)

    def _rows(self) -> dict[str, int]:
        counts = [
            sa.select(sa.literal(table.name).label("name"), sa.func.count().label("rows")).select_from(table)
            for table in metadata.sorted_tables
        ]
        with self.database.reading() as db:
            return {row.name: row.rows for row in db.execute(sa.union_all(*counts))}

    def _filled(self, path: str) -> str:
        return re.sub(r"\{(\w+)\}", lambda found: self.ids.get(found[1], ABSENT), path)

    def _body_of(self, operation: Json) -> Json | None:
        body = operation.get("requestBody")
        return None if body is None else self._resolved(body["content"][JSON]["schema"])

    def _resolved(self, schema: Json) -> Json:
        name = str(schema.get("$ref", "")).rpartition("/")[2]
        return self.described["components"]["schemas"][name] if name else schema

    def _sample(self, schema: Json) -> Any:  # Any: JSON
        """The plainest value that the schema allows, so that only the field under test is wrong."""
        schema = self._resolved(schema)
        if "oneOf" in schema:
            schema = self._resolved(schema["oneOf"][0]) | {name: schema[name] for name in schema if name != "oneOf"}
        if "enum" in schema:
            return schema["enum"][0]
        match schema.get("type"):
            case "object":
                return {name: self._sample(schema["properties"][name]) for name in schema.get("required", ())}
            case "array":
                return [self._sample(schema["items"])] * schema.get("minItems", 0)
            case "integer" | "number":
                return schema.get("minimum", 0)
            case "boolean":
                return False
            case _:
                return "x" * max(schema.get("minLength", 1), 1)


def _takes_a_file(operation: Json) -> bool:
    """Files are refused by whoever reads them: those tests are beside each format."""
    return JSON not in operation.get("requestBody", {"content": [JSON]})["content"]


def _with_raw(sample: Json, field: str, raw: str) -> bytes:
    others = {name: value for name, value in sample.items() if name != field}
    return msgspec.json.encode(others | {field: msgspec.Raw(raw.encode())})


def _wrong(target: Target, name: str, answer: httpx.Response, expected: tuple[int, ...]) -> Iterator[str]:
    said = f"{target.method} {target.path} with {name}: {answer.status_code}"
    if answer.status_code >= 500:
        yield f"{said} is a fault"
    elif answer.status_code >= 400 and not _is_problem(answer):
        yield f"{said} is no problem document"
    elif expected and answer.status_code not in expected:
        yield f"{said} instead of {expected}: {answer.text[:200]}"


def _is_problem(answer: httpx.Response) -> bool:
    if answer.headers.get("content-type") != MEDIA_TYPE:
        return False
    try:
        problem = msgspec.json.decode(answer.content, type=Problem)
    except msgspec.MsgspecError:
        return False
    return problem.status == answer.status_code and problem.trace_id in answer.headers["traceparent"]

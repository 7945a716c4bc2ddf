"""Bulk operations: started by a mutation, moved on by each poll, read as lines of JSON from an address that expires."""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import TYPE_CHECKING, ClassVar, Final

import httpx

from hub_shopify.sandbox.answers import Json, Refused, user_error

if TYPE_CHECKING:
    from hub_shopify.sandbox.jsonl import Line

CHUNK = 20_000  # lines that one poll writes, so that no answer takes long
LIFE = timedelta(days=7)
PATH: Final = "/bulk-operation-outputs/"


@dataclass
class Operation:
    """One export; `left` are the lines that are still to be written."""

    TYPE: ClassVar = "BulkOperation"
    id: int
    query: str
    created_at: datetime
    left: "Iterator[Line]"
    polls: int  # how many polls still find it unfinished
    status: str = "CREATED"
    type: str = "QUERY"
    error_code: str | None = None
    completed_at: datetime | None = None
    object_count: str = "0"
    root_object_count: str = "0"
    file_size: str | None = None
    url: str | None = None
    partial_data_url: str | None = None
    written: bytearray | None = None

    @property
    def is_open(self) -> bool:
        return self.status in ("CREATED", "RUNNING", "CANCELING")


class Bulk:
    """The bulk operations of one app in one shop: `at_once` of them, each unfinished for so many `polls` at least."""

    def __init__(self, *, at_once: int, polls: int) -> None:
        self.at_once = at_once
        self.polls = polls
        self.base_url = ""
        self._operations: dict[int, Operation] = {}
        self._failing: list[str] = []

    def start(self, ref: int, query: str, now: datetime, lines: "Iterator[Line]") -> Operation | Json:
        """Begin an export, or say which ones are in its way."""
        running = [f"gid://shopify/BulkOperation/{each.id}" for each in self._operations.values() if each.is_open]
        if len(running) >= self.at_once:
            message = f"A bulk query operation for this app and shop is already in progress: {', '.join(running)}."
            return user_error(None, message, "OPERATION_IN_PROGRESS")
        operation = Operation(ref, query, now, lines, self.polls, written=bytearray())
        self._operations[ref] = operation
        return operation

    def poll(self, ref: int, now: datetime) -> Operation | None:
        """Look at an operation, which moves it on."""
        operation = self._operations.get(ref)
        if operation and operation.is_open:
            self._advance(operation, now)
        return operation

    def newest(self) -> Operation | None:
        return max(self._operations.values(), key=lambda each: each.id, default=None)

    def all(self) -> list[Operation]:
        return list(self._operations.values())

    def fail_next(self, code: str) -> None:
        """Let the next operation that would complete fail half-way; what it wrote so far stays readable."""
        self._failing.append(code)

    def cancel(self, ref: int) -> Operation | None:
        operation = self._operations.get(ref)
        if operation and operation.is_open:
            operation.status = "CANCELING"
        return operation

    def download(self, request: httpx.Request, now: datetime) -> httpx.Response:
        """Give the file, whole or from a byte on, as the storage behind the signed address does."""
        name = request.url.path.removeprefix(PATH)
        found = next((each for each in self._operations.values() if _name(each) == name), None)
        if found is None or found.written is None:
            return _storage_error(404, "NoSuchKey")
        if "x-shopify-access-token" in request.headers:  # the storage is another company's
            return _storage_error(400, "InvalidArgument", "the access token was sent to the storage")
        if now >= (found.completed_at or now) + LIFE:
            return _storage_error(400, "ExpiredToken")
        return _ranged(found.written, request.headers.get("range", ""))

    def _advance(self, operation: Operation, now: datetime) -> None:
        if operation.status == "CANCELING":
            operation.status, operation.completed_at = "CANCELED", now
            return
        operation.status = "RUNNING"
        try:
            lines = list(islice(operation.left, CHUNK))
        except Refused as why:
            if why.code != "ACCESS_DENIED":
                raise
            operation.status, operation.error_code, operation.completed_at = "FAILED", "ACCESS_DENIED", now
            return
        self._write(operation, lines)
        operation.polls -= 1
        if operation.polls < 0 and len(lines) < CHUNK:
            self._end(operation, now)

    def _write(self, operation: Operation, lines: "list[Line]") -> None:
        if operation.written is not None:
            operation.written += b"".join(line.text for line in lines)
        operation.object_count = str(int(operation.object_count) + len(lines))
        operation.root_object_count = str(int(operation.root_object_count) + sum(line.root for line in lines))

    def _end(self, operation: Operation, now: datetime) -> None:
        operation.completed_at = now
        expires = int((now + LIFE).timestamp())
        address = f"{self.base_url}{PATH}{_name(operation)}?Expires={expires}&Signature=signed"
        written = operation.written or bytearray()
        if self._failing:
            del written[len(written) // 2 :]  # in the middle of a line, as it comes
            operation.status, operation.error_code = "FAILED", self._failing.pop(0)
            operation.partial_data_url = address if written else None
            return
        operation.status = "COMPLETED"
        operation.file_size = str(len(written))
        operation.url = address if written else None


def _name(operation: Operation) -> str:
    return hashlib.sha256(f"{operation.id} {operation.created_at}".encode()).hexdigest()[:27] + "-final"


def _storage_error(status: int, code: str, details: str = "") -> httpx.Response:
    page = f"<?xml version='1.0' encoding='UTF-8'?><Error><Code>{code}</Code><Details>{details}</Details></Error>"
    return httpx.Response(status, text=page, headers={"Content-Type": "application/xml; charset=UTF-8"})


def _ranged(content: bytearray, wanted: str) -> httpx.Response:
    """The whole, or the bytes from one to another, both counted from zero; a range beyond the end is refused."""
    headers = {"Content-Type": "application/jsonl", "Accept-Ranges": "bytes"}
    if not wanted:
        return httpx.Response(200, content=bytes(content), headers=headers)
    found = re.fullmatch(r"bytes=(\d+)-(\d*)", wanted)
    if not found or int(found[1]) >= len(content):
        return _storage_error(416, "InvalidRange")
    start, last = int(found[1]), min(int(found[2] or len(content)), len(content) - 1)
    headers["Content-Range"] = f"bytes {start}-{last}/{len(content)}"
    return httpx.Response(206, content=bytes(content[start : last + 1]), headers=headers)

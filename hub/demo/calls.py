"""Speaks to the hub's API as the platform team does; an answer that the story does not expect ends it."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

import httpx

Json = dict[str, Any]  # Any: answers of the API
POLL_SECONDS = 0.2


class DemoFailed(Exception):
    """The hub answered something else than the story expects."""


def call(api: httpx.Client, method: str, path: str, body: Mapping[str, object] | None = None) -> Json:
    answer = api.request(method, path, json=body, timeout=60)
    return _document(answer)


def download(api: httpx.Client, path: str) -> bytes:
    answer = api.get(path, timeout=60)
    _document_or_file(answer)
    return answer.content


def upload(api: httpx.Client, path: str, content: bytes, media_type: str) -> Json:
    answer = api.post(path, content=content, headers={"Content-Type": media_type}, timeout=60)
    return _document(answer)


def finished(api: httpx.Client, path: str) -> Json:
    """Wait until a job has ended."""
    while not (now := call(api, "GET", path))["finished_at"]:
        time.sleep(POLL_SECONDS)
    return now


def _document(answer: httpx.Response) -> Json:
    _document_or_file(answer)
    found: Json = answer.json()
    return found


def _document_or_file(answer: httpx.Response) -> None:
    if answer.is_error:
        raise DemoFailed(f"{answer.request.method} {answer.request.url.path}: {answer.status_code} {answer.text}")

"""Checks of webhooks: the channel's own are taken, and nothing else is, however near it comes."""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import httpx
import msgspec
import pytest

from hub_hookspecs.admission import secret_fields
from hub_hookspecs.channel import Capability
from hub_hookspecs.errors import ChannelError
from hub_hookspecs.records import Delivery, WebhookRequest
from hub_hookspecs.testing.contract.stand import AnyAccount, Stand, demand, malformed

CALLBACK = "https://hub.test/webhooks/channel"  # and a token, another one for each account
LATE = timedelta(days=30)  # no channel repeats a delivery for so long
UNSIGNED = (b"{}", b"", b"not json \xff")


class WebhookChecks(Stand):
    undated: str = ""  # why no delivery of this channel says when it was made; a reason excuses from the check of age

    def test_a_webhook_of_the_channel_is_taken(self) -> None:
        with self._delivered() as (account, request):
            first, again = (self._taken(account, request) for _ in range(2))

        if why := malformed(first, Delivery):
            pytest.fail(f"parse_webhook: {why}", pytrace=False)
        if not first.key or first != again:
            pytest.fail(f"one webhook gave {first} and then {again}; a repeat has the same key", pytrace=False)

    def test_an_unsigned_webhook_is_refused(self) -> None:
        with self._delivered() as (account, genuine):
            forged = [msgspec.structs.replace(genuine, headers={}, body=body) for body in UNSIGNED]
            demand(self._believed(account, forged, "without a signature"))

    def test_a_webhook_signed_with_another_secret_is_refused(self) -> None:
        with self._delivered() as (account, request):
            demand(self._believed(_of_another(account), [request], "that another secret has signed"))

    def test_a_webhook_that_was_changed_on_its_way_is_refused(self) -> None:
        with self._delivered() as (account, genuine):
            changed = [msgspec.structs.replace(genuine, body=body) for body in _nearly(genuine.body)]
            demand(self._believed(account, changed, "that is not as it was signed"))

    def test_a_webhook_that_was_recorded_long_ago_is_refused(self) -> None:
        with self._delivered() as (account, genuine):
            if self.undated:
                pytest.skip(f"undated: {self.undated}")
            late = msgspec.structs.replace(genuine, received_at=genuine.received_at + LATE)
            demand(self._believed(account, [late], f"{LATE.days} days after it was made"))

    @contextmanager
    def _delivered(self) -> Iterator[tuple[AnyAccount, WebhookRequest]]:
        """Let the sandbox tell of something by webhook; gives what the hub would receive."""
        self.needs(Capability.PARSE_WEBHOOK)
        with self.account() as (account, wire):
            if "connect_account" in self.hooks:
                self.call("connect_account", account=account, callback_url=f"{CALLBACK}/{uuid.uuid4()}")
            wire.sandbox.stir()
            waiting = wire.sandbox.deliveries()
            if not waiting:
                pytest.fail(
                    "the sandbox told nothing by webhook: let `stir` make something happen, and `deliveries` give it",
                    pytrace=False,
                )
            yield account, self._received(waiting[0])

    def _received(self, sent: httpx.Request) -> WebhookRequest:
        headers = {name.lower(): value for name, value in sent.headers.items()}
        query = dict(sent.url.params.multi_items())
        return WebhookRequest(
            headers=headers, query=query, body=sent.content, received_at=self.now(), path=sent.url.path
        )

    def _taken(self, account: AnyAccount, request: WebhookRequest) -> Delivery:
        try:
            return self.ask("parse_webhook", Delivery, account=account, request=request)
        except Exception as error:  # noqa: BLE001 - whatever a stranger's plugin raises is the verdict
            pytest.fail(f"parse_webhook refused a webhook of its own sandbox: {error!r}", pytrace=False)

    def _believed(self, account: AnyAccount, requests: list[WebhookRequest], what: str) -> Iterator[str]:
        """Say which of these the plugin takes, or breaks on."""
        for request in requests:
            try:
                self.call("parse_webhook", account=account, request=request)
            except ChannelError:
                continue
            except Exception as error:  # noqa: BLE001 - as above
                yield f"parse_webhook raised {error!r} for a webhook {what}; raise BadSignature"
            else:
                yield f"parse_webhook took {request.body[:80]!r} {what}; raise BadSignature"


def _of_another(account: AnyAccount) -> AnyAccount:
    """The account of somebody with other secrets; keys that are files stay, since they sign nothing here."""
    named = {name: getattr(account.settings, name) for name in secret_fields(type(account.settings))}
    changed = {
        name: f"another-{value}" for name, value in named.items() if value and not value.startswith("-----BEGIN")
    }
    return dataclasses.replace(account, settings=msgspec.structs.replace(account.settings, **changed))


def _nearly(body: bytes) -> Iterator[bytes]:
    """What is not the body but nearly: one bit here and there, and what a parser would not notice."""
    for place in {0, len(body) // 2, len(body) - 1}:
        yield body[:place] + bytes((body[place] ^ 1,)) + body[place + 1 :]
    yield body + b" "

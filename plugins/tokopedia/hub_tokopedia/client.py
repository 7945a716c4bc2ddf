"""Tokopedia over HTTP: builds requests, sends them, and turns refusals into the contract's errors."""

from collections.abc import Sequence
from datetime import timedelta

import httpx
import msgspec
from hub_hookspecs import Account, ActionRequired, Rejected, Temporary

from hub_tokopedia import payloads, refusals
from hub_tokopedia.settings import TokopediaSettings

PAGE_SIZE = 50
LISTED_BY_PAGE_ALONE = 10_000  # products beyond need `last_sort`


class TokopediaClient:
    """One account's calls. `pause` is what the last answer asked for before the next one."""

    def __init__(self, account: Account[TokopediaSettings]) -> None:
        self._account = account
        self._settings = account.settings
        self.pause: timedelta | None = None

    def token(self) -> payloads.Token:
        answer = self._account.http.post(
            f"{self._settings.accounts_url.rstrip('/')}/token",
            params={"grant_type": "client_credentials"},
            auth=(self._settings.client_id, self._settings.client_secret),
            headers={"Content-Length": "0"},
        )
        if answer.status_code in (400, 401):
            raise ActionRequired(refusals.WRONG_SECRET)
        refused = refusals.refusal(answer.status_code, answer.headers, _loosely(answer))
        if refused:
            raise refused
        token = _read(answer, payloads.Token)
        if not token.access_token:
            raise ActionRequired(refusals.WRONG_SECRET)
        return token

    def shops(self) -> tuple[payloads.Shop, ...]:
        """Read shop-info of the account's shop; empty where Tokopedia does not know it."""
        path = f"/v1/shop/fs/{self._settings.fs_id}/shop-info"
        return self._list(path, {"shop_id": self._settings.shop_id}, payloads.Shop)

    def products_on_page(self, page: int, last_sort: int) -> tuple[payloads.Product, ...]:
        """Read one page of the shop's listing; only an empty one is the end."""
        params = {"shop_id": self._settings.shop_id, "page": str(page), "per_page": str(PAGE_SIZE), "sort": "1"}
        if page * PAGE_SIZE > LISTED_BY_PAGE_ALONE:
            params["last_sort"] = str(last_sort)
        return self._list(self._product_path, params, payloads.Product)

    def products_by_id(self, ids: Sequence[int]) -> tuple[payloads.Product, ...]:
        """Read these products; the ones that have gone meanwhile are missing in the answer."""
        try:
            return self._list(self._product_path, {"product_id": ",".join(map(str, ids))}, payloads.Product)
        except Rejected as error:
            if error.code in refusals.NOT_FOUND:
                return ()
            raise

    @property
    def _product_path(self) -> str:
        return f"/inventory/v1/fs/{self._settings.fs_id}/product/info"

    def _list(self, path: str, params: dict[str, str], kind: type[payloads.T]) -> tuple[payloads.T, ...]:
        answer = self._account.http.get(
            f"{self._settings.api_url.rstrip('/')}{path}",
            params=params,
            headers={"Authorization": f"Bearer {self._account.token}"},
        )
        envelope = _read(answer, payloads.Envelope) if answer.status_code == 200 else _loosely(answer)
        refused = refusals.refusal(answer.status_code, answer.headers, envelope)
        if refused:
            raise refused
        if envelope.header is None and envelope.status is None:
            raise Temporary("this is not Tokopedia's answer: neither of its two envelopes is there")
        self.pause = refusals.long_pause(answer.headers)
        try:
            return payloads.read_list(envelope.data, kind)
        except msgspec.DecodeError as error:
            raise _unreadable(error) from error


def _read(answer: httpx.Response, kind: type[payloads.T]) -> payloads.T:
    try:
        return payloads.read(answer.content, kind)
    except msgspec.DecodeError as error:
        raise _unreadable(error) from error


def _loosely(answer: httpx.Response) -> payloads.Envelope:
    """Read a refusal, which may come from a proxy that speaks no JSON at all; the status says enough."""
    try:
        return payloads.read(answer.content, payloads.Envelope)
    except msgspec.DecodeError:
        return payloads.Envelope()


def _unreadable(error: msgspec.DecodeError) -> Temporary:
    return Temporary(f"Tokopedia's answer cannot be read: {error}")

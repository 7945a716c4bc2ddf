"""Tokopedia over HTTP: builds requests, sends them, and turns refusals into the contract's errors."""

from collections.abc import Sequence
from datetime import timedelta

import httpx
import msgspec
from hub_hookspecs import Account, ActionRequired, Rejected, Temporary, UnknownOutcome

from hub_tokopedia import payloads, refusals
from hub_tokopedia.order_payloads import ListedOrder, SingleOrder
from hub_tokopedia.settings import TokopediaSettings

PAGE_SIZE = 50
ORDERS = 100  # on a page
WEBHOOKS = (
    "order_notification_url",
    "order_cancellation_url",
    "order_status_url",
    "order_request_cancellation_url",
)
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
        return self._found({"product_id": ",".join(map(str, ids))})

    def _found(self, selector: dict[str, str]) -> tuple[payloads.Product, ...]:
        try:
            return self._list(self._product_path, selector, payloads.Product)
        except Rejected as error:
            if error.code in refusals.NOT_FOUND:
                return ()
            raise

    def products_by_sku(self, sku: str) -> tuple[payloads.Product, ...]:
        """Read every product with this code, in whatever shop of the app; none is no error."""
        return self._found({"sku": sku})

    def shelves(self) -> tuple[payloads.Shelf, ...]:
        """Read the whole tree of categories. An empty one is none, for it would replace the one that is known."""
        envelope = self._asked(f"/inventory/v1/fs/{self._settings.fs_id}/product/category", {})
        try:
            tree = payloads.read(envelope.data, payloads.Shelves)
        except msgspec.DecodeError as error:
            raise _unreadable(error) from error
        if not tree.categories:
            raise Temporary("Tokopedia gave no categories at all")
        return tree.categories

    def create(self, body: bytes) -> int:
        """Create one product; gives its id."""
        return self._written("POST", "create", body)

    def edit(self, body: bytes) -> int:
        """Change one product; gives its id."""
        return self._written("PATCH", "edit", body)

    def overwrite_stock(self, body: bytes, warehouse_id: str) -> payloads.Overwritten:
        """Set the stock of up to 100 products in one warehouse ("": the only one); their status stays as it is."""
        answer = self._account.http.post(
            f"{self._settings.api_url.rstrip('/')}/inventory/v1/fs/{self._settings.fs_id}/stock/update",
            params={"shop_id": self._settings.shop_id, "bypass_update_product_status": "true"}
            | ({"warehouse_id": warehouse_id} if warehouse_id else {}),
            content=body,
            headers=self._of_json,
        )
        envelope = _loosely(answer)
        told = _leniently(envelope.data, payloads.Overwritten)
        if told.failed_rows is None and told.succeed_rows is None and not told.failed:
            raise refusals.refusal(answer.status_code, answer.headers, envelope) or Temporary(
                "Tokopedia's answer to stock/update names no row, neither done nor failed"
            )
        return told

    def orders(self, start: int, end: int, page: int) -> tuple[ListedOrder, ...]:
        """Read one page of the shop's orders between two moments, in seconds; only an empty one is the end."""
        params = {"fs_id": self._settings.fs_id, "shop_id": self._settings.shop_id}
        days = {"from_date": str(start), "to_date": str(end)}
        return self._list("/v2/order/list", {**params, **days, "page": str(page), "per_page": str(ORDERS)}, ListedOrder)

    def order(self, ref: str) -> tuple[SingleOrder, ...]:
        """Read one order; empty where Tokopedia has none with this id."""
        try:
            return self._list(f"/v2/fs/{self._settings.fs_id}/order", {"order_id": ref}, SingleOrder)
        except Rejected as error:
            if error.code in refusals.NOT_FOUND:
                return ()
            raise

    def register_key(self, public_key: bytes) -> None:
        """Tell Tokopedia for which key to seal the buyers' data from now on."""
        answer = self._account.http.post(
            self._register_url,
            params={"upload": "1"},
            files={"public_key": ("public_key.pem", public_key, "application/x-pem-file")},
            headers={"Authorization": f"Bearer {self._account.token}"},
        )
        self._accepted(answer)

    def register_webhooks(self, url: str, secret: str) -> None:
        """Have everything about orders told to one address; what was registered before is replaced."""
        told = {"fs_id": int(self._settings.fs_id), "webhook_secret": secret, **dict.fromkeys(WEBHOOKS, url)}
        self._accepted(
            self._account.http.post(self._register_url, content=msgspec.json.encode(told), headers=self._of_json)
        )

    def act(self, order_ref: str, verb: str, body: bytes, *, of_shop: bool = False) -> None:
        """Change an order. An answer that breaks off, or cannot be read, leaves open whether it was."""
        answer = self._account.http.post(
            f"{self._settings.api_url.rstrip('/')}/v1/order/{order_ref}/fs/{self._settings.fs_id}/{verb}",
            params={"shop_id": self._settings.shop_id} if of_shop else {},
            content=body,
            headers=self._of_json,
        )
        envelope = _loosely(answer)
        refused = refusals.refusal(answer.status_code, answer.headers, envelope)
        if refused:
            raise refusals.after_writing(refused, answer.status_code)
        if not payloads.says_done(envelope.data):
            raise UnknownOutcome(f"Tokopedia's answer to {verb} does not say that it was done")

    def ask_for_pick_up(self, order_ref: str) -> None:
        """Have the courier come. An answer that breaks off, or cannot be read, leaves open whether he was asked."""
        told = {"order_id": int(order_ref), "shop_id": int(self._settings.shop_id)}
        answer = self._account.http.post(
            f"{self._settings.api_url.rstrip('/')}/inventory/v1/fs/{self._settings.fs_id}/pick-up",
            content=msgspec.json.encode(told),
            headers=self._of_json,
        )
        envelope = _loosely(answer)
        refused = refusals.refusal(answer.status_code, answer.headers, envelope)
        if refused:
            raise refusals.after_writing(refused, answer.status_code)
        if _leniently(envelope.data, payloads.PickUp).order_id != told["order_id"]:
            raise UnknownOutcome("Tokopedia's answer to pick-up does not name the order")

    def label(self, order_ref: str) -> bytes:
        """Read the page that is stuck on a parcel, without marking it as printed."""
        answer = self._account.http.get(
            f"{self._settings.api_url.rstrip('/')}/v1/order/{order_ref}/fs/{self._settings.fs_id}/shipping-label",
            params={"printed": "0"},
            headers={"Authorization": f"Bearer {self._account.token}"},
        )
        envelope = payloads.Envelope() if answer.status_code == 200 and _is_page(answer) else _loosely(answer)
        refused = refusals.refusal(answer.status_code, answer.headers, envelope)
        if refused:
            raise refused
        if not _is_page(answer) or not answer.content.strip():
            raise Temporary("Tokopedia gave no page where the label should be")
        return answer.content

    def _accepted(self, answer: httpx.Response) -> payloads.Envelope:
        """Read an answer that need not say more than that nothing is wrong."""
        envelope = _read(answer, payloads.Envelope) if answer.status_code == 200 else _loosely(answer)
        refused = refusals.refusal(answer.status_code, answer.headers, envelope)
        if refused:
            raise refused
        if envelope.header is None and envelope.status is None:
            raise Temporary("this is not Tokopedia's answer: neither of its two envelopes is there")
        return envelope

    @property
    def _register_url(self) -> str:
        return f"{self._settings.api_url.rstrip('/')}/v1/fs/{self._settings.fs_id}/register"

    @property
    def _of_json(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._account.token}", "Content-Type": "application/json"}

    @property
    def shop_id(self) -> str:
        return self._settings.shop_id

    @property
    def _product_path(self) -> str:
        return f"/inventory/v1/fs/{self._settings.fs_id}/product/info"

    def _list(self, path: str, params: dict[str, str], kind: type[payloads.T]) -> tuple[payloads.T, ...]:
        envelope = self._asked(path, params)
        try:
            return payloads.read_list(envelope.data, kind)
        except msgspec.DecodeError as error:
            raise _unreadable(error) from error

    def _asked(self, path: str, params: dict[str, str]) -> payloads.Envelope:
        answer = self._account.http.get(
            f"{self._settings.api_url.rstrip('/')}{path}",
            params=params,
            headers={"Authorization": f"Bearer {self._account.token}"},
        )
        envelope = self._accepted(answer)
        self.pause = refusals.long_pause(answer.headers)
        return envelope

    def _written(self, method: str, verb: str, body: bytes) -> int:
        """Send one product. Its row is read whatever the status, for a failed row is a clear no under any of them."""
        answer = self._account.http.request(
            method,
            f"{self._settings.api_url.rstrip('/')}/v3/products/fs/{self._settings.fs_id}/{verb}",
            params={"shop_id": self._settings.shop_id},
            content=body,
            headers=self._of_json,
        )
        envelope = _loosely(answer)
        publication = _leniently(envelope.data, payloads.Publication)
        if publication.failed:
            raise Rejected(refusals.unpublished(publication.failed), code="refused")
        refused = refusals.refusal(answer.status_code, answer.headers, envelope)
        if refused:
            raise refusals.after_writing(refused, answer.status_code)
        ref = next((row.product_id for row in publication.done or () if row.product_id > 0), 0)
        if not ref:
            raise UnknownOutcome("Tokopedia's answer names neither a product nor an error")
        return ref


def _read(answer: httpx.Response, kind: type[payloads.T]) -> payloads.T:
    try:
        return payloads.read(answer.content, kind)
    except msgspec.DecodeError as error:
        raise _unreadable(error) from error


def _leniently(data: msgspec.Raw, kind: type[payloads.T]) -> payloads.T:
    """Read what became of the rows; data of another shape says nothing of them."""
    try:
        return payloads.read(data, kind)
    except msgspec.DecodeError:
        return kind()


def _is_page(answer: httpx.Response) -> bool:
    kind: str = answer.headers.get("content-type", "")
    return kind.partition(";")[0].strip().lower() == "text/html"


def _loosely(answer: httpx.Response) -> payloads.Envelope:
    """Read a refusal, which may come from a proxy that speaks no JSON at all; the status says enough."""
    try:
        return payloads.read(answer.content, payloads.Envelope)
    except msgspec.DecodeError:
        return payloads.Envelope()


def _unreadable(error: msgspec.DecodeError) -> Temporary:
    return Temporary(f"Tokopedia's answer cannot be read: {error}")

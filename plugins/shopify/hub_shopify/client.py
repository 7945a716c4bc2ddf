"""Shopify over HTTP: sends documents, and turns every refusal into the contract's errors."""

from collections.abc import Collection, Mapping
from datetime import timedelta
from typing import NamedTuple, TypeVar

import msgspec
from hub_hookspecs import Account, ActionRequired, ChannelError, UnknownOutcome

from hub_shopify import envelope, refusals, version
from hub_shopify.settings import ShopifySettings

T = TypeVar("T")
_NULL = msgspec.Raw(b"null")


class Answer(NamedTuple):
    """What came back under HTTP 200: `acting` tells whether the request may have changed something."""

    whole: envelope.Envelope
    headers: Mapping[str, str]
    acting: bool

    @property
    def cost(self) -> envelope.Cost | None:
        return self.whole.extensions.cost if self.whole.extensions else None

    def refusal(self, may_be_denied: Collection[str] = ()) -> ChannelError | None:
        errors = tuple(each for each in envelope.errors(self.whole.errors) if not _is_denied(each, may_be_denied))
        return refusals.of_errors(errors, self.cost, headers=self.headers, acting=self.acting)


class ShopifyClient:
    """One account's calls. `pause` is what the last answer asked for, `version` the one it was given in."""

    def __init__(self, account: Account[ShopifySettings]) -> None:
        self._account = account
        self._settings = account.settings
        self._url = f"{self._settings.base_url}/admin/api/{version.API_VERSION}/graphql.json"
        self.pause: timedelta | None = None
        self.version = ""

    def token(self) -> envelope.Token:
        """Ask for a token with the app's own credentials; it holds for a day."""
        answer = self._account.http.post(
            f"{self._settings.base_url}/admin/oauth/access_token",
            data={
                "grant_type": "client_credentials",
                "client_id": self._settings.client_id,
                "client_secret": self._settings.client_secret,
            },
            headers={"Accept": "application/json"},
        )
        refused = refusals.of_login(answer.status_code, answer.headers, answer.text)
        if refused:
            raise refused
        token = _read(answer.content, envelope.Token, acting=False)
        if not token.access_token:
            raise ActionRequired(refusals.WRONG_SECRET)
        return token

    def query(self, document: str, kind: type[T], *, may_be_denied: Collection[str] = (), **variables: object) -> T:
        """Read; an error beside the data is a refusal all the same, for a part may be missing.

        Only fields named in `may_be_denied` may be null because the app has no right to see them.
        """
        answer = self._ask(document, variables, acting=False)
        refused = answer.refusal(may_be_denied)
        if refused:
            raise refused
        return _read(answer.whole.data, kind, acting=False)

    def mutate(self, document: str, field: str, kind: type[T], **variables: object) -> T:
        """Act by the one mutation `field` of the document: it failed where its own answer is null, and only there.

        An error beside an answer is of something below it that could not be told: the mutation took effect. Callers
        hold what they got against what they need, and raise `UnknownOutcome` where that is missing.
        """
        payload = self._payload(document, field, variables)
        rejected = refusals.of_user_errors(_read(payload, envelope.UserErrors, acting=True).user_errors)
        if rejected:
            raise rejected
        return _read(payload, kind, acting=True)

    def attempt(
        self, document: str, field: str, kind: type[T], **variables: object
    ) -> tuple[T, tuple[envelope.UserError, ...]]:
        """Act as `mutate` does, and give what Shopify did not take beside the answer, for whoever tells it apart."""
        payload = self._payload(document, field, variables)
        return _read(payload, kind, acting=True), _read(payload, envelope.UserErrors, acting=True).user_errors

    def _payload(self, document: str, field: str, variables: Mapping[str, object]) -> msgspec.Raw:
        answer = self._ask(document, variables, acting=True)
        data = answer.whole.data
        payload = data if _is_null(data) else _read(data, dict[str, msgspec.Raw], acting=True).get(field, _NULL)
        if _is_null(payload):
            raise answer.refusal() or UnknownOutcome(f"Shopify answered neither a result nor an error for {field}")
        return payload

    def _ask(self, document: str, variables: Mapping[str, object], *, acting: bool) -> Answer:
        answer = self._account.http.post(
            self._url,
            content=msgspec.json.encode({"query": document, "variables": variables}),
            headers={
                "Content-Type": "application/json",
                "Accept": "application/json",
                "X-Shopify-Access-Token": self._account.token,
            },
        )
        pasted = bool(self._settings.access_token)
        refused = refusals.of_status(answer.status_code, answer.headers, acting=acting, pasted=pasted)
        if refused:
            raise refused
        found = Answer(_read(answer.content, envelope.Envelope, acting=acting), answer.headers, acting)
        self.version = answer.headers.get("x-shopify-api-version", "")
        version.watch(self._settings.shop, self.version)
        self.pause = refusals.pause(found.cost)
        return found


def _is_denied(error: envelope.Error, fields: Collection[str]) -> bool:
    return error.code == "ACCESS_DENIED" and not set(error.path).isdisjoint(fields)


def _is_null(raw: msgspec.Raw) -> bool:
    return bytes(raw) == b"null"


def _read(body: bytes | msgspec.Raw, kind: type[T], *, acting: bool) -> T:
    try:
        return envelope.read(body, kind)
    except msgspec.DecodeError as error:
        raise refusals.unclear(f"Shopify's answer cannot be read: {error}", acting=acting) from error

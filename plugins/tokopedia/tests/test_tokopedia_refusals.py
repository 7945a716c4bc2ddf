"""Which refusal leads to which reaction."""

from datetime import timedelta

import pytest
from hub_hookspecs import ActionRequired, ChannelError, RateLimited, Rejected, Temporary, TokenExpired
from hub_tokopedia import payloads, refusals


def refused(status: int, body: str, headers: dict[str, str] | None = None) -> ChannelError | None:
    return refusals.refusal(status, headers or {}, payloads.read(body.encode(), payloads.Envelope))


def header(reason: str, code: str = "") -> str:
    return f'{{"header":{{"messages":"We could not","reason":"{reason}","error_code":"{code}"}},"data":null}}'


@pytest.mark.parametrize(
    ("status", "body"),
    [
        pytest.param(200, '{"header":{"process_time":0.1,"messages":"Your request"},"data":[]}', id="header"),
        pytest.param(200, '{"header":{"process_time":"35.50ms","error_code":0,"reason":""},"data":[]}', id="code zero"),
        pytest.param(200, '{"data":[],"status":"200 Ok","error_message":[]}', id="older envelope"),
    ],
)
def test_success_is_no_refusal(status: int, body: str) -> None:
    assert refused(status, body) is None


@pytest.mark.parametrize(
    ("status", "body", "reaction", "says"),
    [
        pytest.param(401, "{}", TokenExpired, "401", id="the token ended"),
        pytest.param(429, "{}", RateLimited, "429", id="too many requests"),
        pytest.param(403, header("x", "RBAC_MDLW_001"), ActionRequired, "not linked", id="FS ID without the shop"),
        pytest.param(403, header("x", "RBAC_USC_012"), ActionRequired, "not linked", id="the owner did not agree"),
        pytest.param(500, header("x", "PRD_USC_001"), ActionRequired, "not linked", id="not linked, older form"),
        pytest.param(400, header("x", "SHP_DLV_002"), ActionRequired, "check FS ID and Shop ID", id="no such shop"),
        pytest.param(403, header("IP not allowed"), ActionRequired, "whitelist", id="a foreign IP"),
        pytest.param(403, "{}", ActionRequired, "whitelist", id="a foreign IP without a word"),
        pytest.param(400, header("x", "SHP_DLV_001"), ActionRequired, "FS ID", id="an FS ID nobody knows"),
        pytest.param(
            400,
            '{"data":null,"status":"400 Bad Request","error_message":["Invalid FS ID Format"]}',
            ActionRequired,
            "FS ID",
            id="an FS ID nobody knows, older envelope",
        ),
        pytest.param(
            200,
            '{"data":null,"status":"400 Bad Request","error_message":["Invalid FS ID Format"]}',
            ActionRequired,
            "FS ID",
            id="a refusal under HTTP 200",
        ),
        pytest.param(400, header("no page", "PRD_DLV_005"), Rejected, "no page", id="a parameter fault"),
        pytest.param(500, header("no", "PRD_GRPC_003"), Rejected, "PRD_GRPC_003", id="not found"),
        pytest.param(400, header("Data Not Found", "ORD_API_008"), Rejected, "Not Found", id="not found, orders"),
        pytest.param(500, header("x", "PRD_GRPC_001"), Temporary, "PRD_GRPC_001", id="upstream fault"),
        pytest.param(400, header("x", "SHP_API_003"), Temporary, "SHP_API_003", id="upstream fault under 400"),
        pytest.param(500, header("x", "OPENAPI_DB_001"), Temporary, "OPENAPI_DB_001", id="database fault"),
        pytest.param(500, header("x", "NEW_ABC_001"), Temporary, "NEW_ABC_001", id="an unknown code under 500"),
        pytest.param(500, header("x", "PRD_USC_024"), Rejected, "PRD_USC_024", id="our fault under 500"),
        pytest.param(502, "{}", Temporary, "502", id="a gateway without a word"),
        pytest.param(408, "{}", Temporary, "408", id="a time-out on the way"),
        pytest.param(425, "{}", Temporary, "425", id="too early"),
        pytest.param(408, header("no", "PRD_USC_024"), Rejected, "PRD_USC_024", id="our fault under 408"),
        pytest.param(418, "{}", Rejected, "418", id="a status nobody expects"),
        pytest.param(200, header("x", "PRD_NEW_999"), Rejected, "PRD_NEW_999", id="an unknown code under HTTP 200"),
    ],
)
def test_each_refusal_is_named_for_what_the_hub_does_next(
    status: int, body: str, reaction: type[ChannelError], says: str
) -> None:
    error = refused(status, body)

    assert type(error) is reaction
    assert says in str(error)


def test_a_refusal_of_many_words_is_cut_short() -> None:
    assert len(str(refused(400, header("no! " * 10_000)))) < 400


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        pytest.param({"x-ratelimit-full-reset-after": "0.8", "x-ratelimit-reset-after": "0.2"}, 0.8, id="until full"),
        pytest.param({"x-ratelimit-reset-after": "3.5"}, 3.5, id="until one slot"),
        pytest.param({"retry-after": "7"}, 7, id="the common header"),
        pytest.param({"x-ratelimit-reset-after": "1e300"}, 3600, id="never longer than an hour"),
        pytest.param({"x-ratelimit-reset-after": "-0.000000"}, None, id="no wait"),
        pytest.param({"x-ratelimit-reset-after": "nan"}, None, id="not a number"),
        pytest.param({"retry-after": "soon"}, None, id="a word"),
        pytest.param({}, None, id="nothing said"),
    ],
)
def test_a_rate_limit_says_how_long(headers: dict[str, str], seconds: float | None) -> None:
    error = refused(429, "{}", headers)

    assert isinstance(error, RateLimited)
    assert error.retry_after == (None if seconds is None else timedelta(seconds=seconds))


@pytest.mark.parametrize(
    ("remaining", "reset", "pause"),
    [
        pytest.param("0", "4.0", timedelta(seconds=4), id="others used the app up"),
        pytest.param("0", "0.2", None, id="the host's own pace"),
        pytest.param("2", "4.0", None, id="slots are left"),
        pytest.param("", "", None, id="nothing said"),
    ],
)
def test_an_empty_bucket_is_left_alone(remaining: str, reset: str, pause: timedelta | None) -> None:
    headers = {"x-ratelimit-remaining": remaining, "x-ratelimit-reset-after": reset}

    assert refusals.long_pause(headers) == pause

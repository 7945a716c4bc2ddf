"""The parts of what is asked that take some reading."""

import base64
import binascii
import hashlib
from decimal import Decimal, InvalidOperation

from hub_fastock_my.sandbox.elements import Fields
from hub_fastock_my.sandbox.records import Refused


def label(props: Fields) -> str:
    """The digest of the label, which must be that of the bytes."""
    content, digest = props.text("labelPdfBase64"), props.text("labelSha256")
    props.done()
    try:
        raw = base64.b64decode(content, validate=True)
    except binascii.Error as error:
        raise Refused("label-missing", "labelPdfBase64 is no base64") from error
    if not raw:
        return ""
    if not raw.startswith(b"%PDF-") or hashlib.sha256(raw).hexdigest() != digest:
        raise Refused("label-missing", "the label is no PDF, or not the one that labelSha256 says")
    return digest


def person(info: Fields) -> tuple[str, ...]:
    needed = [info.need(name) for name in ("name", "mobile", "province", "city", "detailAddress")]
    found = (*needed, info.text("zipCode"), info.text("countryCode"))
    info.done()
    return found


def scaled(text: str, by: int) -> int | None:
    if not text:
        return None
    try:
        number = Decimal(text) * by
    except InvalidOperation as error:
        raise Refused("missing-parameter", f"{text} is no measure") from error
    return int(number)


def mm(text: str) -> int:
    return scaled(text, 10) or 0

"""The one way out to a channel: deadline, byte cap, egress guard, shared rate, redaction and a record of it all."""

from hub.kernel.http.client import ChannelHttp
from hub.kernel.http.conversation import Conversation, latest, within
from hub.kernel.http.egress import EgressGuard, EgressRefused
from hub.kernel.http.exchanges import Exchange, purge_exchanges, recent
from hub.kernel.http.pace import Limit, purge_rates
from hub.kernel.http.redaction import Redactor

__all__ = [
    "ChannelHttp",
    "Conversation",
    "EgressGuard",
    "EgressRefused",
    "Exchange",
    "Limit",
    "Redactor",
    "latest",
    "purge_exchanges",
    "purge_rates",
    "recent",
    "within",
]

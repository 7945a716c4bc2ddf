"""The one way out to a channel: deadline, byte cap, egress guard, shared rate, redaction and a record of it all."""

from hub.kernel.http.client import ChannelHttp, Limit
from hub.kernel.http.conversation import Conversation

__all__ = ["ChannelHttp", "Conversation", "Limit"]

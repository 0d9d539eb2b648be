"""Who is watching: whether any screen, in any process, is joined to a group."""

import logging
from collections.abc import Iterable
from typing import Any

import redis
from channels.layers import get_channel_layer

from contactcenter.valkey import valkey

logger = logging.getLogger(__name__)


def watched(groups: Iterable[str]) -> set[str]:
    """Those of the groups that some hub is subscribed to; none while Valkey is away, for then nobody would hear."""
    layer: Any = get_channel_layer()
    channels = {layer.channel_of(group): group for group in groups}
    if not channels:
        return set()
    try:
        counts: Any = valkey().pubsub_numsub(*channels)
    except redis.RedisError as error:
        logger.warning("could not ask who is watching: %s", error)
        return set()
    return {channels[channel.decode()] for channel, count in counts if count}

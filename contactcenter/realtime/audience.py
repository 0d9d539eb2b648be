"""Who is watching: whether any screen, in any process, is joined to a group."""

import logging
from collections.abc import Iterable
from typing import Any

import redis
from django.conf import settings

from contactcenter.valkey import valkey

logger = logging.getLogger(__name__)


def watched(groups: Iterable[str]) -> set[str]:
    """Those of the groups that some hub is subscribed to; none while Valkey is away, for then nobody would hear."""
    config: Any = settings.CHANNEL_LAYERS["default"]["CONFIG"]
    prefix = config.get("prefix", "asgi")
    channels = {f"{prefix}__group__{group}": group for group in groups}  # as the layer names them
    if not channels:
        return set()
    try:
        counts: Any = valkey().pubsub_numsub(*channels)
    except redis.RedisError as error:
        logger.warning("could not ask who is watching: %s", error)
        return set()
    return {channels[channel.decode()] for channel, count in counts if count}

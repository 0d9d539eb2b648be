"""The official pub/sub layer, which here also tells of every new link to Valkey."""

import asyncio
from collections.abc import Callable
from typing import Any
from weakref import WeakKeyDictionary

from channels_redis.pubsub import RedisPubSubChannelLayer
from channels_redis.utils import decode_hosts
from redis.asyncio import Connection
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff


class Layer(RedisPubSubChannelLayer):
    """A Redis client mends a broken link in silence, but what was sent meanwhile is gone."""

    def __init__(self, hosts: list[Any] | None = None, **config: Any) -> None:
        self._listeners: WeakKeyDictionary[asyncio.AbstractEventLoop, Callable[[], None]] = WeakKeyDictionary()
        options = {
            "redis_connect_func": self._linked,
            # The hub and the publisher have a back-off of their own, and know what was lost.
            "retry": Retry(NoBackoff(), 0),
            "socket_connect_timeout": 3,
            "socket_timeout": 5,
        }
        decoded = decode_hosts(hosts)
        super().__init__(hosts=[options | host for host in decoded], **config)
        self.url: str = decoded[0]["address"]
        self._prefix = config.get("prefix", "asgi")

    def channel_of(self, group: str) -> str:
        """What Valkey calls the group."""
        return f"{self._prefix}__group__{group}"

    def on_link(self, listener: Callable[[], None]) -> None:
        """Call `listener` whenever a connection of the running loop is made."""
        self._listeners[asyncio.get_running_loop()] = listener

    async def _linked(self, connection: Connection) -> None:
        await connection.on_connect()
        if listener := self._listeners.get(asyncio.get_running_loop()):
            listener()

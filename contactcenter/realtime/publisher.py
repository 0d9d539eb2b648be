"""From a verb to Valkey: in order, after the commit, and never in the way of the one who pushes."""

import asyncio
import atexit
import logging
import os
import socket
import threading
from collections import deque
from functools import partial
from typing import Any

from channels.layers import get_channel_layer
from django.db import transaction
from redis.exceptions import RedisError

from contactcenter.realtime.hub import EVERYONE

logger = logging.getLogger(__name__)

LIMIT = 10_000  # pushes waiting in one process; past that screens fetch anew rather than be told


def push(group: str, event: dict[str, Any]) -> None:
    """Send an event to every screen of the group once the transaction is in.
    A lost push is no error: screens fetch their state again whenever they connect."""
    send = partial(_publish, group, event | {"g": group})
    connection = transaction.get_connection()
    if connection.in_atomic_block:
        connection.on_commit(send, robust=True)
    else:
        send()


def flush(timeout: float = 2) -> bool:
    """Wait until what was pushed so far is out; False when it took too long."""
    return _publisher.flush(timeout)


class Publisher:
    """Carries pushes on a thread with its own loop; a loop per call would be a connection per call."""

    def __init__(self, layer: Any = None) -> None:
        self._layer = layer
        self._pending: deque[tuple[str, dict[str, Any]] | threading.Event] = deque()
        self._overflowed = False
        self._starting = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._wake = asyncio.Event()

    def publish(self, group: str, event: dict[str, Any]) -> None:
        if len(self._pending) < LIMIT:
            self._pending.append((group, event))
        else:
            self._overflowed = True
        self._rouse()

    def flush(self, timeout: float) -> bool:
        if self._loop is None:
            return True
        done = threading.Event()
        self._pending.append(done)
        self._rouse()
        return done.wait(timeout)

    def _rouse(self) -> None:
        with self._starting:
            if self._loop is None:
                # Imported here, not on the thread: a fork in the middle of an import would never finish it.
                self._layer = self._layer or get_channel_layer()
                self._loop = _Loop()
                thread = threading.Thread(target=self._run, args=(self._loop,), name="publisher", daemon=True)
                thread.start()
        self._loop.call_soon_threadsafe(self._wake.set)

    def _run(self, loop: asyncio.AbstractEventLoop) -> None:
        asyncio.set_event_loop(loop)
        loop.run_until_complete(self._carry())

    async def _carry(self) -> None:
        while True:
            while self._pending:
                item = self._pending.popleft()
                if isinstance(item, threading.Event):
                    item.set()
                    continue
                try:
                    await self._layer.group_send(*item)
                except (RedisError, OSError) as error:
                    await self._lost(error)
                except Exception:
                    logger.exception("push to %s could not be sent", item[0])
            if self._overflowed:
                self._overflowed = False
                await self._lost(f"more than {LIMIT} were waiting")
            self._wake.clear()
            if not self._pending:
                await self._wake.wait()

    async def _lost(self, why: object) -> None:
        """Once Valkey answers again, have every screen fetch its state: that covers all that was not sent."""
        dropped, pause = 1, 0.1
        logger.warning("pushes are being dropped: %s", why)
        while True:
            dropped += self._drop_pending()
            try:
                await self._layer.group_send(EVERYONE, {"type": "hub.resync"})
            except (RedisError, OSError):
                await asyncio.sleep(pause)
                pause = min(pause * 2, 1)
            else:
                logger.warning("%d pushes were dropped, every screen was told to fetch its state", dropped)
                return

    def _drop_pending(self) -> int:
        dropped = 0
        for _ in range(len(self._pending)):
            item = self._pending.popleft()
            if isinstance(item, threading.Event):
                self._pending.append(item)  # who waits in flush() waits for the recovery
            else:
                dropped += 1
        return dropped


class _Loop(asyncio.SelectorEventLoop):
    async def getaddrinfo(self, host: Any, port: Any, **options: Any) -> Any:
        # asyncio asks a thread pool, which takes no more work when a short command flushes at its exit.
        return socket.getaddrinfo(host, port, **options)


_publisher = Publisher()
_leaves_without_exit = False


def _publish(group: str, event: dict[str, Any]) -> None:
    _publisher.publish(group, event)
    if _leaves_without_exit:
        flush()


def _begin_anew() -> None:
    """A forked child has the parent's queue but not its thread; an RQ work-horse also leaves by `os._exit`,
    so there each push waits until it is out."""
    global _publisher, _leaves_without_exit
    _publisher, _leaves_without_exit = Publisher(), True


os.register_at_fork(after_in_child=_begin_anew)
atexit.register(flush)

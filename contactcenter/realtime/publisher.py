"""From a verb to our hub and, by Valkey, all others: in order, after the commit, never in the way of who pushes."""

import atexit
import logging
import os
import threading
import time
from collections import deque
from functools import partial
from typing import Any

from channels.layers import get_channel_layer
from django.db import transaction
from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

from contactcenter.realtime import hub

logger = logging.getLogger(__name__)

LIMIT = 10_000  # pushes waiting in one process; past that screens fetch anew rather than be told
AT_ONCE = 100  # in one write

type Command = tuple[str, str, bytes]


def push(group: str, *events: dict[str, Any]) -> None:
    """Send events to every screen of the group once the transaction is in, those of one call in one message.
    A lost push is no error: screens fetch their state again whenever they connect."""
    event = events[0] if len(events) == 1 else {"type": "screen.several", "events": events}
    send = partial(_publish, group, event)
    connection = transaction.get_connection()
    if connection.in_atomic_block:
        connection.on_commit(send, robust=True)
    else:
        send()


def flush(timeout: float = 2) -> bool:
    """Wait until what was pushed so far is out; False when it took too long."""
    return _publisher.flush(timeout)


class Publisher:
    """Shows pushes on the screens of this process and carries them to all others over a bare connection: whoever pushes
    writes them, which takes no time while Valkey keeps up, and a thread of our own reads what is answered and does
    whatever may have to wait. All that waits leaves in one write; Redis' clients take ten times as long for each."""

    def __init__(self, layer: Any = None) -> None:
        self._layer = layer
        self._pending: deque[Command | threading.Event] = deque()
        self._overflowed = False
        self._starting = threading.Lock()
        self._thread: threading.Thread | None = None
        self._wake = threading.Event()
        self._writing = threading.Lock()
        self._unanswered = 0
        self._keeps_up = False  # the link is there, and what was last asked of it was answered
        self._broken: Exception | None = None

    def publish(self, group: str, event: dict[str, Any]) -> None:
        if self._thread is None:
            self._start()
        event = event | {"g": group, "from": hub.HERE}
        command = self._command(group, event)
        if command is None:
            return
        hub.hand_out_here(event)
        if len(self._pending) < LIMIT:
            self._pending.append(command)
        else:
            self._overflowed = True
        if self._writing.acquire(blocking=False):
            try:
                if self._keeps_up and self._unanswered < AT_ONCE:
                    self._write_some()
            except (RedisError, OSError) as error:
                self._keeps_up, self._broken = False, error
            finally:
                self._writing.release()
        self._wake.set()

    def flush(self, timeout: float) -> bool:
        if self._thread is None:
            return True
        done = threading.Event()
        self._pending.append(done)
        self._wake.set()
        return done.wait(timeout)

    def _start(self) -> None:
        with self._starting:
            if self._thread is None:
                # Imported here, not on the thread: a fork in the middle of an import would never finish it.
                self._layer = self._layer or get_channel_layer()
                patience = {"socket_connect_timeout": 3, "socket_timeout": 5, "retry": Retry(NoBackoff(), 0)}
                self._link = Redis.from_url(self._layer.url, **patience).connection_pool.make_connection()
                self._thread = threading.Thread(target=self._carry, name="publisher", daemon=True)
                self._thread.start()

    def _carry(self) -> None:
        while True:
            self._wake.wait()
            self._wake.clear()
            while self._pending or self._unanswered:
                self._send_some()
            if self._overflowed:
                self._overflowed = False
                self._lost(f"more than {LIMIT} were waiting")

    def _send_some(self) -> None:
        expected = 0
        try:
            with self._writing:
                if self._broken:
                    raise self._broken
                self._write_some()
                expected, self._unanswered = self._unanswered, 0
            for _ in range(expected):
                self._link.read_response()
            with self._writing:
                self._keeps_up = not self._broken
        except (RedisError, OSError) as error:
            self._lost(error, expected)
        if self._pending and isinstance(waits := self._pending[0], threading.Event):
            self._pending.popleft()
            waits.set()

    def _write_some(self) -> None:
        """Up to what somebody waits for."""
        commands: list[Command] = []
        while self._pending and len(commands) < AT_ONCE and not isinstance(item := self._pending[0], threading.Event):
            self._pending.popleft()
            commands.append(item)
        if commands:
            self._unanswered += len(commands)
            self._link.send_packed_command(self._link.pack_commands(commands))

    def _command(self, group: str, event: dict[str, Any]) -> Command | None:
        try:
            return "PUBLISH", self._layer.channel_of(group), self._layer.serialize(event)
        except Exception:
            logger.exception("push to %s could not be sent", group)
            return None

    def _lost(self, why: object, dropped: int = 1) -> None:
        """Once Valkey answers again, have every screen fetch its state: that covers all that was not sent."""
        resync = self._command(hub.EVERYONE, {"type": "hub.resync"})
        assert resync
        pause = 0.1
        logger.warning("pushes are being dropped: %s", why)
        with self._writing:
            self._keeps_up, self._broken = False, None
            dropped, self._unanswered = dropped + self._unanswered, 0
        while True:
            dropped += self._drop_pending()
            try:
                self._link.disconnect()
                self._link.send_packed_command(self._link.pack_command(*resync))
                self._link.read_response()
            except (RedisError, OSError):
                time.sleep(pause)
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

"""One live screen: a desk, a wallboard or a customer's chat window."""

import asyncio
import json
import logging
from collections import deque
from contextlib import suppress
from typing import Any

from channels.consumer import get_handler_name
from channels.exceptions import StopConsumer
from channels.generic.websocket import AsyncWebsocketConsumer

from contactcenter.realtime.hub import get_hub

logger = logging.getLogger(__name__)

OUTBOX = 200  # pushes a browser may be behind before it is dropped
FRAME_LIMIT = 64 * 1024
PROTOCOL = 4400  # close codes
SLOW = 4008
RELOAD = 4012


class Screen(AsyncWebsocketConsumer):
    """Joined to groups, it shows what is pushed to them; it costs no layer channel and holds nobody up."""

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self._wire = send
        self._outbox: deque[dict[str, Any]] = deque()
        self._writer: asyncio.Task[None] | None = None
        self._refresher: asyncio.Task[None] | None = None
        self.refreshes = 0
        self._wanted: dict[tuple[Any, Any], dict[str, Any] | None] = {}
        self._joined: set[str] = set()
        self._over = False
        self._accepted = False
        self.hub = get_hub()
        try:
            await self._listen(scope, receive)
        finally:
            self._forget()
            for task in (self._writer, self._refresher):
                if task:
                    task.cancel()

    # For consumers

    async def join(self, group: str) -> None:
        """Show what is pushed to the group from now on; join before reading the state to be shown."""
        self._joined.add(group)
        await self.hub.join(group, self)

    async def leave(self, group: str) -> None:
        self._joined.discard(group)
        self.hub.leave(group, self)

    async def refuse(self, code: int) -> None:
        """Accept, then close: the browser sees the code and stays away; a rejected one would try for ever."""
        await self.accept()
        await self.close(code=code)

    async def close(self, code: int | None = None, reason: str | None = None) -> None:
        if not self._over:
            if not self._accepted:
                await self.accept()
            self._over = True
            self._forget()
            await super().close(code=code, reason=reason)

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        try:
            data = json.loads(text_data or "")
        except (ValueError, RecursionError):
            data = None
        if isinstance(data, dict):
            await self.receive_json(data)
        else:
            await self.misread("bad_json")

    async def receive_json(self, data: dict[str, Any]) -> None:
        """Override: an object came in."""

    async def misread(self, why: str) -> None:
        """Override to say so: no page of ours sends this ("binary", "too_long" or "bad_json")."""
        await self.close(code=PROTOCOL)

    async def refresh(self, event: dict[str, Any]) -> None:
        """Override: render what the event names for this screen's own viewer, and send it."""

    async def resynced(self) -> None:
        """Override: pushes may have been missed, show all anew. By default the browser has to reconnect."""
        await self.close(code=RELOAD)

    @property
    def refreshing(self) -> bool:
        """It is being drawn anew, from what may have been read by now."""
        return self._refresher is not None

    # For the hub, which calls these for many screens and must not wait for any

    def show(self, frame: dict[str, Any]) -> None:
        if self._over:
            return
        self._outbox.append(frame)
        if len(self._outbox) > OUTBOX:
            logger.warning("a browser that does not read was dropped")
            self.drop(SLOW)
        elif self._writer is None and self._accepted:  # what comes sooner is sent with the acceptance
            self._write_on()

    def want(self, event: dict[str, Any]) -> None:
        """Refresh soon; however often asked for the same thing meanwhile, once."""
        self._wanted[event.get("what"), event.get("id")] = event
        self._refresh_on()

    def want_all(self) -> None:
        self._wanted = {(None, None): None}
        self._refresh_on()

    def drop(self, code: int) -> None:
        """Close at once, before anything that still waits to be sent."""
        if self._over:
            return
        self._over = True
        self._forget()
        self._outbox.clear()
        if self._writer:
            self._writer.cancel()
        if not self._accepted:
            self._outbox.append({"type": "websocket.accept"})  # turned away at the door, a browser learns no code
        self._outbox.append({"type": "websocket.close", "code": code})
        self._write_on()

    # Inside

    def _forget(self) -> None:
        for group in self._joined:
            self.hub.leave(group, self)
        self._joined.clear()

    async def _send(self, message: dict[str, Any]) -> None:
        """What the consumer sends keeps its turn among the pushes and waits while the socket is full."""
        if self._over and message["type"] != "websocket.close":
            return
        if message["type"] == "websocket.accept":
            self._accepted = True
            self._outbox.appendleft(message)  # before what was pushed since it joined its groups
        else:
            self._outbox.append(message)
        if self._writer is None and self._accepted:
            self._write_on()
        while self._writer is not None:
            await asyncio.wait([self._writer])

    def _write_on(self) -> None:
        # Eager: done here and now unless the socket is full, so no pass of the loop per browser.
        task = asyncio.Task(self._write(), loop=asyncio.get_running_loop(), eager_start=True)
        self._writer = None if task.done() else task

    async def _write(self) -> None:
        try:
            while self._outbox:
                await self._wire(self._outbox.popleft())
        except Exception as error:
            logger.info("a browser could not be written to: %r", error)
            self._over = True
            self._outbox.clear()
            self._forget()
            with suppress(Exception):
                await self._wire({"type": "websocket.close", "code": RELOAD})
        finally:
            if self._writer is asyncio.current_task():
                self._writer = None

    def _refresh_on(self) -> None:
        if self._refresher is None and not self._over:
            self.refreshes += 1
            self._refresher = asyncio.get_running_loop().create_task(self._refresh())

    async def _refresh(self) -> None:
        try:
            while self._wanted and not self._over:
                event = self._wanted.pop(next(iter(self._wanted)))
                await (self.refresh(event) if event else self.resynced())
        except Exception:
            logger.exception("a screen could not be refreshed")
            self.drop(RELOAD)
        finally:
            self._refresher = None

    # Channels would make a task for each frame, since others hear of a layer as well, and visit the one thread shared
    # by all consumers before it, to close old database connections; `in_db` gives its own back.

    async def _listen(self, scope: Any, receive: Any) -> None:
        self.scope, self.base_send = scope, self._send
        with suppress(StopConsumer):
            while True:
                await self.dispatch(await receive())

    async def dispatch(self, message: dict[str, Any]) -> None:
        handler = getattr(self, get_handler_name(message))
        await handler(message)

    async def websocket_receive(self, message: dict[str, Any]) -> None:
        text = message.get("text")
        if self._over:
            return
        if text is None:
            await self.misread("binary")
        elif len(text) > FRAME_LIMIT:
            await self.misread("too_long")
        else:
            await self.receive(text)

    async def websocket_disconnect(self, message: dict[str, Any]) -> None:
        self._over = True
        self._forget()
        await self.disconnect(message.get("code", 1006))
        raise StopConsumer

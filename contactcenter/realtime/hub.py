"""To the screens of this process: what is pushed here at once, what is pushed elsewhere by one subscription."""

import asyncio
import json
import logging
import os
from collections.abc import Coroutine
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from uuid import uuid4
from weakref import WeakKeyDictionary

from channels.layers import get_channel_layer
from redis.exceptions import RedisError

if TYPE_CHECKING:
    from contactcenter.realtime.screen import Screen

logger = logging.getLogger(__name__)

EVERYONE = "hubs"  # the group every hub listens to
BEAT = 2.0  # seconds between two proofs that the subscription lives
ECHO_TIMEOUT = 10.0  # seconds in which nothing at all was heard
BEHIND_AT_MOST = 60.0  # seconds that our call may wait for its turn
ECHO_AGAIN = 0.1

LinkErrors = (RedisError, OSError)  # TimeoutError is an OSError


@dataclass(slots=True)
class Group:
    subscribed: asyncio.Task[None]
    screens: set["Screen"] = field(default_factory=set)


class Hub:
    """Hands each event to the screens joined to its group; never waits for a browser or for the database."""

    def __init__(self, layer: Any = None) -> None:
        self.layer = layer or get_channel_layer()
        self.groups: dict[str, Group] = {}
        self.channel = ""
        self._lost = True
        self._heard_at = 0.0
        self._subscribing = False
        self._doubt = asyncio.Event()
        self._lock = asyncio.Lock()
        self._echoes: dict[str, asyncio.Future[None]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._opening: asyncio.Task[None] | None = None
        self._reader: asyncio.Task[None] | None = None

    async def join(self, group: str, screen: "Screen") -> None:
        """Once this returns, the screen gets all that is pushed to the group; if Valkey is away, it is told
        to resync as soon as that holds."""
        if self._opening is None:
            self._opening = self._spawn(self._open())
        if group not in self.groups:
            self.groups[group] = Group(self._spawn(self._subscribe(group)))
        entry = self.groups[group]
        entry.screens.add(screen)
        await asyncio.shield(entry.subscribed)

    def leave(self, group: str, screen: "Screen") -> None:
        entry = self.groups.get(group)
        if entry is None:
            return
        entry.screens.discard(screen)
        if not entry.screens:
            del self.groups[group]
            self._spawn(self._unsubscribe(group))

    def resync(self) -> None:
        """Have every screen fetch what it may have missed."""
        for screen in {screen for group in self.groups.values() for screen in group.screens}:
            screen.want_all()

    async def close(self) -> None:
        for task in [*self._tasks]:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.layer.flush()

    def _spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def _open(self) -> None:
        self.layer.on_link(self._linked)
        try:
            await self._connect()
        except LinkErrors as error:
            logger.warning("no link to Valkey, screens get no pushes until it is back: %s", error)
        self._spawn(self._watch())

    def _linked(self) -> None:
        if not self._subscribing:  # a link we did not ask for replaces one that broke
            self._doubt.set()

    async def _connect(self) -> None:
        """Subscribe to everything from nothing, and prove that it works."""
        async with self._lock, asyncio.timeout(10):
            self._subscribing = True
            try:
                self._doubt.clear()
                if self._reader:
                    self._reader.cancel()
                await self.layer.flush()
                self.channel = await self.layer.new_channel()
                self._reader = self._spawn(self._read(self.channel))
                for group in (*self.groups, EVERYONE):
                    await self.layer.group_add(group, self.channel)
                await self._echo(EVERYONE)
                self._lost = False
            finally:
                self._subscribing = False

    async def _watch(self) -> None:
        """Prove every few seconds that the subscription lives; after any doubt subscribe anew and resync."""
        pause = 0.1
        while True:
            if self._lost:
                try:
                    await self._connect()
                except LinkErrors:
                    await asyncio.sleep(pause)
                    pause = min(pause * 2, 1)
                    continue
                pause = 0.1
                logger.warning("the link to Valkey is back, %d groups resync", len(self.groups))
                self.resync()
            try:
                async with asyncio.timeout(BEAT):
                    await self._doubt.wait()
            except TimeoutError:
                try:
                    await self._echo(EVERYONE)
                    continue
                except LinkErrors as error:
                    logger.warning("the link to Valkey is lost: %s", error)
            self._doubt.clear()
            self._lost = True

    async def _subscribe(self, group: str) -> None:
        assert self._opening is not None
        await self._opening
        if self._lost:
            return  # the watch subscribes to every group when the link is back
        try:
            async with self._lock:
                if group not in self.groups or self._lost:
                    return
                await self.layer.group_add(group, self.channel)
            # Subscribing waits for no answer; what the screen reads next must not be older than it.
            await self._echo(group)
        except LinkErrors:
            self._doubt.set()

    async def _unsubscribe(self, group: str) -> None:
        async with self._lock:
            if group in self.groups or self._lost:
                return
            try:
                await self.layer.group_discard(group, self.channel)
            except LinkErrors:
                self._doubt.set()

    async def _echo(self, group: str) -> None:
        """Call into the group until we hear it ourselves. One call is not enough: it goes over another connection than
        the subscription, and a busy Valkey may take it first, when we are not yet there to hear it. While anything else
        is heard the link lives and our call has only not had its turn: to resync everybody would put us further behind.
        """
        token = uuid4().hex
        loop = asyncio.get_running_loop()
        heard, since = loop.create_future(), loop.time()
        self._echoes[token] = heard
        try:
            while not heard.done():
                now = loop.time()
                if now - max(since, self._heard_at) > ECHO_TIMEOUT or now - since > BEHIND_AT_MOST:
                    raise TimeoutError("our own call is not heard")
                async with asyncio.timeout(ECHO_TIMEOUT):
                    await self.layer.group_send(group, {"type": "hub.echo", "token": token})
                await asyncio.wait([heard], timeout=ECHO_AGAIN)
        finally:
            del self._echoes[token]

    async def _read(self, channel: str) -> None:
        while True:
            try:
                event = await self.layer.receive(channel)
                self._heard_at = asyncio.get_running_loop().time()
                if event.get("from") != HERE:
                    self.hand_out(event)
            except Exception:
                logger.exception("an event could not be handed out")
            # daphne's send never suspends: without a breath here nothing is flushed while there are more.
            await asyncio.sleep(0)

    def hand_out(self, event: dict[str, Any]) -> None:
        group = self.groups.get(event.get("g", ""))
        screens = [*group.screens] if group else []
        for each in event["events"] if event["type"] == "screen.several" else [event]:
            self._show(each, screens)

    def _show(self, event: dict[str, Any], screens: list["Screen"]) -> None:
        match event["type"]:
            case "screen.patch":
                frame = {"type": "websocket.send", "text": event["html"]}
                for screen in screens:
                    screen.show(frame)
            case "screen.json":
                frame = {"type": "websocket.send", "text": json.dumps(event["data"])}
                for screen in screens:
                    screen.show(frame)
            case "screen.refresh":
                for screen in screens:
                    screen.want(event)
            case "screen.close":
                for screen in screens:
                    screen.drop(event["code"])
            case "hub.echo":
                heard = self._echoes.get(event["token"])
                if heard and not heard.done():
                    heard.set_result(None)
            case "hub.resync":
                self.resync()
            case unknown:
                logger.error("unknown event %s", unknown)


HERE = uuid4().hex  # this process, among all that push
_hubs: WeakKeyDictionary[asyncio.AbstractEventLoop, Hub] = WeakKeyDictionary()


def get_hub() -> Hub:
    """The hub of the running loop, which in a web process is the only one."""
    loop = asyncio.get_running_loop()
    if loop not in _hubs:
        _hubs[loop] = Hub()
    return _hubs[loop]


def hand_out_here(event: dict[str, Any]) -> None:
    """Show what was pushed in this process, by any of its threads, without the way through Valkey."""
    for known in _hubs.keyrefs():
        if loop := known():
            with suppress(RuntimeError):  # closed: the process ends, others are still to hear of it
                loop.call_soon_threadsafe(_hubs[loop].hand_out, event)


def _begin_anew() -> None:
    """A forked child is another process, and has nothing to do with the loops of its parent."""
    global HERE
    HERE = uuid4().hex
    _hubs.clear()


os.register_at_fork(after_in_child=_begin_anew)

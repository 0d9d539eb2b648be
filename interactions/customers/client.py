"""One visitor's page without a screen: the public protocol as the widget speaks it, losses and repeats included."""

import asyncio
import json
import random
import urllib.error
import urllib.request
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any, Self
from uuid import uuid4

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException

Frame = dict[str, Any]
LINK_LOST = (OSError, WebSocketException)
ACKNOWLEDGED_WITHIN = 12.0
LONGEST_PAUSE = 5.0


class Refused(Exception):
    """The contact centre said no; `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class VisitorClient:
    """`async with VisitorClient(url, "demo") as visitor: await visitor.open("Hello", name="Lee")`"""

    def __init__(self, base_url: str, entry: str, token: str = "") -> None:
        self.root = f"{base_url.rstrip('/')}/visit/{entry}/"
        self.socket_url = f"{base_url.rstrip('/').replace('http', 'ws', 1)}/ws/visit/{entry}/"
        self.token = token
        self.state: Frame = {}
        self.messages: list[Frame] = []
        self.typist = ""
        self.errors: list[str] = []
        self.changed = asyncio.Condition()
        self._held: dict[int, Frame] = {}
        self._up = asyncio.Event()
        self._links = 0
        self._online = asyncio.Event()
        self._online.set()
        self._socket: ClientConnection | None = None
        self._living: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    # What a visitor does

    async def open(self, text: str = "", **details: Any) -> Frame:
        """Start a conversation, or go on with the open one; returns its state."""
        if not self.token:
            self.token = (await self._post("visitors/", {}))["token"]
        data = {"token": self.token, "text": text, "client_id": uuid4().hex, **details}
        started = await self._post("sessions/", data)
        self.token = started["token"]
        await self._hear(started["state"])
        if self._living is None:
            self._living = asyncio.create_task(self._live())
        return self.state

    async def say(self, text: str, timeout: float = 60) -> Frame:
        """Send a line until it is acknowledged, at once on every new link; returns it as everybody sees it."""
        client_id = uuid4().hex
        async with asyncio.timeout(timeout):
            while not (said := self._said(client_id)):
                await self._send({"type": "say", "text": text, "client_id": client_id})
                link = self._links
                with suppress(TimeoutError):
                    await self.wait_for(partial(self._answered, client_id, link), ACKNOWLEDGED_WITHIN)
        return said

    async def send_file(self, name: str, content: bytes, text: str = "") -> Frame:
        boundary, client_id = uuid4().hex, uuid4().hex
        parts = [
            f'--{boundary}\r\nContent-Disposition: form-data; name="{field}"\r\n\r\n{value}\r\n'.encode()
            for field, value in (("text", text), ("client_id", client_id))
        ]
        head = f'Content-Disposition: form-data; name="files"; filename="{name}"\r\nContent-Type: x/x\r\n\r\n'
        parts += [f"--{boundary}\r\n{head}".encode(), content, f"\r\n--{boundary}--\r\n".encode()]
        kind = f"multipart/form-data; boundary={boundary}"
        return await self._post("messages/", b"".join(parts), {"Content-Type": kind})

    async def types(self) -> None:
        await self._send({"type": "typing"})

    async def read(self) -> None:
        if self.messages:
            await self._send({"type": "read", "seq": self.messages[-1]["seq"]})

    async def end(self) -> None:
        await self._send({"type": "end"})

    async def rate(self, stars: int, comment: str = "") -> None:
        await self._send({"type": "rate", "stars": stars, "comment": comment})

    async def lose_network(self, seconds: float) -> None:
        """Gone without a goodbye; afterwards the page comes back by itself."""
        self._online.clear()
        if self._socket:
            self._socket.transport.abort()
        await asyncio.sleep(seconds)
        self._online.set()

    async def close(self) -> None:
        """The page is closed."""
        if self._living:
            self._living.cancel()
            with suppress(asyncio.CancelledError):
                await self._living
            self._living = None

    # What a visitor sees

    @property
    def answers(self) -> list[Frame]:
        return [message for message in self.messages if message["kind"] == "outbound"]

    @property
    def over(self) -> bool:
        return self.state.get("state") == "closed"

    async def wait_for[T](self, what: Callable[[], T | None], timeout: float) -> T:
        """What it returns, as soon as that is something; TimeoutError when it stays nothing."""
        async with asyncio.timeout(timeout), self.changed:
            while not (found := what()):
                await self.changed.wait()
        return found

    def _answered(self, client_id: str, link: int) -> bool:
        return self._links != link or self._said(client_id) is not None

    def _said(self, client_id: str) -> Frame | None:
        if self.over:
            raise Refused("closed")
        return next((one for one in reversed(self.messages) if one["client_id"] == client_id), None)

    # How it stays in touch

    async def _live(self) -> None:
        pause = 0.2
        while True:
            await self._online.wait()
            with suppress(*LINK_LOST):
                async with connect(self.socket_url, max_size=2**20) as self._socket:
                    await self._socket.send(json.dumps(self._hello()))
                    async for frame in self._socket:
                        pause = 0.2
                        await self._hear(json.loads(frame))
                        if not self._up.is_set():
                            self._links += 1
                            self._up.set()
            self._up.clear()
            await asyncio.sleep(pause * random.uniform(0.5, 1))
            pause = min(pause * 2, LONGEST_PAUSE)

    def _hello(self) -> Frame:
        return {"type": "hello", "token": self.token, "interaction": self.state["interaction"], "after": self._last}

    @property
    def _last(self) -> int:
        return self.messages[-1]["seq"] if self.messages else 0

    async def _send(self, frame: Frame) -> None:
        await self._up.wait()
        with suppress(*LINK_LOST):  # said again when not acknowledged
            if self._socket:
                await self._socket.send(json.dumps(frame))

    async def _hear(self, frame: Frame) -> None:
        match frame["type"]:
            case "state" if frame["interaction"]:
                if self.state and self.state["interaction"] != frame["interaction"]:
                    self.messages, self._held = [], {}
                self.state = frame
                if self._up.is_set() and frame["last"] > self._last:  # something was lost on its way
                    await self._ask()
            case "message":
                await self._place(frame)
            case "typing":
                self.typist = frame["who"]
            case "error":
                self.errors.append(frame["code"])
        async with self.changed:
            self.changed.notify_all()

    async def _place(self, message: Frame) -> None:
        """Each line once and in order, however they come in."""
        if message["seq"] <= self._last:
            return
        if message["prev"] > self._last:
            self._held[message["prev"]] = message
            if self._up.is_set():
                await self._ask()
            return
        self.messages.append(message)
        if following := self._held.pop(message["seq"], None):
            await self._place(following)

    async def _ask(self) -> None:
        if self._socket:
            await self._socket.send(json.dumps({"type": "resume", "after": self._last}))

    async def _post(self, path: str, data: Any, headers: dict[str, str] | None = None) -> Any:
        return await asyncio.to_thread(self._post_now, path, data, headers or {"Content-Type": "application/json"})

    def _post_now(self, path: str, data: Any, headers: dict[str, str]) -> Any:
        body = data if isinstance(data, bytes) else json.dumps(data).encode()
        request = urllib.request.Request(self.root + path, body, headers | {"X-Visitor-Token": self.token})
        try:
            with urllib.request.urlopen(request, timeout=30) as reply:
                return json.load(reply)
        except urllib.error.HTTPError as error:
            with suppress(ValueError):
                raise Refused(json.load(error)["code"]) from error
            raise

"""A visitor as their page sees us: over HTTP, and over a websocket that remembers every frame."""

import json
from asyncio import CancelledError
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from typing import Any

import pytest
from channels.testing import WebsocketCommunicator
from django.test import Client

from contactcenter.asgi import application
from contactcenter.realtime import in_db
from contactcenter.realtime.hub import _hubs
from interactions.models import EntryPoint, Interaction

type Frame = dict[str, Any]


class Page:
    """One open page of a visitor."""

    def __init__(self, key: str, token: Any, origin: str = "") -> None:
        headers = [(b"host", b"testserver")] + ([(b"origin", origin.encode())] if origin else [])
        self.socket = WebsocketCommunicator(application, f"/ws/visit/{key}/", headers=headers)
        self.token = token

    async def open(self, after: Any = 0, **more: Any) -> "Page":
        connected, _ = await self.socket.connect()
        assert connected
        await self.send(type="hello", token=self.token, after=after, **more)
        return self

    async def send(self, **frame: Any) -> None:
        await self.socket.send_to(text_data=json.dumps(frame))

    async def hear(self, type_: str, /, **what: Any) -> Frame:
        """The next frame of this type that says this."""
        while True:
            frame = json.loads(await self.socket.receive_from(timeout=5))
            if frame["type"] == type_ and what.items() <= frame.items():
                return frame

    async def hear_all(self) -> list[Frame]:
        """Everything up to now: what is answered comes in order, so a pong ends it."""
        frames: list[Frame] = []
        await self.send(type="ping")
        while True:
            frame = json.loads(await self.socket.receive_from(timeout=5))
            if frame["type"] == "pong":
                return frames
            frames.append(frame)

    async def closed_with(self) -> int:
        while True:
            output = await self.socket.receive_output(timeout=5)
            if output["type"] == "websocket.close":
                return int(output["code"])

    async def close(self) -> None:
        with suppress(CancelledError):  # hearing in vain ended it; raised again, the database would not be emptied
            await self.socket.disconnect()


@pytest.fixture
def post(client: Client, entry_point: EntryPoint) -> Callable[..., Any]:
    """`post("sessions", text="Hello")` to the entry point."""

    def posting(path: str, /, origin: str = "", key: str = entry_point.key, body: Any = None, **data: Any) -> Any:
        headers = {"Origin": origin} if origin else {}
        content = json.dumps(data) if body is None else body
        return client.post(f"/visit/{key}/{path}/", content, content_type="application/json", headers=headers)

    return posting


@pytest.fixture
def start(post: Callable[..., Any]) -> Callable[..., tuple[str, Interaction]]:
    """A visitor starts a conversation: their token, and the conversation."""

    def starting(text: str = "Hello?", **data: Any) -> tuple[str, Interaction]:
        reply = post("sessions", text=text, **data)
        assert reply.status_code == 201, reply.content
        return reply.json()["token"], Interaction.objects.get(pk=reply.json()["interaction"])

    return starting


@pytest.fixture
async def page(transactional_db: None, entry_point: EntryPoint) -> AsyncIterator[Callable[..., Page]]:
    pages: list[Page] = []

    def opening(token: Any, key: str = entry_point.key, origin: str = "") -> Page:
        pages.append(Page(key, token, origin))
        return pages[-1]

    yield opening
    for one in pages:
        await one.close()
    for hub in list(_hubs.values()):
        await hub.close()
    _hubs.clear()


@pytest.fixture
def later() -> Callable[..., Awaitable[Any]]:
    """Run what uses the database from within a test of the socket."""
    return in_db


@pytest.fixture(autouse=True)
def _fresh_counters(valkey: Any) -> None:
    """Nothing counted by the throttle is left from the test before."""

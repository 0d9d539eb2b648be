"""A screen to look at, and what is pushed to it."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from channels.testing import WebsocketCommunicator

from contactcenter.realtime import Screen

type OpenScreen = Callable[..., Awaitable[WebsocketCommunicator]]


class Viewer(Screen):
    """Joins the groups its path names, and shows as text what it is asked to do."""

    gate: asyncio.Event | None = None  # holds back refreshes while it is not set

    async def connect(self) -> None:
        for group in self.scope["path"].split("/")[1:]:
            await self.join(group)
        await self.accept()

    async def receive_json(self, data: dict[str, Any]) -> None:
        match data:
            case {"leave": group}:
                await self.leave(group)
                await self.send("left")
            case {"fail": _}:
                raise RuntimeError("a bug")

    async def refresh(self, event: dict[str, Any]) -> None:
        await self.send(f"refreshing {event['what']} {event['id']}")
        if self.gate:
            await self.gate.wait()

    async def resynced(self) -> None:
        await self.send("resynced")


class SlowDoor(Viewer):
    """Takes its time between joining and accepting, as one that has to ask the database does."""

    arrived: asyncio.Event
    door: asyncio.Event

    async def accept(self, *args: Any, **kwargs: Any) -> None:
        self.arrived.set()
        await self.door.wait()
        await super().accept(*args, **kwargs)


class Refused(Screen):
    async def connect(self) -> None:
        await self.refuse(4401)


def patch(html: str) -> dict[str, Any]:
    return {"type": "screen.patch", "html": html}


def refresh(what: str, pk: int) -> dict[str, Any]:
    return {"type": "screen.refresh", "what": what, "id": pk}


async def until(condition: Callable[[], bool], timeout: float = 10) -> None:
    async with asyncio.timeout(timeout):
        while not condition():
            await asyncio.sleep(0.01)

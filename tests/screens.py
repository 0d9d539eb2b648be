"""Live screens as a browser has them."""

from asyncio import CancelledError
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from typing import Any

import pytest
from channels.testing import WebsocketCommunicator

from contactcenter.realtime import Screen, hub

type Connect = Callable[[Any], Awaitable[WebsocketCommunicator]]
type Connecting = Callable[[type[Screen]], Connect]


@pytest.fixture
async def connecting() -> AsyncIterator[Connecting]:
    """`connecting(DeskConsumer)` gives what opens such a screen as a person and waits until it is accepted."""
    opened: list[WebsocketCommunicator] = []

    def connecting(screen: type[Screen]) -> Connect:
        async def connect(person: Any) -> WebsocketCommunicator:
            browser = WebsocketCommunicator(screen.as_asgi(), "/")
            browser.scope["user"] = person
            opened.append(browser)
            await browser.connect(timeout=5)
            return browser

        return connect

    yield connecting
    for browser in opened:
        with suppress(CancelledError):  # hearing in vain ended it; raised again, the database would not be emptied
            await browser.disconnect(timeout=5)
    await hub.get_hub().close()

"""Screens on a real Valkey, all closed at the end."""

import asyncio
from collections.abc import AsyncIterator
from uuid import uuid4

import pytest
from channels.testing import WebsocketCommunicator

from contactcenter.realtime import Screen, hub
from tests.contactcenter.realtime.viewer import OpenScreen, Viewer


@pytest.fixture
async def open_screen() -> AsyncIterator[OpenScreen]:
    opened: list[WebsocketCommunicator] = []

    async def open_(*groups: str, screen: type[Screen] = Viewer) -> WebsocketCommunicator:
        browser = WebsocketCommunicator(screen.as_asgi(), "/" + "/".join(groups))
        opened.append(browser)
        await browser.connect()
        return browser

    yield open_
    for browser in opened:
        browser.future.cancel()
    await asyncio.gather(*(browser.future for browser in opened), return_exceptions=True)
    await hub.get_hub().close()


@pytest.fixture
def group() -> str:
    return f"agent-{uuid4().hex}"

"""Pushes on a real Valkey: what reaches which screen, in which order, and what closes one."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from channels.testing import WebsocketCommunicator

from contactcenter.realtime import Screen, hub, push
from contactcenter.realtime.screen import FRAME_LIMIT, OUTBOX
from tests.contactcenter.realtime.viewer import OpenScreen, Refused, SlowDoor, Viewer, patch, refresh, until

# in_db looks after the connections of its threads, which earlier tests may have left open.
pytestmark = pytest.mark.django_db


async def test_pushes_arrive_in_the_order_they_were_made(open_screen: OpenScreen, group: str) -> None:
    browser = await open_screen(group)
    for number in range(300):
        push(group, patch(f"{number}"))
    assert [await browser.receive_from(timeout=5) for _ in range(300)] == [f"{number}" for number in range(300)]


async def test_a_screen_sees_only_the_groups_it_joined(open_screen: OpenScreen, group: str) -> None:
    maya, omar = await open_screen(group), await open_screen(f"{group}-other")
    push(group, patch("for maya"))
    push(f"{group}-other", patch("for omar"))
    assert await maya.receive_from() == "for maya"
    assert await omar.receive_from() == "for omar"


async def test_a_screen_that_left_a_group_sees_no_more_of_it(open_screen: OpenScreen, group: str) -> None:
    browser, other = await open_screen(group, f"{group}-other"), await open_screen(group)
    await browser.send_to(json.dumps({"leave": group}))
    assert await browser.receive_from() == "left"
    push(group, patch("after"))
    push(f"{group}-other", patch("still here"))
    assert await browser.receive_from() == "still here"
    assert await other.receive_from() == "after"


async def test_json_for_customers_arrives_as_json(open_screen: OpenScreen, group: str) -> None:
    browser = await open_screen(group)
    push(group, {"type": "screen.json", "data": {"type": "typing", "who": "agent"}})
    assert await browser.receive_json_from() == {"type": "typing", "who": "agent"}


async def test_a_change_of_scope_closes_the_screen(open_screen: OpenScreen, group: str) -> None:
    browser = await open_screen(group)
    push(group, {"type": "screen.close", "code": 4000})
    assert await browser.receive_output(timeout=5) == {"type": "websocket.close", "code": 4000}


@pytest.fixture
async def at_the_door(monkeypatch: pytest.MonkeyPatch, group: str) -> AsyncIterator[WebsocketCommunicator]:
    for event in ("arrived", "door"):
        monkeypatch.setattr(SlowDoor, event, asyncio.Event(), raising=False)
    browser = WebsocketCommunicator(SlowDoor.as_asgi(), f"/{group}")
    await browser.send_input({"type": "websocket.connect"})
    await until(SlowDoor.arrived.is_set)
    yield browser
    browser.future.cancel()
    await asyncio.gather(browser.future, return_exceptions=True)
    await hub.get_hub().close()


async def test_what_is_pushed_before_a_screen_is_accepted_follows_the_acceptance(
    at_the_door: WebsocketCommunicator, group: str
) -> None:
    screen = next(iter(hub.get_hub().groups[group].screens))
    push(group, patch("early"))
    await until(lambda: bool(screen._outbox))
    SlowDoor.door.set()
    assert (await at_the_door.receive_output())["type"] == "websocket.accept"
    assert await at_the_door.receive_from() == "early"


@pytest.mark.parametrize("how", ["told", "doubted"])
async def test_a_screen_that_has_to_reconnect_before_it_is_accepted_learns_the_code(
    at_the_door: WebsocketCommunicator, group: str, how: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A browser that is turned away at the door sees an error, and no code."""
    monkeypatch.setattr(SlowDoor, "resynced", Screen.resynced)
    if how == "told":
        push(group, {"type": "screen.close", "code": 4000})
    else:
        hub.get_hub().resync()
        SlowDoor.door.set()
    outputs = [await at_the_door.receive_output(timeout=5) for _ in range(2)]
    assert [output["type"] for output in outputs] == ["websocket.accept", "websocket.close"]
    assert outputs[1]["code"] == (4000 if how == "told" else 4012)


async def test_refreshes_of_the_same_thing_meanwhile_become_one(
    open_screen: OpenScreen, group: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Viewer, "gate", gate := asyncio.Event())
    browser = await open_screen(group)
    push(group, refresh("interaction", 1))
    assert await browser.receive_from() == "refreshing interaction 1"
    for _ in range(20):
        push(group, refresh("interaction", 1))
        push(group, refresh("interaction", 2))
    push(group, patch("nobody waits for a refresh"))
    assert await browser.receive_from() == "nobody waits for a refresh"
    gate.set()
    push(group, patch("last"))
    shown = [await browser.receive_from() for _ in range(3)]
    assert sorted(shown) == ["last", "refreshing interaction 1", "refreshing interaction 2"]


async def test_a_browser_that_does_not_read_is_dropped_and_the_others_get_everything(
    open_screen: OpenScreen, group: str
) -> None:
    wire: list[dict[str, Any]] = []
    inbox: asyncio.Queue[dict[str, Any]] = asyncio.Queue()

    async def send(message: dict[str, Any]) -> None:
        wire.append(message)
        if message["type"] == "websocket.send":
            await asyncio.Event().wait()

    stalled = asyncio.create_task(Viewer.as_asgi()({"type": "websocket", "path": f"/{group}"}, inbox.get, send))
    inbox.put_nowait({"type": "websocket.connect"})
    await until(lambda: bool(wire))
    others = [await open_screen(group) for _ in range(3)]
    for number in range(OUTBOX + 50):
        push(group, patch(f"{number}"))
    for other in others:
        assert [await other.receive_from(timeout=5) for _ in range(OUTBOX + 50)] == [
            f"{number}" for number in range(OUTBOX + 50)
        ]
    assert [message["type"] for message in wire] == ["websocket.accept", "websocket.send", "websocket.close"]
    assert wire[-1]["code"] == 4008
    inbox.put_nowait({"type": "websocket.disconnect", "code": 4008})
    await stalled


async def test_a_refused_screen_is_accepted_and_then_closed(open_screen: OpenScreen) -> None:
    browser = await open_screen(screen=Refused)
    assert await browser.receive_output() == {"type": "websocket.close", "code": 4401}


@pytest.mark.parametrize(
    "frame", [{"bytes_data": b"\x00"}, {"text_data": "x" * (FRAME_LIMIT + 1)}, {"text_data": "["}, {"text_data": "[]"}]
)
async def test_a_frame_no_page_of_ours_sends_closes_the_screen(
    open_screen: OpenScreen, group: str, frame: dict[str, Any]
) -> None:
    browser = await open_screen(group)
    await browser.send_to(**frame)
    assert await browser.receive_output() == {"type": "websocket.close", "code": 4400}


async def test_a_screen_that_cannot_be_written_to_is_closed_so_that_it_comes_back(group: str) -> None:
    wire: list[dict[str, Any]] = []
    inbox: asyncio.Queue[dict[str, Any]] = asyncio.Queue()

    async def send(message: dict[str, Any]) -> None:
        wire.append(message)
        if message["type"] == "websocket.send":
            raise ValueError("too big for the server")

    screen = asyncio.create_task(Viewer.as_asgi()({"type": "websocket", "path": f"/{group}"}, inbox.get, send))
    inbox.put_nowait({"type": "websocket.connect"})
    await until(lambda: bool(wire))
    push(group, patch("x"))
    await until(lambda: wire[-1] == {"type": "websocket.close", "code": 4012})
    inbox.put_nowait({"type": "websocket.disconnect", "code": 4012})
    await screen
    await hub.get_hub().close()


async def test_a_screen_that_broke_is_forgotten(open_screen: OpenScreen, group: str) -> None:
    browser = await open_screen(group)
    assert group in hub.get_hub().groups
    await browser.send_to('{"fail": 1}')
    with pytest.raises(RuntimeError):
        await browser.receive_output()
    assert group not in hub.get_hub().groups

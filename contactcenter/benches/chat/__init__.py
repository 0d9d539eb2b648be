"""Live chats through the whole house, beside a bare `websockets` relay that carries the same lines.

Visitors and agents are real sockets and requests against a daphne, router and worker started as in production, on a
database of our own. "Shown" means that the frame with the line has arrived at the other side's socket.
"""

import asyncio
import shutil
from contextlib import AsyncExitStack
from functools import partial
from typing import Any
from uuid import uuid4

from django.conf import settings
from websockets.asyncio.client import ClientConnection, connect

from contactcenter.benches import Figure, at_most
from contactcenter.benches.chat.centre import Centre, looked_after
from contactcenter.benches.chat.desk import AgentClient
from contactcenter.benches.chat.ledger import Ledger
from contactcenter.benches.chat.people import ENTRY, open_doors, own_database
from contactcenter.benches.chat.talk import Talk
from contactcenter.benches.chat.visitor import Visitor
from contactcenter.benches.servers import python
from contactcenter.benches.sockets import allow_files
from contactcenter.staticfiles import collect

TIMES_RELAY, WITHIN_MS = 10, 250
ANSWERED_WITHIN = 120


def run(size: int | None = None, seconds: float | None = None) -> list[Figure]:
    chats, seconds = size or 200, seconds or 30
    allow_files(4 * chats + 200)
    bare = asyncio.run(_relayed(chats, seconds))
    collect()
    logs = settings.VAR_DIR / "bench"
    shutil.rmtree(logs, ignore_errors=True)
    with own_database():
        sessions = open_doors(chats)
        centre = Centre(logs)
        try:
            centre.start()
            through = asyncio.run(_through(centre, sessions, chats, seconds))
        finally:
            centre.stop()
    return _figures(through, bare, chats)


async def _through(centre: Centre, sessions: list[str], chats: int, seconds: float) -> Talk:
    talk = Talk()

    def read(interaction: int, kind: str, text: str) -> None:
        if kind == "inbound":
            talk.to_agents.read(text)

    async with looked_after(centre), AsyncExitStack() as stack:
        agents = [await stack.enter_async_context(AgentClient(centre.url, read)) for _ in sessions]
        for agent, session in zip(agents, sessions, strict=True):
            await agent.resume(session)
            agent.start()
            await agent.open.wait()
        visitors = [Visitor(centre.url, ENTRY, talk.to_visitors.read) for _ in range(chats)]
        for number, visitor in enumerate(visitors):
            await stack.enter_async_context(visitor)
            await visitor.open("Hello?", name=f"Visitor {number}")
        async with asyncio.timeout(ANSWERED_WITHIN):
            answering = [await _answering(visitor, agents) for visitor in visitors]
        speakers: list[Any] = []
        for chat, (visitor, agent) in enumerate(zip(visitors, answering, strict=True)):
            speakers.append((talk.to_agents, chat, visitor.say))
            speakers.append((talk.to_visitors, chat, partial(_reply, agent, visitor.interaction)))
        await talk.hold(speakers, seconds)
    return talk


async def _answering(visitor: Visitor, agents: list[AgentClient]) -> AgentClient:
    """The agent whose desk shows this visitor's conversation."""
    while True:
        for agent in agents:
            if visitor.interaction in agent.bubbles:
                return agent
        await asyncio.sleep(0.05)


async def _reply(agent: AgentClient, interaction: int, text: str) -> None:
    status = await agent.say(interaction, text, uuid4().hex)
    if status != 200:
        raise RuntimeError(f"a reply was answered with {status}")


async def _relayed(chats: int, seconds: float) -> Talk:
    talk = Talk()
    speakers: list[Any] = []
    async with AsyncExitStack() as stack:
        relay = stack.enter_context(python("-m", "contactcenter.benches.relay", "{fd}"))
        for chat in range(chats):
            for side, mine, theirs in (
                ("visitor", talk.to_agents, talk.to_visitors),
                ("agent", talk.to_visitors, talk.to_agents),
            ):
                address = f"ws://127.0.0.1:{relay.port}/{chat}/{side}"
                socket = await stack.enter_async_context(connect(address, compression=None))
                stack.push_async_callback(_cancelled, asyncio.create_task(_hear(socket, theirs)))
                speakers.append((mine, chat, socket.send))
        await talk.hold(speakers, seconds)
    return talk


async def _hear(socket: ClientConnection, ledger: Ledger) -> None:
    async for line in socket:
        ledger.read(str(line))


async def _cancelled(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


def _figures(through: Talk, bare: Talk, chats: int) -> list[Figure]:
    figures = []
    for name, ledger, relayed in (
        ("visitor to agent", through.to_agents, bare.to_agents),
        ("agent to visitor", through.to_visitors, bare.to_visitors),
    ):
        p50, p99 = (ledger.ms(percent, through.since) for percent in (50, 99))
        bare_p50, bare_p99 = (relayed.ms(percent, bare.since) for percent in (50, 99))
        figures += [
            Figure(f"{name}: lines sent", len(ledger.sent), "lines"),
            Figure(f"{name}: sent to shown, p50", p50, "ms", bare_p50),
            at_most(f"{name}: sent to shown, p99", p99, "ms", baseline=bare_p99, target=TIMES_RELAY),
            at_most(f"{name}: sent to shown, p99 in itself", p99, "ms", target=WITHIN_MS),
            at_most(f"{name}: lost", ledger.lost, "lines", target=0),
            at_most(f"{name}: doubled", ledger.doubled, "lines", target=0),
            at_most(f"{name}: out of order", ledger.disordered, "lines", target=0),
        ]
    lag = Figure("the bench itself was late by, p99", through.own_lag, "ms", bare.own_lag)
    return [Figure("live chats", chats, "chats"), *figures, lag]

"""kill -9 of every part in turn, in the middle of live chats: nothing lost, nothing doubled, nobody left alone."""

import asyncio
import time
from collections import Counter
from collections.abc import Callable
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass, field
from functools import partial
from itertools import cycle
from uuid import uuid4

import pytest
from django.db.models import Count, Q

from contactcenter.benches.chat.centre import Centre, looked_after
from contactcenter.benches.chat.desk import AgentClient, Lost
from contactcenter.benches.chat.people import ENTRY, open_doors
from interactions.customers.client import VisitorClient
from interactions.models import Interaction, Message

CHATS = 50
PARTS = ("web", "web 2", "router", "worker", "valkey")
PAUSE = 6.0  # seconds between two lines of one person
SHOWN_WITHIN = 10.0
UP_WITHIN = 20.0


@dataclass
class Chat:
    """One conversation as its two people see it, and what each of them has said."""

    visitor: VisitorClient
    agent: AgentClient
    said: list[str] = field(default_factory=list)

    @property
    def pk(self) -> int:
        return int(self.visitor.state["interaction"])

    @property
    def at_customer(self) -> list[str]:
        return [message["text"] for message in self.visitor.messages]

    @property
    def at_agent(self) -> list[str]:
        return [text for _seq, text in sorted(self.agent.bubbles[self.pk].items())]

    def shown(self, lines: int) -> bool:
        said = set(self.said[:lines])
        return said <= set(self.at_customer) and said <= set(self.at_agent)

    async def customer_talks(self) -> None:
        while True:
            self.said.append(text := f"customer {uuid4().hex}")
            await self.visitor.say(text)
            await asyncio.sleep(PAUSE)

    async def agent_talks(self) -> None:
        while True:
            self.said.append(text := f"agent {uuid4().hex}")
            client_id, status = uuid4().hex, 0
            while status != 200:
                with suppress(*Lost):
                    status = await self.agent.say(self.pk, text, client_id)
                await asyncio.sleep(0.2)
            await asyncio.sleep(PAUSE)


def test_every_line_is_shown_once_on_both_sides_whoever_dies(centre):
    sessions = open_doors(CHATS)
    chats = asyncio.run(lives_through(centre, sessions))
    for chat in chats:
        said = Counter(chat.said)
        assert Counter(text for text in chat.at_customer if text in said) == said
        assert Counter(text for text in chat.at_agent if text in said) == said
        assert [text for text in chat.at_customer if text in said] == [t for t in chat.at_agent if t in said]
    ours = Interaction.objects.filter(pk__in=[chat.pk for chat in chats])
    legs = ours.annotate(now=Count("segments", filter=Q(segments__ended_at=None)), ever=Count("segments"))
    assert Counter(legs.values_list("state", "now", "ever")) == {("active", 1, 1): CHATS}, "each with the agent it had"
    assert len(centre.said) == len(PARTS), centre.said


async def lives_through(centre: Centre, sessions: list[str]) -> list[Chat]:
    async with looked_after(centre), AsyncExitStack() as stack:
        chats = await begin(centre, sessions, stack)
        talkers = [asyncio.create_task(talk) for chat in chats for talk in (chat.customer_talks(), chat.agent_talks())]
        await all_shown(chats)
        for part in PARTS:
            centre.kill(part)
            assert await came_true(partial(centre.up_again, part), UP_WITHIN), f"{part} is not up again"
            await all_shown(chats)
        for talker in talkers:
            talker.cancel()
        await asyncio.gather(*talkers, return_exceptions=True)
        await all_shown(chats)
    return chats


async def begin(centre: Centre, sessions: list[str], stack: AsyncExitStack) -> list[Chat]:
    """Half of the agents and half of the customers are at each web process."""
    doors = cycle(centre.urls)
    agents = [await stack.enter_async_context(AgentClient(next(doors))) for _ in sessions]
    for agent, session in zip(agents, sessions, strict=True):
        await agent.resume(session)
        agent.start()
        await agent.open.wait()
    visitors = [await stack.enter_async_context(VisitorClient(next(doors), ENTRY)) for _ in range(CHATS)]
    for visitor in visitors:
        await visitor.open("Hello?", name="Lee")
    chats = []
    for visitor in visitors:
        pk = int(visitor.state["interaction"])
        assert await came_true(lambda pk=pk: any(pk in agent.bubbles for agent in agents), 30), "a chat is not answered"
        (agent,) = [agent for agent in agents if pk in agent.bubbles]
        chats.append(Chat(visitor, agent))
    return chats


async def all_shown(chats: list[Chat]) -> None:
    """Everything said up to now is shown on both sides; they talk on meanwhile, so the next blow finds live chats."""
    lines = [(chat, len(chat.said)) for chat in chats]
    if not await came_true(lambda: all(chat.shown(count) for chat, count in lines), SHOWN_WITHIN):
        pytest.fail(await asyncio.to_thread(missing, lines))


def missing(lines: list[tuple[Chat, int]]) -> str:
    words = []
    for chat, count in lines:
        for text in chat.said[:count]:
            where = [side for side, seen in (("customer", chat.at_customer), ("agent", chat.at_agent)) if text in seen]
            if len(where) < 2:
                stored = Message.objects.filter(interaction=chat.pk, text=text).exists()
                words.append(f"{text} shown at {where or 'nobody'}, stored: {stored}, told: {chat.visitor.errors}")
    return "\n".join(words)


async def came_true(condition: Callable[[], bool], seconds: float) -> bool:
    late = time.monotonic() + seconds
    while not (met := condition()) and time.monotonic() < late:
        await asyncio.sleep(0.05)
    return met

"""Simulated customers against a real web process: every line once and in order, whatever the network does."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from agents.models import Agent
from contactcenter.realtime import in_db
from interactions.customers.client import Refused, VisitorClient
from interactions.customers.day import Day
from interactions.models import EntryPoint, Interaction
from tests.cast import make_active

pytestmark = pytest.mark.django_db(transaction=True)


def finished(story: Coroutine[Any, Any, None]) -> None:
    """On a thread of its own, since the browsers' loop runs in this one."""
    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, story).result()


def together(site: str, story: Callable[[VisitorClient], Awaitable[None]]) -> None:
    async def run() -> None:
        async with asyncio.timeout(60), VisitorClient(site, "support") as visitor:
            await story(visitor)

    finished(run())


def test_nothing_is_lost_or_doubled_when_the_network_is(site: str, entry_point: EntryPoint, maya: Agent) -> None:
    async def story(visitor: VisitorClient) -> None:
        state = await visitor.open("Hello", name="Lee")
        chat = await in_db(lambda: make_active(Interaction.objects.get(pk=state["interaction"]), maya))
        for number in range(5):
            away = asyncio.create_task(visitor.lose_network(0.2))
            await in_db(chat.reply, maya, f"answer {number}")
            await visitor.say(f"line {number}")
            await away
        await visitor.wait_for(lambda: len(visitor.answers) == 5, 10)
        assert [one["text"] for one in visitor.answers] == [f"answer {number}" for number in range(5)]
        said = [one["text"] for one in visitor.messages if one["kind"] == "inbound"]
        assert said == ["Hello", *(f"line {number}" for number in range(5))]
        numbers = [one["seq"] for one in visitor.messages]
        assert numbers == sorted(set(numbers))
        await visitor.end()
        await visitor.wait_for(lambda: visitor.over, 10)
        with pytest.raises(Refused):
            await visitor.say("Too late")

    together(site, story)


def test_a_day_without_agents_is_a_day_of_people_who_leave(site: str, entry_point: EntryPoint) -> None:
    told: list[str] = []
    day = Day(site, ["support"], per_minute=6000, dice=random.Random(3), tell=told.append, pace=300)
    finished(day.run(customers=4))
    assert len(told) == 4
    assert all("left without an answer" in line for line in told)
    assert {chat.state for chat in Interaction.objects.all()} == {"abandoned"}

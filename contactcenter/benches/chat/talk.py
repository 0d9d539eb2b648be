"""The traffic: two people a chat, each with three lines a minute, whatever carries it.

An agent with four chats then writes a line every five seconds, which is as fast as people are.
"""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from contactcenter.benches import percentile
from contactcenter.benches.chat.ledger import Ledger

EVERY = 20.0  # seconds between two lines of one person
WARM_UP = 15.0  # seconds, until the rush of two hundred arrivals at once is over
LAST_LINES_WITHIN = 10.0
TICK = 0.01

Say = Callable[[str], Awaitable[object]]


@dataclass
class Talk:
    """What was said on both sides of all chats, how long it took, and how late we were ourselves."""

    to_agents: Ledger = field(default_factory=lambda: Ledger("visitor"))
    to_visitors: Ledger = field(default_factory=lambda: Ledger("agent"))
    lags: list[float] = field(default_factory=list)
    since: float = 0

    @property
    def own_lag(self) -> float:
        """Milliseconds by which our own loop was late, 99 % of the time less."""
        return 1000 * percentile(self.lags, 99)

    async def hold(self, speakers: list[tuple[Ledger, int, Say]], seconds: float) -> None:
        """Let everyone talk for so long, then wait for what is still on its way."""
        randomness = random.Random(1)
        self.since = time.perf_counter() + WARM_UP
        until = self.since + seconds
        watch = asyncio.create_task(self._watch_ourselves())
        try:
            async with asyncio.TaskGroup() as group:
                for speaker in speakers:
                    group.create_task(_speak(*speaker, until, random.Random(randomness.random())))
            late = time.perf_counter() + LAST_LINES_WITHIN
            while self.to_agents.lost + self.to_visitors.lost and time.perf_counter() < late:
                await asyncio.sleep(0.1)
        finally:
            watch.cancel()

    async def _watch_ourselves(self) -> None:
        while True:
            due = time.perf_counter() + TICK
            await asyncio.sleep(TICK)
            self.lags.append(time.perf_counter() - due)


async def _speak(ledger: Ledger, chat: int, say: Say, until: float, randomness: random.Random) -> None:
    await asyncio.sleep(randomness.uniform(0, EVERY))
    while time.perf_counter() < until:
        await say(ledger.write(chat))
        await asyncio.sleep(EVERY * randomness.uniform(0.5, 1.5))

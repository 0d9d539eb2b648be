"""The active router: the agents at work in memory, the lines in the database, and passes that bring them together."""

import logging
import time
from collections.abc import Iterable

from django.db import connection, transaction
from django.utils import timezone

from agents.models import Channel
from interactions.models.offer import Offer
from interactions.routing import PASS_LOCK
from interactions.routing.claim import claim
from interactions.routing.heads import heads
from interactions.routing.health import hold_steps
from interactions.routing.load import load_agents, load_pool
from interactions.routing.match import match
from interactions.routing.pool import Line, Pool

log = logging.getLogger(__name__)
REREAD_SHARE = 20  # everything known is read anew in at most this part of the time: each second with a thousand agents


class Router:
    """Knows who is at work; what it knows may be late, so every claim looks again under locks."""

    def __init__(self) -> None:
        self.pool: Pool | None = None
        self.known_at = self.cost = 0.0  # seconds

    def forget(self) -> None:
        """Read everything anew before the next pass."""
        self.pool = None

    def know(self) -> Pool:
        """What is known of rules and agents."""
        if self.pool is None:
            started = time.monotonic()
            self.pool = load_pool(timezone.now())
            self.known_at = time.monotonic()
            self.cost = self.known_at - started
        return self.pool

    def look_at(self, agents: Iterable[int]) -> None:
        """These have come, gone, or have more or less in hand: see how they stand."""
        pool, agents = self.know(), set(agents)
        there = {agent.id: agent for agent in load_agents(timezone.now(), agents)}
        for agent in agents:
            if agent in there:
                there[agent].drains_for = pool.agents[agent].drains_for if agent in pool.agents else None
                pool.put(there[agent])
            else:
                pool.drop(agent)

    def serve_all(self) -> list[Offer]:
        """Offer whatever can be offered now; what changed without telling us is read too, as often as that is cheap."""
        if time.monotonic() - self.known_at > self.cost * REREAD_SHARE:
            self.forget()
        pool = self.know()
        hold_steps(pool, timezone.now())
        pool.end_drains()
        return self._serve(pool.lines.keys() | pool.short.keys())

    def serve(self, queues: Iterable[int] = (), agents: Iterable[int] = ()) -> list[Offer]:
        """Offer what has come into these queues, or what these agents have become free for."""
        pool = self.know()
        lines = {(queue, str(channel)) for queue in queues for channel in Channel}
        return self._serve(lines & (pool.lines.keys() | pool.short.keys()) | pool.lines_of(agents))

    def _serve(self, lines: set[Line]) -> list[Offer]:
        made: list[Offer] = []
        while lines and (offers := self.one_pass(lines)):
            made += offers
        return made

    def one_pass(self, lines: set[Line]) -> list[Offer]:
        """One transaction over these lines. Nothing while another router is in its pass."""
        pool = self.know()
        try:
            with transaction.atomic():
                if not _pass_lock():
                    return []
                now = timezone.now()
                matches = match(heads(lines, pool, now), pool, now)
                offers = claim(matches, now) if matches else []
        except Exception:
            self.forget()  # what was matched has not become true
            raise
        if len(offers) < len(matches):
            held = {(offer.interaction_id, offer.agent_id) for offer in offers}
            self.look_at(m.agent for m in matches if (m.interaction, m.agent) not in held)
        return offers


def route() -> list[Offer]:
    """Offer whatever can be offered now, by a router that has just started."""
    return Router().serve_all()


def _pass_lock() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("select pg_try_advisory_xact_lock(%s)", [PASS_LOCK])
        return cursor.fetchone()[0]

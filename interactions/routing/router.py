"""The active router: the agents at work in memory, the lines in the database, and passes that bring them together."""

import gc
import logging
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from operator import itemgetter

from django.db import InterfaceError, OperationalError, transaction
from django.utils import timezone

from agents.models import Channel
from contactcenter.prepared import rows
from interactions.routing import PASS_LOCK, poison
from interactions.routing.claim import Rung, claim
from interactions.routing.heads import AT_ONCE, heads
from interactions.routing.health import hold_steps
from interactions.routing.load import load_agents, load_pool, load_rules
from interactions.routing.match import Match, Waiting, matching
from interactions.routing.pool import AtWork, Line, Pool

log = logging.getLogger(__name__)
LINE = itemgetter(Waiting._fields.index("queue"), Waiting._fields.index("channel"))
AGENTS_REREAD = 200  # each second, in turn: some 10 ms
RULES_REREAD_SHARE = 200  # reading them anew takes at most this part of the time


class Router:
    """Knows who is at work; what it knows may be late, so every claim looks again under locks."""

    def __init__(self) -> None:
        self.pool: Pool | None = None
        self.ignored: set[int] = set()  # work that could not even be set aside
        self._read_up_to = 0  # agent
        self._rules_known_at = self._rules_cost = 0.0  # seconds

    def forget(self) -> None:
        """Read everything anew before the next pass."""
        self.pool = None

    def know(self) -> Pool:
        """What is known of rules and agents."""
        if self.pool is None:
            self.pool = load_pool(timezone.now())
            self._rules_known_at, self._rules_cost = time.monotonic(), 0.0
            # It stays for as long as we live: a collection that went through it would hold up offers.
            gc.collect()
            gc.freeze()
        return self.pool

    def look_at(self, agents: Iterable[int]) -> set[int]:
        """These have come, gone, or have more or less in hand; returns those who came or are not there."""
        agents = set(agents)
        return self._see(load_agents(timezone.now(), agents), agents)

    def reread(self) -> set[int]:
        """See what changed without telling us, a part of it each time; whatever changes by a verb is told. Returns who
        is news to us: those who came or are not there, or all if nothing was known."""
        self._reread_rules()
        if self.pool is None:
            return set(self.know().agents)
        pool, low = self.pool, self._read_up_to
        there = load_agents(timezone.now(), after=low, at_most=AGENTS_REREAD)
        full = len(there) == AGENTS_REREAD
        self._read_up_to = max(agent.id for agent in there) if full else 0
        return self._see(there, {pk for pk in pool.agents if pk > low and not (full and pk > self._read_up_to)})

    def serve_all(self) -> list[Rung]:
        """Offer whatever can be offered now."""
        pool = self.know()
        hold_steps(pool, timezone.now())
        pool.end_drains()
        return self._serve(pool.lines.keys() | pool.short.keys())

    def serve(self, queues: Iterable[int] = (), agents: Iterable[int] = ()) -> list[Rung]:
        """Offer what has come into these queues, or what these agents have become free for."""
        pool = self.know()
        lines = {(queue, str(channel)) for queue in queues for channel in Channel}
        return self._serve({line for line in lines if line in pool.lines} | pool.lines_of(agents))

    def one_pass(self, lines: set[Line]) -> tuple[list[Rung], bool]:
        """One transaction over these lines: offers, and whether there may be more. Nothing while another is in its;
        none at all where nothing waits, as is the case whenever somebody is free. What is read before it may have
        changed by then, so it is only claimed if it has not."""
        pool, now = self.know(), timezone.now()
        pool.settle()
        waiting = heads(lines, pool, now)
        if self.ignored:
            waiting = [work for work in waiting if work.id not in self.ignored]
        if not waiting:
            return [], False
        matches: list[Match] = []
        try:
            with transaction.atomic():
                if not _pass_lock():
                    return [], False
                offers = claim(noted(matching(waiting, pool, now), matches), now)
        except Exception:
            self.forget()  # what was matched has not become true
            raise
        if len(offers) < len(matches):
            held = {(offer.interaction_id, offer.agent_id) for offer in offers}
            self.look_at(m.agent for m in matches if (m.interaction, m.agent) not in held)
        cut_off = len(waiting) >= AT_ONCE <= max(Counter(map(LINE, waiting)).values())
        return offers, bool(offers) and (cut_off or len(offers) < len(matches))

    def _serve(self, lines: set[Line]) -> list[Rung]:
        made: list[Rung] = []
        more = bool(lines)
        try:
            with without_collections():
                while more:
                    offers, more = self.one_pass(lines)
                    made += offers
        except (InterfaceError, OperationalError):
            raise
        except Exception:
            log.exception("a pass failed; its work is offered one by one")
            made += poison.find(self, lines)
        return made

    def _see(self, there: Iterable[AtWork], expected: set[int]) -> set[int]:
        """These are there as given, and of those expected no others; returns who came or is not there."""
        pool = self.know()
        news = expected - {agent.id for agent in there}
        for pk in news:
            pool.drop(pk)
        for agent in there:
            known = pool.agents.get(agent.id)
            if known is None:
                news.add(agent.id)
            elif agent.stands_like(known):
                continue
            else:
                agent.drains_for = known.drains_for
            pool.put(agent)
        return news

    def _reread_rules(self) -> None:
        if self.pool and time.monotonic() - self._rules_known_at > self._rules_cost * RULES_REREAD_SHARE:
            started = time.thread_time()
            if load_rules() != self.pool.rules:
                self.forget()
            self._rules_known_at, self._rules_cost = time.monotonic(), time.thread_time() - started


@contextmanager
def without_collections() -> Iterator[None]:
    """What a pass makes is gone with it, and holds nothing in a circle; the next collection comes soon enough."""
    were_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if were_on:
            gc.enable()


def noted(found: Iterable[Match], all_of_them: list[Match]) -> Iterator[Match]:
    for one in found:
        all_of_them.append(one)
        yield one


def route() -> list[Rung]:
    """Offer whatever can be offered now, by a router that has just started."""
    return Router().serve_all()


def _pass_lock() -> bool:
    return bool(rows("select pg_try_advisory_xact_lock(%s::bigint)", [PASS_LOCK])[0][0])

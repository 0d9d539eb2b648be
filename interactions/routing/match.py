"""Who gets what: a function over rows, without database or clock, so that tests and simulations run the very same.

Work is served in order: strict queues first, by priority, then earliest target; all others by age, a point of priority
counting as waiting longer, and within the same second by earliest target. For each piece agents are asked in order:
the preferred one (or who stands in for them, or a team) for a bounded time; formal before informal, and informal only
once the queue lets work overflow; those of the queue before those a step of relaxation adds; membership rank; who has
the preferred skills; the queue's strategy. Work that nobody can take does not hold up the next.

Work that fits nobody because its agents have too much other work in hand makes one of them drain: they get nothing
that comes after it, so that a backlog of chats never keeps calls waiting for ever (semantics: voice and chat lock-in).
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice

from interactions.routing.pool import AtWork, GroupKey, Line, Pool
from interactions.routing.rules import QueueRules

NOTHING = datetime.min.replace(tzinfo=UTC)  # before anything ever entered a queue


@dataclass(frozen=True, slots=True)
class Waiting:
    """One piece of waiting work, as the line shows it."""

    id: int
    queue: int
    channel: str
    queued_at: datetime
    place_at: datetime
    precedence: int = 0
    preferred: int | None = None
    preferred_team: int | None = None
    preferred_until: datetime | None = None
    excluded: frozenset[int] = frozenset()

    @property
    def line(self) -> Line:
        return self.queue, self.channel


@dataclass(frozen=True, slots=True)
class Match:
    interaction: int
    queue: int
    agent: int
    reason: str


def match(waiting: Iterable[Waiting], pool: Pool, now: datetime) -> list[Match]:
    """Pair waiting work with agents of the pool; the room they get is taken from the pool."""
    ordered = sorted((order(work, pool.rules.queues[work.queue]), work) for work in waiting)
    matches = [found for place, work in ordered for found in serve(work, place, pool, now)]
    pool.settle()
    return matches


def order(work: Waiting, rules: QueueRules) -> tuple:
    """What is served first is smallest; complete, so that the order of the rows means nothing."""
    target = work.place_at + rules.answer_within
    if rules.strict:
        return 0, -work.precedence, target, work.place_at, work.id
    return 1, work.place_at.replace(microsecond=0), target, work.place_at, work.id


def serve(work: Waiting, place: tuple, pool: Pool, now: datetime) -> list[Match]:
    """Ring for this piece of work: at one agent, or at as many at once as its queue says."""
    rules = pool.rules.queues[work.queue]
    asked = preferred(work, pool, now)
    if asked is None:
        willing = (a for a in able(work, pool, now) if a.drains_for is None or place <= a.drains_for)
        chosen = list(islice(_once(willing), rules.rings_at.get(work.channel, 1)))
        asked = [(agent, _reason(agent, work, rules)) for agent in chosen]
        if not asked and place not in pool.draining and (agent := _to_drain(work, pool, now)):
            pool.drain(agent, place)
    for agent, _why in asked:
        pool.take(agent, work.channel, now)
        if rules.strategy == "round_robin":
            pool.rung(rules.id, agent.id)
    return [Match(work.id, work.queue, agent.id, why) for agent, why in asked]


def preferred(work: Waiting, pool: Pool, now: datetime) -> list[tuple[AtWork, str]] | None:
    """Who is to have it before the queue: one, nobody yet (they are busy and waited for), or None: ask the queue."""
    if work.preferred_until is None or work.preferred_until <= now:
        return None
    waits = now < work.queued_at + pool.rules.queues[work.queue].prefer_within
    backup = pool.rules.backups.get(work.preferred) if work.preferred else None
    team = sorted(pool.teams.get(work.preferred_team, ())) if work.preferred_team else []
    for who, why in (([work.preferred], "preferred"), ([backup], "back-up"), (team, "owner's team")):
        there = [pool.agents[a] for a in who if a in pool.agents and a not in work.excluded]
        free = [agent for agent in there if agent.fits(work.channel)]
        if free:
            return [(min(free, key=lambda agent: (agent.idle_since, agent.turn, agent.id)), why)]
        if there and waits:
            return []
    return None


def able(work: Waiting, pool: Pool, now: datetime, *, short: bool = False) -> Iterator[AtWork]:
    """Who may have it now, in the order they are asked."""
    for group in admitted(work, pool, now, short=short):
        for agent in pool.candidates(work.line, group, short=short):
            if agent.id not in work.excluded:
                yield agent


def admitted(work: Waiting, pool: Pool, now: datetime, *, short: bool = False) -> Iterator[GroupKey]:
    """The groups of its line that it has come to."""
    rules = pool.rules.queues[work.queue]
    for group in pool.groups(work.line, short=short):
        by = admitted_by(group, rules, now)
        if by is None or work.queued_at <= by:
            yield group


def admitted_by(group: GroupKey, rules: QueueRules, now: datetime) -> datetime | None:
    """What entered the queue by then may be rung at this group; None: everything; NOTHING: nothing yet."""
    moments = []
    if group.step:
        moments.append(rules.reached_by(group.step, now) or NOTHING)
    if group.informal:
        moments.append(rules.informal_by(now) or NOTHING)
    return min(moments, default=None)


def _to_drain(work: Waiting, pool: Pool, now: datetime) -> AtWork | None:
    """Who would have room for it with less in hand, is the least busy, and does not drain for anything yet."""
    return next((a for a in able(work, pool, now, short=True) if a.drains_for is None), None)


def _once(agents: Iterator[AtWork]) -> Iterator[AtWork]:
    seen = set()
    for agent in agents:
        if agent.id not in seen:
            seen.add(agent.id)
            yield agent


def _reason(agent: AtWork, work: Waiting, rules: QueueRules) -> str:
    join = next(join for join in agent.joins if join.queue == work.queue)
    if agent.informal:
        return "overflow"
    if join.step:
        return f"step {join.step}"
    return f"rank {join.rank}, {rules.strategy.replace('_', ' ')}"

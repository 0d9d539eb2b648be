"""Who gets what: a pure function over rows, without database or clock, so that tests and simulations run the very same.

Work is served in line order (place, then id). For each piece the free agents of its queue are looked at by: preferred
agent for a bounded time, if free; formal before informal, and informal only once the queue lets work overflow;
membership rank; longest idle; id. Work that nobody can take does not hold up the next.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True)
class Waiting:
    """One piece of waiting work, as the line shows it."""

    id: int
    queue: int
    channel: str
    place_at: datetime
    overflows_at: datetime | None  # informal employees may be rung from then on; None: never
    preferred: int | None = None
    preferred_until: datetime | None = None
    excluded: frozenset[int] = frozenset()
    precedence: int = 0


@dataclass
class Free:
    """An agent with room: per channel how much, per queue at which rank they serve it."""

    id: int
    informal: bool
    idle_since: datetime
    room: dict[str, int]
    ranks: dict[int, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Match:
    interaction: int
    queue: int
    agent: int
    reason: str


def match(waiting: Iterable[Waiting], free: Iterable[Free], now: datetime) -> list[Match]:
    """Pair waiting work with free agents; each agent gets at most the room there is."""
    agents = {agent.id: agent for agent in free}
    room = {agent.id: dict(agent.room) for agent in agents.values()}
    idle: dict[int, tuple[int, datetime]] = {agent.id: (0, agent.idle_since) for agent in agents.values()}
    serving: dict[int, list[Free]] = defaultdict(list)
    for agent in agents.values():
        for queue in agent.ranks:
            serving[queue].append(agent)

    matches = []
    for work in sorted(waiting, key=lambda w: (-w.precedence, w.place_at, w.id)):
        chosen = _choose(work, agents, room, idle, serving[work.queue], now)
        if chosen:
            room[chosen.agent][work.channel] -= 1
            rounds, since = idle[chosen.agent]
            idle[chosen.agent] = (rounds + 1, since)
            matches.append(chosen)
    return matches


def _choose(
    work: Waiting,
    agents: dict[int, Free],
    room: dict[int, dict[str, int]],
    idle: dict[int, tuple[int, datetime]],
    serving: list[Free],
    now: datetime,
) -> Match | None:
    def can(agent: int) -> bool:
        return room[agent].get(work.channel, 0) > 0 and agent not in work.excluded

    held = work.preferred_until is not None and now < work.preferred_until
    if held and work.preferred in agents and can(work.preferred):  # one who has gone, or is full, is not waited for
        return Match(work.id, work.queue, work.preferred, "preferred")
    overflowing = work.overflows_at is not None and work.overflows_at <= now
    able = [a for a in serving if can(a.id) and (overflowing or not a.informal)]
    if not able:
        return None
    best = min(able, key=lambda a: (a.informal, a.ranks[work.queue], idle[a.id], a.id))
    why = "overflow" if best.informal else f"rank {best.ranks[work.queue]}, longest idle"
    return Match(work.id, work.queue, best.id, why)

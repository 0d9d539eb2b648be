"""Who gets what: a function over rows, without database or clock, so that tests and simulations run the very same.

Work is served in order: strict queues first, by priority, then earliest target; all others by age, a point of priority
counting as waiting longer, and within the same second by earliest target. For each piece agents are asked in order:
the preferred one (or who stands in for them, or a team) for a bounded time; formal before informal, and informal only
once the queue lets work overflow; those of the queue before those a step of relaxation adds; membership rank; who has
the preferred skills; the queue's strategy. Work that nobody can take does not hold up the next.

Work that fits nobody because its agents have too much other work in hand makes one of them drain: they get nothing
that comes after it, so that a backlog of chats never keeps calls waiting for ever (semantics: voice and chat lock-in).
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from functools import cache, cached_property
from heapq import merge
from itertools import islice
from types import MappingProxyType
from typing import NamedTuple

from interactions.routing.pool import AtWork, Group, GroupKey, Line, Lines, Pool
from interactions.routing.rules import QueueRules

type Open = dict[Group, datetime | None]  # groups of a line; None, or what entered by then may be rung at them

NOBODY: Mapping[int, datetime] = MappingProxyType({})
NOTHING = datetime.min.replace(tzinfo=UTC)  # before anything ever entered a queue


class Waiting(NamedTuple):
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
    excluded: Mapping[int, datetime] = NOBODY  # agent: until when they are not asked again

    @property
    def line(self) -> Line:
        return self.queue, self.channel


class Match(NamedTuple):
    interaction: int
    queue: int
    agent: int
    reason: str


class Preference(NamedTuple):
    """These are asked and nobody else: at once if one of them is free, otherwise it waits for them until then."""

    agents: list[AtWork]
    why: str
    until: datetime


def match(waiting: Iterable[Waiting], pool: Pool, now: datetime) -> list[Match]:
    """Pair waiting work with agents of the pool; the room they get is taken from the pool."""
    found = list(matching(waiting, pool, now))
    pool.settle()
    return found


def matching(waiting: Iterable[Waiting], pool: Pool, now: datetime) -> Iterator[Match]:
    """The same one by one, for who does something with the first before the last is found, and settles the pool."""
    lines: dict[Line, list[Waiting]] = defaultdict(list)
    for work in waiting:
        lines[work.line].append(work)
    in_order = [Asking(line, pool, now).in_order(works) for line, works in lines.items()]
    for place, work, asking in in_order[0] if len(in_order) == 1 else merge(*in_order):
        yield from serve(work, place, asking)


def order(work: Waiting, rules: QueueRules) -> tuple:
    """What is served first is smallest; complete, so that the order of the rows means nothing."""
    target = work.place_at + rules.answer_within
    if rules.strict:
        return 0, -work.precedence, target, work.place_at, work.id
    return 1, work.place_at.replace(microsecond=0), target, work.place_at, work.id


class Asking:
    """Who may have the work of a line, for one match: it comes in order and agents only ever get less room, so that a
    group in which nobody is left for one piece of work is not asked again for those after it."""

    def __init__(self, line: Line, pool: Pool, now: datetime) -> None:
        self.line, self.pool, self.now = line, pool, now
        self.rules = pool.rules.queues[line[0]]
        self.at_once = self.rules.rings_at.get(line[1], 1)
        self._free = self._open(pool.lines)

    @cached_property
    def _short(self) -> Open:
        return self._open(self.pool.short)

    def _open(self, lines: Lines) -> Open:
        groups = sorted(lines.get(self.line, {}).items())
        return {group: admitted_by(key, self.rules, self.now) for key, group in groups}

    def in_order(self, works: Iterable[Waiting]) -> Iterator[tuple[tuple, Waiting, "Asking"]]:
        """What waits, with its place; only what is meant for somebody once nobody else is left to ask."""
        for place, work in sorted((order(work, self.rules), work) for work in works):
            if self._free or self._short or work.preferred_until is not None:
                yield place, work, self

    def first(self, work: Waiting, place: tuple, *, short: bool = False) -> AtWork | None:
        """Who is asked first."""
        groups = self._short if short else self._free
        for group, by in list(groups.items()):
            if by is not None and work.queued_at > by:
                continue
            agent = group.first()
            if agent is None:
                del groups[group]
            elif agent.drains_for is None and agent.id not in work.excluded:
                return agent
            else:
                return next(self.able(work, place, short=short), None)
        return None

    def able(self, work: Waiting, place: tuple, *, short: bool = False) -> Iterator[AtWork]:
        """Who may have it now, in the order they are asked; or who would have room for it with less in hand, the least
        busy first, and does not drain for anything yet."""
        groups: Open = self._short if short else self._free
        for group, by in list(groups.items()):
            if by is not None and work.queued_at > by:
                continue
            anybody = False
            for agent in group.candidates():
                if agent.drains_for is None or not (short or agent.keeps_room_from(place)):
                    anybody = True
                    if agent.id not in work.excluded:
                        yield agent
            if not anybody:
                del groups[group]


def serve(work: Waiting, place: tuple, asking: Asking) -> Iterator[Match]:
    """Ring for this piece of work: at one agent, or at as many at once as its queue says."""
    pool, now, rules, why = asking.pool, asking.now, asking.rules, ""
    asked: Iterable[AtWork]
    if work.preferred_until is not None and (meant := preference(work, pool, now)):
        free = [agent for agent in meant.agents if agent.fits(work.channel)]
        asked, why = sorted(free, key=lambda a: (a.idle_since, a.turn, a.id))[:1], meant.why
    else:
        if asking.at_once > 1:
            asked = list(islice(_once(asking.able(work, place)), asking.at_once))
        else:
            asked = (agent,) if (agent := asking.first(work, place)) else ()
        if not asked and place not in pool.draining and (agent := asking.first(work, place, short=True)):
            pool.drain(agent, place)
    for agent in asked:
        pool.take(agent, work.channel, now)
        if rules.strategy == "round_robin":
            pool.rung(rules.id, agent.id)
        yield Match(work.id, work.queue, agent.id, why or _reason(agent, rules))


def preference(work: Waiting, pool: Pool, now: datetime) -> Preference | None:
    """Whom it is for before the queue is asked: the first of them who are free, or busy and waited for."""
    if work.preferred_until is None or work.preferred_until <= now:
        return None
    waits_until = work.queued_at + pool.rules.queues[work.queue].prefer_within
    for who, why in preferred(work, pool):
        there = [pool.agents[a] for a in who if a in pool.agents and a not in work.excluded]
        if any(agent.fits(work.channel) for agent in there):
            return Preference(there, why, work.preferred_until)
        if there and now < waits_until:
            return Preference(there, why, min(waits_until, work.preferred_until))
    return None


def preferred(work: Waiting, pool: Pool) -> Iterator[tuple[Iterable[int], str]]:
    """Who is asked first, then who instead, there or not: the agent, who stands in for them, a team."""
    if work.preferred:
        yield [work.preferred], "preferred"
        if work.preferred in pool.rules.backups:
            yield [pool.rules.backups[work.preferred]], "back-up"
    if work.preferred_team:
        yield pool.teams.get(work.preferred_team, ()), "owner's team"


def admitted_by(group: GroupKey, rules: QueueRules, now: datetime) -> datetime | None:
    """What entered the queue by then may be rung at this group; None: everything; NOTHING: nothing yet."""
    if not (group.step or group.informal):
        return None
    return min(by for _why, by in bounds(group, rules, now))


def bounds(group: GroupKey, rules: QueueRules, now: datetime) -> Iterator[tuple[str, datetime]]:
    """What keeps this group for later, and until when work has to have entered the queue to be past it."""
    if group.step:
        yield "step", rules.reached_by(group.step, now) or NOTHING
    if group.informal:
        yield "informal", rules.informal_by(now) or NOTHING


def _once(agents: Iterator[AtWork]) -> Iterator[AtWork]:
    seen = set()
    for agent in agents:
        if agent.id not in seen:
            seen.add(agent.id)
            yield agent


def _reason(agent: AtWork, rules: QueueRules) -> str:
    if agent.informal:
        return "overflow"
    join = agent.joins[rules.id]
    return f"step {join.step}" if join.step else _ranked(join.rank, rules.strategy)


@cache
def _ranked(rank: int, strategy: str) -> str:
    return f"rank {rank}, {strategy.replace('_', ' ')}"

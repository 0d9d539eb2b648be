"""What keeps one agent from one piece of work, by the very rules that match() asks. No database, no clock.

An agent without any obstacle is who match() rings at, or one of them; where everybody has one, it waits.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from agents.attention import Lack, lack, units_beside
from interactions.routing.match import Waiting, bounds, order, preference, preferred
from interactions.routing.pool import AtWork, GroupKey, Pool
from interactions.routing.rules import QueueRules, Rules


class What(StrEnum):
    # whether they may be rung at all: see Agent.objects.ready
    DISABLED = "disabled"
    STATUS = "status"
    WITHHELD = "withheld"
    LEAVING = "leaving"
    GONE = "gone"
    COOLING = "cooling"
    # this work
    PREFERS = "prefers"  # it is for somebody else first
    EXCLUDED = "excluded"
    MEMBER = "member"
    SKILL = "skill"
    STEP = "step"
    INFORMAL = "informal"
    # beside what they have in hand
    CHANNEL = Lack.CHANNEL
    UNCHECKED = Lack.UNCHECKED
    PHONE = Lack.PHONE
    PLACE = Lack.PLACE
    ATTENTION = Lack.ATTENTION
    KEEPS_ROOM = "keeps_room"
    # in the next pass
    SERVES_FIRST = "serves_first"  # what goes before it takes the room they have
    OTHERS_FIRST = "others_first"  # others are asked before them


@dataclass(frozen=True, slots=True)
class Obstacle:
    """`until`: when it is over by itself; None: something has to happen first. `facts`: ids and numbers to say."""

    what: What
    until: datetime | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)


def obstacles(work: Waiting, agent: AtWork, pool: Pool, now: datetime) -> Iterator[Obstacle]:
    """Everything that keeps this work from them; they need not be at work, which is not looked at."""
    meant = preference(work, pool, now)
    if meant and all(agent.id != one.id for one in meant.agents):
        yield Obstacle(What.PREFERS, meant.until, {"agents": [one.id for one in meant.agents]})
    if agent.id in work.excluded:
        yield Obstacle(What.EXCLUDED, work.excluded[agent.id])
    if not is_preferred(work, agent, pool, now):
        yield from _of_the_queue(work, agent, pool.rules, now)
        if agent.keeps_room_from(order(work, pool.rules.queues[work.queue])):
            yield Obstacle(What.KEEPS_ROOM, None, {"interaction": agent.drains_for[-1]})
    if full := no_room(agent, work.channel):
        yield full


def is_preferred(work: Waiting, agent: AtWork, pool: Pool, now: datetime) -> bool:
    """They are asked whatever the queue asks."""
    if work.preferred_until is None or work.preferred_until <= now:
        return False
    return any(agent.id in who for who, _why in preferred(work, pool))


def _of_the_queue(work: Waiting, agent: AtWork, rules: Rules, now: datetime) -> Iterator[Obstacle]:
    """Whether they serve it, from which step on, and whether informal employees are asked yet."""
    queue = rules.queues[work.queue]
    seats = [seat.step for seat in rules.seats(agent.id, agent.team) if seat.queue == queue.id]
    join = agent.joins.get(queue.id)
    if not seats:
        yield Obstacle(What.MEMBER)
    elif join is None:
        yield from _lacks(queue, len(queue.steps), rules, agent, None)
    else:
        for why, by in bounds(GroupKey(agent.informal, join.step), queue, now):
            if work.queued_at <= by:
                continue
            if why == "informal":
                yield Obstacle(What.INFORMAL, queue.informal_at(work.queued_at))
                continue
            until, reached = queue.reached_at(join.step, work.queued_at), queue.reached(work.queued_at, now)
            if min(seats) <= reached:
                yield from _lacks(queue, reached, rules, agent, until)
            else:
                yield Obstacle(What.STEP, until, {"step": join.step})


def _lacks(queue: QueueRules, step: int, rules: Rules, agent: AtWork, until: datetime | None) -> Iterator[Obstacle]:
    levels = rules.skills.get(agent.id, {})
    for skill, level in queue.required_by_step[step].items():
        if (has := levels.get(skill, 0)) < level:
            yield Obstacle(What.SKILL, until, {"skill": skill, "level": level, "has": has})


def no_room(agent: AtWork, channel: str) -> Obstacle | None:
    """What one more of this channel fails on, beside what they have in hand."""
    missing = lack(agent.places, channel)
    if missing is None:
        return None
    if missing in (Lack.CHANNEL, Lack.UNCHECKED, Lack.PHONE):
        return Obstacle(What(missing), None, {"channel": channel})
    place = agent.places[channel]
    if missing == Lack.PLACE:
        return Obstacle(What.PLACE, None, {"channel": channel, "load": place.load, "maximum": place.maximum})
    used = units_beside(agent.places, channel)
    return Obstacle(What.ATTENTION, None, {"channel": channel, "used": used, "needs": place.units})

"""Why nothing is offered to an agent: how they stand, what room they have, and each line they serve."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count
from django.utils import timezone

from agents.models import Agent
from interactions.models.interaction import Interaction
from interactions.routing import router_is_active
from interactions.routing.explain import NextPass, people, standing
from interactions.routing.heads import rows_of
from interactions.routing.match import Waiting, order
from interactions.routing.obstacles import Obstacle, no_room
from interactions.routing.pool import AtWork, Line, Pool

LOOKED_AT = 20  # of each line, from its head


@dataclass(frozen=True)
class LineOfAgent:
    """One line they serve, and what keeps its work from them."""

    queue: int
    channel: str
    waiting: int
    first: int | None  # interaction: the first that they could have, or else the first of all
    obstacles: tuple[Obstacle, ...]  # what keeps that one from them; none: they get it next
    before: int | None  # how many are asked before them for what comes in now; None: they have no room


@dataclass(frozen=True)
class WhyNothing:
    agent: Agent
    as_of: datetime
    routed: bool  # a router is active
    standing: Obstacle | None  # what keeps them from being rung at all
    room: dict[str, Obstacle | None]  # channel: what one more would fail on
    units_in_use: int
    gets: list[int]  # interactions that ring at them with the next pass
    lines: list[LineOfAgent]  # those where most waits first


def why_nothing(agent_id: int) -> WhyNothing:
    now = timezone.now()
    agent = people([agent_id], now)[agent_id]
    next_pass = NextPass(now)
    stands = next_pass.stands([agent_id])[agent_id]
    seats = {seat.queue for seat in next_pass.pool.rules.seats(agent_id, agent.team_id)}
    lines = {(queue, channel): 0 for queue in seats for channel in stands.places}
    lines |= _waiting_for(agent_id) | _waiting_in(lines)
    heads = {line: _head(line, next_pass.pool, now) for line, waiting in lines.items() if waiting}
    before = {line: _before(line, stands, next_pass.pool) for line in lines}
    next_pass.play(work for head in heads.values() for work in head)
    found = [
        LineOfAgent(*line, waiting, *_first(heads.get(line, []), agent, stands, next_pass), before[line])
        for line, waiting in lines.items()
    ]
    return WhyNothing(
        agent=agent,
        as_of=now,
        routed=router_is_active(),
        standing=standing(agent) if agent.missing else None,
        room={channel: no_room(stands, channel) for channel in stands.places},
        units_in_use=stands.busy,
        gets=next_pass.given.get(agent_id, []),
        lines=sorted(found, key=lambda line: (-line.waiting, line.queue, line.channel)),
    )


def _waiting_in(lines: Iterable[Line]) -> dict[Line, int]:
    """How many wait in each of these, where somebody does."""
    rows = Interaction.objects.waiting().filter(queue__in={queue for queue, _channel in lines}).order_by()
    counts = rows.values_list("queue", "channel").annotate(n=Count("pk"))
    return {(queue, channel): n for queue, channel, n in counts if (queue, channel) in lines}


def _waiting_for(agent_id: int) -> dict[Line, int]:
    """Lines they need not serve, where something waits for them."""
    rows = Interaction.objects.waiting().filter(preferred_agent=agent_id, preferred_until__gt=timezone.now())
    return dict.fromkeys(rows.values_list("queue", "channel"), 1)


def _head(line: Line, pool: Pool, now: datetime) -> list[Waiting]:
    """What is served first in it."""
    queue, channel = line
    rows = Interaction.objects.waiting().filter(queue=queue, channel=channel).next_first()[:LOOKED_AT]
    found = rows_of(rows.values_list("pk", flat=True), now)
    return sorted(found, key=lambda work: order(work, pool.rules.queues[queue]))


def _first(
    head: list[Waiting], agent: Agent, stands: AtWork, next_pass: NextPass
) -> tuple[int | None, tuple[Obstacle, ...]]:
    """The first they can have, or else the first of all; and what keeps it from them."""
    kept = [(work.id, tuple(next_pass.keeps(work, agent, stands))) for work in head]
    return next((one for one in kept if not one[1]), kept[0]) if kept else (None, ())


def _before(line: Line, stands: AtWork, pool: Pool) -> int | None:
    before = 0
    for _asked, group in sorted(pool.lines.get(line, {}).items()):
        for agent in group.candidates():
            if agent.id == stands.id:
                return before
            before += 1
    return None

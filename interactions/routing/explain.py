"""Why work waits, by the very pool and match that route: its place, who could take it and what keeps each from it.

The next pass is played on a pool of our own, so that what goes first, and who keeps room for it, is seen here too.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Value
from django.utils import timezone

from agents.models import Agent
from contactcenter.sql import among, array
from interactions.models.interaction import Interaction
from interactions.routing import router_is_active
from interactions.routing.heads import heads, rows_of
from interactions.routing.load import AGENT, load_pool, with_places
from interactions.routing.match import Waiting, match, preferred
from interactions.routing.obstacles import Obstacle, What, obstacles
from interactions.routing.outlook import Change, outlook
from interactions.routing.pool import AtWork, Line, Pool

FIRST_AHEAD = 5
IN_HAND = {What.PLACE, What.ATTENTION}

# How many of some lines match() serves before this one: its order, in SQL.
AHEAD = """
    select i.queue_id, i.channel, count(*) from unnest(%(queues)s::bigint[], %(channels)s::text[]) as l (queue, channel)
    join interactions_queue q on q.id = l.queue
    join interactions_interaction i on i.queue_id = l.queue and i.channel = l.channel and i.state = 'queued'
    where case when q.ordering = 'strict' then not %(strict)s
            or (-i.precedence, i.place_at + q.answer_within, i.place_at, i.id)
            < (-%(precedence)s, %(target)s, %(place_at)s, %(id)s)
        else not %(strict)s
            and (date_trunc('second', i.place_at), i.place_at + q.answer_within, i.place_at, i.id)
            < (date_trunc('second', %(place_at)s), %(target)s, %(place_at)s, %(id)s)
        end
    group by i.queue_id, i.channel
"""


@dataclass(frozen=True)
class Candidate:
    """Somebody who serves the line, at work or not, now or from a later step on; without obstacles, they get it."""

    agent: Agent
    obstacles: tuple[Obstacle, ...]

    @property
    def from_when(self) -> datetime | None:
        """When the last obstacle is over by itself; None: something has to happen first."""
        ends = [obstacle.until for obstacle in self.obstacles]
        return None if None in ends else max((end for end in ends if end), default=None)


@dataclass(frozen=True)
class Why:
    """One piece of waiting work as it stands at this moment."""

    interaction: Interaction
    as_of: datetime
    routed: bool  # a router is active
    place: int  # in the line of its queue and channel; 1 is next
    line: int  # how many wait there
    first: list[Interaction]  # the head of that line
    elsewhere: dict[Line, int]  # how many go before it in other lines that the same agents serve
    candidates: list[Candidate]
    changes: list[Change]

    @property
    def next(self) -> list[Agent]:
        """Who gets it with the next pass."""
        return [candidate.agent for candidate in self.candidates if not candidate.obstacles]


class NextPass:
    """What the router would do now, and how everybody stands after it."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        self.pool = load_pool(now)
        self.given: dict[int, list[int]] = defaultdict(list)  # agent: what rings at them

    def play(self, besides: Iterable[Waiting]) -> None:
        """Over the heads of all lines, and these rows wherever they stand."""
        lines = self.pool.lines.keys() | self.pool.short.keys()
        rows = {work.id: work for work in (*heads(lines, self.pool, self.now), *besides)}
        for found in match(rows.values(), self.pool, self.now):
            self.given[found.agent].append(found.interaction)

    def stands(self, agents: Collection[int]) -> dict[int, AtWork]:
        """These, at work or not."""
        rows = Agent.objects.filter(among(Value(array(agents)))).values_list(*AGENT).order_by()
        stand = {agent.id: agent for agent in with_places(*rows.query.sql_with_params())}
        for agent in stand.values():
            agent.joins = {join.queue: join for join in self.pool.rules.joins(agent.id, agent.team)}
        return stand | {pk: self.pool.agents[pk] for pk in agents if pk in self.pool.agents}

    def keeps(self, work: Waiting, agent: Agent, stands: AtWork) -> Iterator[Obstacle]:
        """Everything that keeps this work from this agent, their being away included."""
        if agent.missing:
            yield standing(agent)
        given = self.given.get(agent.pk, [])
        if work.id in given:
            return
        free = not agent.missing
        for obstacle in obstacles(work, stands, self.pool, self.now):
            free = False
            if obstacle.what in IN_HAND and given:
                yield Obstacle(What.SERVES_FIRST, None, {"interactions": given})
            else:
                yield obstacle
        if free:
            others = [other for other, works in self.given.items() if work.id in works]
            yield Obstacle(What.OTHERS_FIRST, None, {"agents": others})


def why_waiting(interaction: Interaction) -> Why | None:
    """None: it does not wait."""
    now = timezone.now()
    if not (found := rows_of([interaction.pk], now)):
        return None
    (work,) = found
    next_pass = NextPass(now)
    next_pass.play(found)
    pool = next_pass.pool
    agents = people(_who_serves(work, pool), now)
    stands = next_pass.stands(agents.keys())
    candidates = [Candidate(agent, tuple(next_pass.keeps(work, agent, stands[pk]))) for pk, agent in agents.items()]
    candidates.sort(key=_soonest)
    line = Interaction.objects.waiting().filter(queue=work.queue, channel=work.channel)
    ahead = _ahead(work, pool, stands.values())
    return Why(
        interaction=interaction,
        as_of=now,
        routed=router_is_active(),
        place=ahead.pop(work.line, 0) + 1,
        line=line.count(),
        first=[*line.next_first().select_related("customer")[:FIRST_AHEAD]],
        elsewhere=ahead,
        candidates=candidates,
        changes=outlook(work, interaction, pool, candidates, now),
    )


def standing(agent: Agent) -> Obstacle:
    """What is `missing` for them to be rung: what they chose, or what was withheld, in words."""
    leaving = str(agent.next_reason or Agent.Status(agent.next_status).label) if agent.next_status else ""
    until = agent.cooling_until if agent.missing == What.COOLING else None
    return Obstacle(What(agent.missing), until, {"standing": leaving or agent.shown_status})


def people(agents: Iterable[int], now: datetime) -> dict[int, Agent]:
    """These by name, each with what is `missing` for them to be rung."""
    rows = Agent.objects.filter(pk__in=[*agents]).with_missing(now)
    return {agent.pk: agent for agent in rows.select_related("person", "away_reason", "next_reason")}


def _who_serves(work: Waiting, pool: Pool) -> set[int]:
    agents, teams = pool.rules.who_has_seats(work.queue)
    of_teams = Agent.objects.active().filter(team__in=teams).values_list("pk", flat=True)
    meant = {agent for who, _why in preferred(work, pool) for agent in who}
    active = Agent.objects.active().filter(pk__in=agents | meant).values_list("pk", flat=True)
    return {*of_teams, *active}


def _soonest(candidate: Candidate) -> tuple:
    """Who gets it, then who can have it soonest, then whom the least keeps from it."""
    when = candidate.from_when
    return bool(candidate.obstacles), when is None, when, len(candidate.obstacles), candidate.agent.name


def _ahead(work: Waiting, pool: Pool, serving: Iterable[AtWork]) -> dict[Line, int]:
    lines = {(queue, channel) for agent in serving for queue in agent.joins for channel in agent.places}
    queues, channels = zip(*(lines | {work.line}), strict=True)
    rules = pool.rules.queues[work.queue]
    params: dict[str, Any] = {
        "queues": [*queues],
        "channels": [*channels],
        "strict": rules.strict,
        "precedence": work.precedence,
        "target": work.place_at + rules.answer_within,
        "place_at": work.place_at,
        "id": work.id,
    }
    with connection.cursor() as cursor:
        cursor.execute(AHEAD, params)
        return {(queue, channel): count for queue, channel, count in cursor.fetchall()}

"""Claims: lock, look again, write. What changed since the match was read is left to whoever changed it."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from agents.attention import Place, Places, fits, units_in_use
from agents.models import Agent, Channel
from contactcenter.prepared import Prepared, rows
from interactions import broadcasts
from interactions.models.interaction import Interaction
from interactions.models.offer_rule import RINGS_FOR
from interactions.routing.match import Match
from interactions.routing.sql import among, array

WAITING = """
    select id, queue_id, channel, last_seq, visitor_id is not null from interactions_interaction
    where id = any(%s::bigint[]) and state = 'queued' order by id for no key update skip locked
"""

READY: Prepared[Any] = Prepared(
    lambda now, agents: (
        Agent.objects.select_for_update(skip_locked=True, no_key=True, of=("self",))
        .ready(now)
        .filter(among(agents))
        .order_by("pk")
        .values_list("pk", flat=True)
    )
)

PLACES = """
    select agent_id, channel, maximum, load, units, interrupted_by, phone_passed from agents_capacity
    where agent_id = any(%s::bigint[]) order by agent_id, channel for update
"""

# One statement for all that follows from the matches, however many there are.
RING = """
    with matched as (
        select m.interaction, m.agent, m.queue, m.seq, (%(reasons)s::text[])[m.reason] as why, m.nth,
            %(now)s + coalesce(r.rings_for, m.rings_for * interval '1 second') as expires_at,
            %(now)s + r.accepts_after as accepts_at
        from unnest(%(interactions)s::bigint[], %(agents)s::bigint[], %(queues)s::bigint[], %(channels)s::text[],
            %(seqs)s::int[], %(whys)s::int[], %(rings_for)s::int[]) with ordinality
            as m (interaction, agent, queue, channel, seq, reason, rings_for, nth)
        left join interactions_offerrule r on r.queue_id = m.queue and r.channel = m.channel
    ), ringing as (
        update interactions_interaction i set state = 'offered', last_seq = m.seq
        from (select interaction, max(seq) as seq from matched group by interaction) m where i.id = m.interaction
    ), recorded as (
        insert into interactions_event (interaction_id, seq, what, queue_id, agent_id, why, at)
        select interaction, seq, 'offered', queue, agent, why, %(now)s from matched
    ), loaded as (
        update agents_capacity c set load = t.load
        from unnest(%(busy)s::bigint[], %(on_channels)s::text[], %(loads)s::int[]) as t (agent, channel, load)
        where c.agent_id = t.agent and c.channel = t.channel
    ), occupied as (
        update agents_agent a set idle_since = %(now)s, units_in_use = t.units
        from unnest(%(rung)s::bigint[], %(units)s::int[]) as t (agent, units) where a.id = t.agent
    ), turned as (
        update interactions_queue q set last_rung = m.agent
        from (select distinct on (queue) queue, agent from matched order by queue, nth desc) m
        where q.id = m.queue and q.strategy = 'round_robin'
    )
    insert into interactions_offer
        (interaction_id, agent_id, queue_id, state, reason, offered_at, expires_at, accepts_at)
    select interaction, agent, queue, 'pending', '', %(now)s, expires_at, accepts_at from matched
    returning id, interaction_id, agent_id, expires_at
"""


class Rung(NamedTuple):
    """An offer as it was just made: its row, without the model's cost."""

    pk: int
    interaction_id: int
    agent_id: int
    expires_at: datetime

    @property
    def interaction(self) -> Interaction:
        return Interaction.objects.get(pk=self.interaction_id)


class Held(NamedTuple):
    """Waiting work whose row we hold."""

    queue: int
    channel: str
    last_seq: int
    on_a_page: bool  # of a visitor


def claim(matches: list[Match], now: datetime) -> list[Rung]:
    """Turn matches into pending offers, within the caller's transaction; returns those that held.

    Rows somebody else is moving are skipped, never waited for: a manual take or a transfer wins, and its commit wakes
    the router again. Locks in the order interaction, agent, capacity, each by id.
    """
    waiting = {pk: Held(*row) for pk, *row in rows(WAITING, [array(m.interaction for m in matches)])}
    held = [m for m in matches if m.interaction in waiting and waiting[m.interaction].queue == m.queue]
    ready = [pk for (pk,) in rows(*READY.written(now, array({m.agent for m in held})))]
    places: dict[int, dict[str, Place]] = {agent: {} for agent in ready}
    for agent, channel, *row in rows(PLACES, [array(ready)]):
        places[agent][channel] = Place.of(channel, *row)
    claimed = []
    for match in held:
        channel = waiting[match.interaction].channel
        if match.agent in places and fits(places[match.agent], channel):
            places[match.agent][channel].load += 1
            claimed.append(match)
    return _write(claimed, waiting, places, now) if claimed else []


def _write(claimed: list[Match], waiting: dict[int, Held], places: Mapping[int, Places], now: datetime) -> list[Rung]:
    works = [waiting[match.interaction] for match in claimed]
    nth: Counter[int] = Counter()
    seqs = []
    for match, work in zip(claimed, works, strict=True):
        nth[match.interaction] += 1
        seqs.append(work.last_seq + nth[match.interaction])
    reasons = {why: number for number, why in enumerate({match.reason for match in claimed}, 1)}
    busy = list({(match.agent, work.channel) for match, work in zip(claimed, works, strict=True)})
    rung = list({match.agent for match in claimed})
    params = {
        "now": now,
        "interactions": array(match.interaction for match in claimed),
        "agents": array(match.agent for match in claimed),
        "queues": array(match.queue for match in claimed),
        "channels": array(work.channel for work in works),
        "seqs": array(seqs),
        "whys": array(reasons[match.reason] for match in claimed),
        "reasons": list(reasons),
        "rings_for": array(int(RINGS_FOR[Channel(work.channel)].total_seconds()) for work in works),
        "busy": array(agent for agent, _channel in busy),
        "on_channels": array(channel for _agent, channel in busy),
        "loads": array(places[agent][channel].load for agent, channel in busy),
        "rung": array(rung),
        "units": array(units_in_use(places[agent]) for agent in rung),
    }
    offers = [Rung(*row) for row in rows(RING, params)]
    broadcasts.rings(
        {offer.agent_id: offer.interaction_id for offer in offers}, [pk for pk in nth if waiting[pk].on_a_page]
    )
    return offers

"""Claims: lock, look again, write. What changed since the match was read is left to whoever changed it."""

from collections import Counter, defaultdict
from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection

from agents.attention import Place, Places, fits, units_in_use
from agents.models import Agent, Capacity, Channel
from interactions import broadcasts
from interactions.models.interaction import Interaction
from interactions.models.offer import Offer
from interactions.models.queue import RINGS_FOR, OfferRule
from interactions.routing.match import Match

WAITING = """
    select id, queue_id, channel, last_seq from interactions_interaction
    where id = any(%s) and state = 'queued' order by id for no key update skip locked
"""

# One statement for all that follows from the matches, however many there are.
RING = """
    with matched as (
        select * from unnest(%(interactions)s::bigint[], %(agents)s::bigint[], %(queues)s::bigint[], %(seqs)s::int[],
            %(whys)s::text[], %(expire)s::timestamptz[], %(accept)s::timestamptz[]) with ordinality
            as m (interaction, agent, queue, seq, why, expires_at, accepts_at, nth)
    ), ringing as (
        update interactions_interaction i set state = 'offered', last_seq = m.seq
        from (select interaction, max(seq) as seq from matched group by interaction) m where i.id = m.interaction
    ), recorded as (
        insert into interactions_event (interaction_id, seq, what, queue_id, agent_id, why, at)
        select interaction, seq, 'offered', queue, agent, why, %(now)s from matched
    ), loaded as (
        update agents_capacity c set load = load + t.places
        from unnest(%(busy)s::bigint[], %(channels)s::text[], %(places)s::int[]) as t (agent, channel, places)
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
    returning id, interaction_id, agent_id, expires_at, accepts_at
"""


class Held(NamedTuple):
    """Waiting work whose row we hold."""

    queue: int
    channel: str
    last_seq: int


def claim(matches: list[Match], now: datetime) -> list[Offer]:
    """Turn matches into pending offers, within the caller's transaction; returns those that held.

    Rows somebody else is moving are skipped, never waited for: a manual take or a transfer wins, and its commit wakes
    the router again. Locks in the order interaction, agent, capacity, each by id.
    """
    waiting = {pk: Held(*row) for pk, *row in _rows(WAITING, [[m.interaction for m in matches]])}
    held = [m for m in matches if m.interaction in waiting and waiting[m.interaction].queue == m.queue]
    ready = set(
        Agent.objects.select_for_update(skip_locked=True, no_key=True, of=("self",))
        .ready(now)
        .filter(pk__in={m.agent for m in held})
        .order_by("pk")
        .values_list("pk", flat=True)
    )
    places = _locked_places(ready)
    claimed = []
    for match in held:
        channel = waiting[match.interaction].channel
        if match.agent in ready and fits(places[match.agent], channel):
            places[match.agent][channel].load += 1
            claimed.append(match)
    return _write(claimed, waiting, places, now) if claimed else []


def _locked_places(agents: set[int]) -> dict[int, Places]:
    places: dict[int, Any] = defaultdict(dict)
    rows = Capacity.objects.select_for_update().filter(agent__in=agents).order_by("agent", "channel")
    columns = ("agent", "channel", "maximum", "load", "units", "interrupted_by")
    for agent, channel, *row in rows.values_list(*columns):
        places[agent][channel] = Place.of(channel, *row)
    return places


def _write(claimed: list[Match], waiting: dict[int, Held], places: dict[int, Places], now: datetime) -> list[Offer]:
    rules = _offer_rules({waiting[m.interaction].queue for m in claimed})
    nth: Counter[int] = Counter()
    taken: Counter[tuple[int, str]] = Counter()
    rows = []
    for match in claimed:
        work = waiting[match.interaction]
        nth[match.interaction] += 1
        taken[match.agent, work.channel] += 1
        rings_for, accepts_after = rules.get((work.queue, work.channel)) or (RINGS_FOR[Channel(work.channel)], None)
        accepts_at = None if accepts_after is None else now + accepts_after
        seq = work.last_seq + nth[match.interaction]
        rows.append((match.interaction, match.agent, match.queue, seq, match.reason, now + rings_for, accepts_at))
    names = ("interactions", "agents", "queues", "seqs", "whys", "expire", "accept")
    params: dict[str, Any] = dict(zip(names, map(list, zip(*rows, strict=True)), strict=True)) | {"now": now}
    params["busy"], params["channels"] = map(list, zip(*taken, strict=True))
    params["places"] = list(taken.values())
    params["rung"] = list({m.agent for m in claimed})
    params["units"] = [units_in_use(places[agent]) for agent in params["rung"]]
    offers = []
    for pk, interaction, agent, expires_at, accepts_at in _rows(RING, params):
        offers.append(
            Offer(
                pk=pk,
                interaction_id=interaction,
                agent_id=agent,
                queue_id=waiting[interaction].queue,
                offered_at=now,
                expires_at=expires_at,
                accepts_at=accepts_at,
            )
        )
        broadcasts.offer_made(agent, interaction)
        broadcasts.journey_changed(Interaction(pk=interaction))
    return offers


def _offer_rules(queues: set[int]) -> dict[tuple[int, str], tuple[Any, Any]]:
    rows = OfferRule.objects.filter(queue__in=queues).values_list("queue", "channel", "rings_for", "accepts_after")
    return {(queue, channel): (rings_for, accepts_after) for queue, channel, rings_for, accepts_after in rows}


def _rows(sql: str, params: Any) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchall()

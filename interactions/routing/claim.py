"""Claims: lock, look again, write. What changed since the match was read is left to whoever changed it."""

from collections import Counter
from datetime import datetime

from django.db import connection

from agents.models import Agent, Capacity, Channel
from interactions import broadcasts
from interactions.models.event import Event
from interactions.models.interaction import Interaction
from interactions.models.offer import Offer
from interactions.models.queue import RINGS_FOR, OfferRule
from interactions.routing.match import Match

RING = "update interactions_interaction set state = 'offered', last_seq = last_seq + 1 where id = any(%s)"

TAKE = """
    update agents_capacity c set load = load + t.places
    from unnest(%s::bigint[], %s::text[], %s::int[]) as t (agent, channel, places)
    where c.agent_id = t.agent and c.channel = t.channel
"""


def claim(matches: list[Match], now: datetime) -> list[Offer]:
    """Turn matches into pending offers, within the caller's transaction; returns those that held.

    Rows somebody else is moving are skipped, never waited for: a manual take or a transfer wins, and its commit wakes
    the router again. Locks in the order interaction, agent, capacity, each by id.
    """
    work = Interaction.objects.select_for_update(skip_locked=True, no_key=True).filter(state="queued")
    waiting = work.filter(pk__in=[m.interaction for m in matches]).order_by("pk").in_bulk()
    agents = Agent.objects.select_for_update(skip_locked=True, no_key=True, of=("self",)).ready(now).order_by("pk")
    ready = agents.filter(pk__in=[m.agent for m in matches]).in_bulk()
    in_line = {(pk, interaction.queue_id) for pk, interaction in waiting.items()}
    held = [m for m in matches if (m.interaction, m.queue) in in_line and m.agent in ready]
    if not held:
        return []
    room = _locked_room({m.agent for m in held})
    claimed = []
    for match in held:
        place = (match.agent, waiting[match.interaction].channel)
        if room[place] > 0:
            room[place] -= 1
            claimed.append(match)
    return _write(claimed, waiting, now) if claimed else []


def _locked_room(agents: set[int]) -> Counter[tuple[int, str]]:
    rows = Capacity.objects.select_for_update().filter(agent__in=agents).order_by("agent", "channel")
    return Counter({(c.agent_id, c.channel): c.maximum - c.load for c in rows})


def _write(claimed: list[Match], waiting: dict[int, Interaction], now: datetime) -> list[Offer]:
    asked = OfferRule.objects.filter(queue__in={i.queue_id for i in waiting.values()})
    rings_for = {(rule.queue_id, rule.channel): rule.rings_for for rule in asked}
    offers, events, taken = [], [], Counter[tuple[int, str]]()
    for match in claimed:
        interaction = waiting[match.interaction]
        taken[match.agent, interaction.channel] += 1
        interaction.state = Interaction.State.OFFERED
        events.append(
            Event(
                interaction=interaction,
                seq=interaction.next_seq(),
                what=Event.What.OFFERED,
                queue_id=interaction.queue_id,
                agent_id=match.agent,
                why=match.reason,
                at=now,
            )
        )
        offers.append(
            Offer(
                interaction=interaction,
                agent_id=match.agent,
                queue_id=interaction.queue_id,
                offered_at=now,
                expires_at=now
                + rings_for.get((interaction.queue_id, interaction.channel), RINGS_FOR[Channel(interaction.channel)]),
            )
        )
    with connection.cursor() as cursor:
        cursor.execute(RING, [[m.interaction for m in claimed]])
        agents, channels = zip(*taken, strict=True)
        cursor.execute(TAKE, [list(agents), list(channels), list(taken.values())])
    Agent.objects.filter(pk__in={m.agent for m in claimed}).update(idle_since=now)
    Event.objects.bulk_create(events)
    Offer.objects.bulk_create(offers)
    for offer in offers:
        broadcasts.offer_made(offer.agent_id, offer.interaction_id)
        broadcasts.journey_changed(offer.interaction)
    return offers

"""Many hands on few agents: whatever comes first, nothing deadlocks and every promise of the data holds afterwards.

The interleaved tests (test_races_of_….py) show each lock; this one looks for an order of locks nobody thought of.
"""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from random import Random
from threading import Barrier
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError
from django.db import connections
from django.utils import timezone

from agents.errors import StaleState
from agents.models import Agent
from interactions.models import Interaction, Offer, Queue, marks
from interactions.models.marks import Mark
from interactions.routing.router import route
from interactions.routing.timers import follow_agents, sweep
from tests.cast import make_chat, make_visitor

pytestmark = pytest.mark.django_db(transaction=True)
HANDS = 6
MOVES = 40  # each


def agent_with(interaction):
    return interaction.agent or Agent.objects.first()


def later():
    return timezone.now() + timedelta(hours=1)


def on_work(dice, chat):
    mine, other = agent_with(chat), Agent.objects.last()
    queue = dice.choice(list(Queue.objects.all()))
    return dice.choice(
        [
            lambda: chat.hear("Hello?"),
            lambda: chat.reply(mine, "Hi"),
            lambda: marks.move({Mark(chat.pk, "customer_read"): chat.last_seq}),
            lambda: chat.transfer_to(queue, by=mine, agent=other),
            lambda: chat.park(later(), by=mine),
            lambda: chat.wake(why="it was time"),
            lambda: chat.return_to_queue(why="asked", by=mine.person),
            lambda: chat.take_back(chat.returned_from or mine),
            lambda: chat.end(by=mine),
            lambda: chat.leave(),
            lambda: chat.rejoin(),
            lambda: chat.wrap_up(None, by=mine),
            lambda: chat.extend_wrap_up(by=mine),
            lambda: chat.time_up(),
            lambda: chat.complete_wrap_up(by=other.person),
            lambda: chat.park_silent(),
            lambda: chat.let_go(),
        ]
    )


def on_offer(dice, offer):
    return dice.choice([offer.accept, offer.accept, offer.decline, offer.time_out, lambda: offer.rescind(why="gone")])


def on_agent(dice, agent):
    return dice.choice(
        [
            lambda: agent.choose_status("available", by=agent.person),
            lambda: agent.choose_status("away", by=agent.person),
            lambda: agent.withhold("not_responding", why="missed"),
            lambda: agent.close_lease(agent.leases.order_by("?").values_list("connection", flat=True).first()),
            lambda: agent.open_lease(uuid4(), "test"),
        ]
    )


def pick(dice, rows):
    return dice.choice(found) if (found := list(rows)) else None


def a_move(dice):
    kind = dice.random()
    if kind < 0.3:
        return dice.choice([route, route, sweep, follow_agents])
    if kind < 0.55 and (offer := pick(dice, Offer.objects.pending().select_related("interaction", "agent__person"))):
        return on_offer(dice, offer)
    if kind < 0.7:
        return on_agent(dice, pick(dice, Agent.objects.all()))
    return on_work(dice, pick(dice, Interaction.objects.select_related("agent__person")))


def test_a_storm_of_verbs_neither_deadlocks_nor_breaks_a_promise(maya, omar, entry_point, billing, team):
    billing.memberships.create(team=team)
    billing.offer_rules.create(channel="chat", rings_for=timedelta(seconds=30), rings_at=2)
    Queue.objects.filter(pk=billing.pk).update(wrap_up_mode="optional", parked_counts=True)
    for _ in range(6):
        make_chat(entry_point, visitor=make_visitor(entry_point))
    start = Barrier(HANDS)

    def hand(seed):
        dice, made = Random(seed), 0
        start.wait()
        try:
            for _ in range(MOVES):
                try:
                    a_move(dice)()
                    made += 1
                except (StaleState, ValidationError):
                    pass
        finally:
            connections.close_all()
        return made

    with ThreadPoolExecutor(HANDS) as pool:
        made = sum(pool.map(hand, range(HANDS)))
    assert made > MOVES, "most of it did something"
    loads = [(c.load, c.maximum) for agent in (maya, omar) for c in agent.capacities.filter(channel="chat")]
    assert all(load <= maximum for load, maximum in loads)

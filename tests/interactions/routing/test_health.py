"""Steps that come by how the queue is doing; what waited then keeps them when it recovers."""

from datetime import timedelta

import pytest
from django.utils import timezone

from interactions.lines import estimate
from interactions.models import Interaction, Step
from interactions.routing.router import Router, route
from tests.cast import make_agent, make_chat, make_queue, make_skill, make_state


@pytest.fixture
def dutch(maya, entry_point):
    """Asks Dutch, which Maya does not speak; her queue's only relief is a step."""
    queue = make_queue("Dutch", agents=[maya], skills={"Dutch": 3})
    entry_point.queue = queue
    entry_point.save()
    return queue


def relax(queue, position=1, **conditions):
    step = Step.objects.create(queue=queue, position=position, **conditions)
    step.skills.create(skill=make_skill("Dutch"), level=0)
    return step


def rung(offers):
    return [(offer.interaction_id, offer.agent_id) for offer in offers]


def test_r17_at_once_when_nobody_qualified_is_there(dutch, maya, entry_point):
    relax(dutch, when_nobody=True, after=timedelta(hours=1))
    chat = make_chat(entry_point)
    assert rung(route()) == [(chat.pk, maya.pk)]


def test_r17_but_not_while_somebody_qualified_is_there_and_busy(dutch, maya, entry_point):
    relax(dutch, when_nobody=True, after=timedelta(hours=1))
    noor = make_agent("Noor", skills={"Dutch": 5}, capacities={"chat": 1})
    dutch.memberships.create(agent=noor)
    first, second = make_chat(entry_point), make_chat(entry_point)
    assert rung(route()) == [(first.pk, noor.pk)]
    assert route() == []
    noor.choose_status("away", by=noor.person)
    assert rung(route()) == [(second.pk, maya.pk)], "she takes nothing new from now on"


def test_r17_a_step_stays_with_what_waited_when_the_queue_recovers(dutch, maya, entry_point):
    step = relax(dutch, when_nobody=True)
    maya.capacities.filter(channel="chat").update(load=2)
    chat = make_chat(entry_point)
    assert route() == []
    step.refresh_from_db()
    assert step.last_held_at >= chat.queued_at
    noor = make_agent("Noor", skills={"Dutch": 5}, capacities={"chat": 0})
    dutch.memberships.create(agent=noor)
    later = make_chat(entry_point)
    maya.capacities.update(load=0)
    assert rung(Router().serve_all()) == [(chat.pk, maya.pk)], "what came later has somebody to wait for"
    later.refresh_from_db()
    assert later.state == "queued"


def test_r17_when_the_wait_is_too_long(dutch, maya, entry_point, monkeypatch):
    relax(dutch, when_wait_over=timedelta(seconds=60))
    chat = make_chat(entry_point)
    monkeypatch.setattr(estimate, "seconds_per_place", lambda queue, channel: 30)
    assert route() == [], "the next one would wait for a minute, not longer"
    monkeypatch.setattr(estimate, "seconds_per_place", lambda queue, channel: 31)
    assert rung(route()) == [(chat.pk, maya.pk)]


def test_r17_when_the_service_level_is_too_low(dutch, maya, entry_point, omar):
    relax(dutch, when_level_under=50)
    late = make_state("closed", make_chat(entry_point), omar)
    answered = Interaction.objects.filter(pk=late.pk)
    answered.update(answered_at=late.arrived_at + timedelta(seconds=1))
    chat = make_chat(entry_point)
    assert route() == [], "all were answered in time"
    answered.update(answered_at=late.arrived_at + timedelta(hours=1), arrived_at=timezone.now())
    answered.update(answered_at=timezone.now() + timedelta(hours=1))
    assert rung(route()) == [(chat.pk, maya.pk)]

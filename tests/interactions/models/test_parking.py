"""Parked work: with or without its place, and by the system when the customer falls silent."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from agents.errors import StaleState
from interactions.invariants import broken
from interactions.models import Queue
from interactions.routing.timers import follow_agents, sweep
from tests.cast import load_of, make_active, make_chat, make_lease, make_offer

HOUR = timedelta(hours=1)


@pytest.fixture
def counting(queue):
    """Parked work keeps its place."""
    Queue.objects.filter(pk=queue.pk).update(parked_counts=True)


def parked(talk, maya):
    talk.park(timezone.now() + HOUR, by=maya)
    talk.refresh_from_db()
    return talk


def test_parked_work_gives_up_its_place(talk, maya):
    parked(talk, maya)
    assert (talk.holds_place, load_of(maya)) == (False, 0)
    talk.wake(why="taken up again", by=maya)
    assert (talk.state, talk.agent, talk.preferred_agent) == ("queued", None, maya)
    assert broken() == []


def test_where_parked_work_counts_it_keeps_its_place_and_comes_straight_back(counting, talk, maya):
    parked(talk, maya)
    assert (talk.state, talk.holds_place, load_of(maya)) == ("parked", True, 1)
    assert broken() == []
    talk.hear("There you are")
    assert (talk.state, talk.agent, talk.parked_until, load_of(maya)) == ("active", maya, None, 1)
    assert [e.what for e in talk.events.order_by("seq")][-3:] == ["parked", "woken", "taken_back"]
    assert talk.segments.count() == 2
    assert broken() == []
    talk.end(by=maya)
    assert (talk.state, load_of(maya)) == ("wrap_up", 1)


def test_waking_never_overruns_capacity(talk, maya, omar, entry_point):
    """Maya's places went to others meanwhile: it waits for one of hers in the queue."""
    parked(talk, maya)
    for _ in range(2):
        make_active(make_chat(entry_point), maya)
    talk.hear("There you are")
    assert (talk.state, talk.preferred_agent, load_of(maya)) == ("queued", maya, 2)


def test_who_has_left_does_not_get_it_straight_back(counting, talk, maya):
    parked(talk, maya)
    maya.close_lease(maya.leases.get().connection)
    talk.hear("There you are")
    assert (talk.state, talk.holds_place, talk.preferred_agent, load_of(maya)) == ("queued", False, maya, 0)
    assert broken() == []


def test_parked_work_keeps_nobody_from_leaving(counting, talk, maya):
    parked(talk, maya)
    maya.choose_status("offline", by=maya.person)
    assert maya.next_status == "offline", "the place still counts"
    follow_agents([maya.pk])
    maya.refresh_from_db()
    talk.refresh_from_db()
    assert (maya.status, maya.next_status, load_of(maya)) == ("offline", "", 0)
    assert (talk.state, talk.agent, talk.holds_place) == ("parked", maya, False)
    assert broken() == []


def test_who_is_leaving_parks_without_keeping_the_place(counting, talk, maya):
    maya.choose_status("offline", by=maya.person)
    parked(talk, maya)
    maya.refresh_from_db()
    assert (talk.holds_place, maya.status) == (False, "offline")


def test_parked_work_that_keeps_its_place_can_be_ended(counting, talk, maya):
    parked(talk, maya).end(by=maya)
    assert (talk.state, talk.holds_place, load_of(maya)) == ("wrap_up", True, 1)


# the customer falls silent


@pytest.fixture
def clock(queue):
    Queue.objects.filter(pk=queue.pk).update(inactive_after=timedelta(minutes=10))
    with time_machine.travel(timezone.now(), tick=False) as traveller:
        yield traveller


def swept(talk):
    sweep()
    talk.refresh_from_db()
    return talk.state


def test_a_silent_customer_is_parked_until_they_write(clock, offer, maya):
    talk = offer.accept()
    clock.shift(timedelta(minutes=11))
    make_lease(maya)
    assert swept(talk) == "active", "the customer waits for a first reply"
    talk.reply(maya, "Hello!")
    clock.shift(timedelta(minutes=10))
    make_lease(maya)
    assert swept(talk) == "parked"
    event = talk.events.last()
    assert (event.what, event.agent, event.by, event.why) == ("parked", maya, None, "inactive")
    assert (load_of(maya), talk.parked_until) == (0, timezone.now() + timedelta(days=1))
    talk.hear("I am back")
    assert (talk.state, talk.preferred_agent) == ("queued", maya)


def test_a_customer_who_writes_is_not_silent(clock, offer, maya):
    talk = offer.accept()
    talk.reply(maya, "Hello!")
    clock.shift(timedelta(minutes=9))
    talk.hear("One moment")
    talk.reply(maya, "Sure")
    clock.shift(timedelta(minutes=9))
    make_lease(maya)
    assert swept(talk) == "active"
    with pytest.raises(StaleState):
        talk.park_silent()


def test_who_just_got_it_has_as_long(clock, offer, maya, omar, queue):
    """A conversation long silent, handed on or taken up again, is not parked the moment it is there."""
    talk = offer.accept()
    talk.reply(maya, "Hello!")
    clock.shift(timedelta(minutes=9))
    talk.transfer_to(queue, by=maya)
    make_lease(omar)
    talk = make_offer(talk, omar).accept()
    clock.shift(timedelta(minutes=9))
    make_lease(omar)
    assert swept(talk) == "active"
    clock.shift(timedelta(minutes=1))
    assert swept(talk) == "parked"


def test_no_queue_parks_by_itself_unless_told_to(talk, maya):
    talk.reply(maya, "Hello!")
    with time_machine.travel(timezone.now() + timedelta(minutes=50)):
        assert swept(talk) == "active"

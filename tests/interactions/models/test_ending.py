"""The end of the work: five ways of wrapping up, by the server's clock."""

from datetime import timedelta

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.utils import timezone

from agents.errors import StaleState
from agents.models import Agent
from interactions.invariants import broken
from interactions.models import Queue
from interactions.routing.router import route
from interactions.routing.timers import sweep
from tests.cast import load_of, make_active, make_chat, make_entry_point

MINUTE = timedelta(seconds=60)


def wraps_up(queue, mode, **fields):
    Queue.objects.filter(pk=queue.pk).update(wrap_up_mode=mode, **fields)


def ended(talk, maya):
    talk.end(by=maya)
    talk.refresh_from_db()
    return talk


def swept(talk):
    sweep()
    talk.refresh_from_db()
    return talk.state


@pytest.fixture
def clock():
    with time_machine.travel(timezone.now() + timedelta(seconds=1), tick=False) as traveller:
        yield traveller


def test_a_mandatory_wrap_up_lasts_until_the_agent_is_done(talk, maya, queue, solved, clock):
    wraps_up(queue, "mandatory")
    ended(talk, maya)
    assert (talk.state, talk.wrap_up_until, talk.holds_place, load_of(maya)) == ("wrap_up", None, True, 1)
    assert broken() == []
    clock.shift(timedelta(days=9))
    assert swept(talk) == "wrap_up"
    with pytest.raises(StaleState):
        talk.time_up()
    with pytest.raises(StaleState):
        talk.extend_wrap_up(by=maya)
    talk.wrap_up(solved, by=maya)
    assert (talk.state, load_of(maya)) == ("closed", 0)


def test_an_optional_wrap_up_is_beside_other_work_and_closes_itself(talk, maya, queue, clock):
    wraps_up(queue, "optional")
    ended(talk, maya)
    assert (talk.state, talk.holds_place, load_of(maya)) == ("wrap_up", False, 0)
    assert talk.wrap_up_until == timezone.now() + MINUTE
    assert broken() == []
    maya.refresh_from_db()
    assert (maya.units_in_use, maya.idle_since) == (0, timezone.now()), "free at once"
    clock.shift(MINUTE)
    assert swept(talk) == "closed"
    assert (talk.events.last().what, talk.events.last().why, load_of(maya)) == ("wrapped_up", "time was up", 0)


def test_what_came_of_it_may_be_said_in_an_optional_wrap_up(talk, maya, queue, solved):
    wraps_up(queue, "optional")
    ended(talk, maya).wrap_up(solved, by=maya)
    assert (talk.state, talk.disposition, load_of(maya)) == ("closed", solved, 0)


@pytest.mark.parametrize("early", [True, False])
def test_a_timed_wrap_up_may_finish_early(talk, maya, queue, solved, clock, early):
    wraps_up(queue, "timed", wrap_up_within=timedelta(seconds=20))
    ended(talk, maya)
    assert (talk.wrap_up_until, load_of(maya)) == (timezone.now() + timedelta(seconds=20), 1)
    clock.shift(timedelta(seconds=19 if early else 20))
    assert swept(talk) == ("wrap_up" if early else "closed")
    if early:
        talk.wrap_up(solved, by=maya)
    assert (talk.state, load_of(maya)) == ("closed", 0)


def test_a_forced_wrap_up_lasts_exactly_so_long(talk, maya, queue, solved, clock):
    wraps_up(queue, "forced")
    ended(talk, maya)
    clock.shift(timedelta(seconds=10))
    talk.wrap_up(solved, "All well", by=maya)
    assert (talk.state, talk.disposition, talk.disposition_note, load_of(maya)) == ("wrap_up", solved, "All well", 1)
    with pytest.raises(StaleState):
        talk.extend_wrap_up(by=maya)
    clock.shift(timedelta(seconds=49))
    assert swept(talk) == "wrap_up"
    clock.shift(timedelta(seconds=1))
    assert swept(talk) == "closed"
    assert (talk.disposition, talk.disposition_note, load_of(maya)) == (solved, "All well", 0)
    assert (talk.events.last().why, talk.events.last().by) == ("Solved", None)


@pytest.mark.parametrize("asked", [True, False])
def test_a_requested_wrap_up_comes_only_when_asked_for(talk, maya, queue, clock, asked):
    wraps_up(queue, "requested")
    talk.ask_for_wrap_up(True, by=maya)
    talk.ask_for_wrap_up(asked, by=maya)
    ended(talk, maya)
    assert (talk.state, load_of(maya)) == (("wrap_up", 1) if asked else ("closed", 0))
    if asked:
        clock.shift(MINUTE)
        assert swept(talk) == "closed"


def test_only_where_it_is_for_the_asking_can_it_be_asked_for(talk, maya, omar, queue):
    with pytest.raises(StaleState):
        talk.ask_for_wrap_up(True, by=maya)
    wraps_up(queue, "requested")
    with pytest.raises(StaleState):
        talk.ask_for_wrap_up(True, by=omar)


def test_what_the_one_before_asked_for_is_not_the_next_ones_wish(talk, maya, omar, queue):
    wraps_up(queue, "requested")
    talk.ask_for_wrap_up(True, by=maya)
    talk.transfer_to(queue, by=maya)
    talk = ended(make_active(talk, omar), omar)
    assert talk.state == "closed"


def test_a_wrap_up_can_be_made_longer_so_often(talk, maya, omar, queue, clock):
    wraps_up(queue, "timed", wrap_up_extend_by=timedelta(seconds=30), wrap_up_extensions=2)
    ended(talk, maya)
    until = talk.wrap_up_until
    with pytest.raises(StaleState):
        talk.extend_wrap_up(by=omar)
    for nth in (1, 2):
        assert talk.extendable
        talk.extend_wrap_up(by=maya)
        assert (talk.wrap_up_until, talk.wrap_up_extensions) == (until + nth * timedelta(seconds=30), nth)
        event = talk.events.last()
        assert (event.what, event.agent, event.by) == ("extended", maya, maya.person)
    assert not talk.extendable
    with pytest.raises(StaleState):
        talk.extend_wrap_up(by=maya)
    assert broken() == []
    clock.shift(MINUTE)
    assert swept(talk) == "wrap_up"
    clock.shift(MINUTE)
    assert swept(talk) == "closed"


def test_the_timer_does_not_close_what_was_made_longer_meanwhile(talk, maya, clock):
    ended(talk, maya)
    clock.shift(MINUTE)
    talk.extend_wrap_up(by=maya)
    with pytest.raises(StaleState):
        talk.time_up()


def test_a_supervisor_completes_a_stuck_wrap_up(talk, maya, sam, queue, shown):
    wraps_up(queue, "mandatory")
    ended(talk, maya)
    with shown() as pushes:
        talk.complete_wrap_up(by=sam)
    event = talk.events.last()
    assert (talk.state, load_of(maya)) == ("closed", 0)
    assert (event.what, event.agent, event.by, event.why) == ("wrapped_up", maya, sam, "completed by a supervisor")
    assert {"g": maya.screen, "type": "screen.refresh", "what": "work", "id": talk.pk} in pushes
    with pytest.raises(StaleState):
        talk.complete_wrap_up(by=sam)


def test_a_wrap_up_still_asks_what_came_of_it(talk, maya, omar, solved):
    ended(talk, maya)
    with pytest.raises(ValidationError):
        talk.wrap_up(None, by=maya)
    with pytest.raises(StaleState):
        talk.wrap_up(solved, by=omar)


def test_r13_who_leaves_during_the_wrap_up_is_gone_when_it_ends(talk, maya, solved):
    ended(talk, maya)
    maya.choose_status("offline", by=maya.person)
    assert (maya.status, maya.next_status) == ("available", "offline")
    talk.wrap_up(solved, by=maya)
    maya.refresh_from_db()
    assert (maya.status, maya.next_status) == ("offline", "")


def test_r14_the_place_is_taken_whichever_queue_asks(talk, maya, billing, team):
    billing.memberships.create(team=team)
    maya.capacities.filter(channel="chat").update(maximum=1)
    ended(talk, maya)
    waiting = make_chat(make_entry_point(billing, "billing"))
    assert route() == []
    talk.complete_wrap_up(by=maya.person)
    assert make_active(waiting, maya).agent == maya


@pytest.mark.parametrize(("here", "there", "mode"), [("mandatory", "timed", "timed"), ("timed", "forced", "forced")])
def test_r14_after_a_transfer_the_queue_it_ended_in_decides(talk, maya, omar, queue, billing, here, there, mode):
    wraps_up(queue, here)
    wraps_up(billing, there, wrap_up_within=timedelta(seconds=7))
    talk.transfer_to(billing, by=maya)
    assert load_of(maya) == 0, "who hands over is free at once"
    talk = ended(make_active(talk, omar), omar)
    assert (talk.wrap_up_mode, talk.wrap_up_until - talk.ended_at, talk.agent) == (mode, timedelta(seconds=7), omar)


def test_r14_a_colleague_of_the_same_queue_wraps_up_alike(talk, maya, omar, queue):
    wraps_up(queue, "forced")
    talk.transfer_to(queue, by=maya, agent=omar)
    talk = ended(make_active(talk, omar), omar)
    assert (talk.wrap_up_mode, load_of(maya), load_of(omar)) == ("forced", 0, 1)


def test_r15_a_wrap_up_ends_with_the_browser_closed(talk, maya, clock):
    ended(talk, maya)
    maya.close_lease(maya.leases.get().connection)
    clock.shift(MINUTE)
    assert swept(talk) == "closed"
    assert (load_of(maya), Agent.objects.get(pk=maya.pk).units_in_use) == (0, 0)

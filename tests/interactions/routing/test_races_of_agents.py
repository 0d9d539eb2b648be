"""Agents who come, go and choose in the same moment as work comes or ends: R10 to R13 as races.

Each test holds what one session did in an open transaction, sees the other stand at its lock or step aside, and then
lets the first one commit.
"""

import pytest

from agents.errors import StaleState
from agents.models import Agent
from interactions.routing.router import route
from interactions.routing.timers import follow_agents
from tests.cast import load_of
from tests.interactions.routing.racing import again, claim_now, found_matches

pytestmark = pytest.mark.django_db(transaction=True)


def test_r10_gone_with_an_open_offer(offer, maya, omar, one, two):
    """The desk closes while the agent's other tab presses accept: whoever is first, the customer is served."""
    lease = maya.leases.get().connection
    with one.holding():
        one.do(again(maya).close_lease, lease)
        accepted = two.do(again(offer).accept)
        assert accepted.state == "active", "an accept is a person, and needs no desk"
    assert follow_agents() == 0


def test_r10_a_pass_does_not_ring_at_who_is_just_leaving(chat, maya, one, two):
    matches = two.do(found_matches)
    lease = maya.leases.get().connection
    with one.holding():
        one.do(again(maya).close_lease, lease)
        assert two.do(claim_now, matches) == []
    assert two.do(claim_now, matches) == []
    assert load_of(maya) == 0


def test_r10_r11_back_in_the_moment_the_chats_are_returned(talk, maya, one, two):
    """The sweep has found them; the desk opens; the chats stay."""
    lease = maya.leases.get().connection
    maya.close_lease(lease)
    found = again(talk)
    with one.holding():
        one.do(again(maya).open_lease, lease)
    with pytest.raises(StaleState):
        found.return_to_queue(why="agent's desk is gone")
    assert again(talk).state == "active"


def test_r11_back_in_the_moment_the_status_would_show_as_gone(maya, one, two):
    lease = maya.leases.get().connection
    maya.close_lease(lease)
    with one.holding():
        one.do(again(maya).open_lease, lease)
        late = two.start(again(maya).withhold, "disconnected", why="no desk open")
        two.waits()
    late.result(30)
    assert (again(maya).withheld, maya in Agent.objects.ready()) == ("", True)


def test_r12_a_choice_made_while_the_machine_withholds_stays(maya, one, two):
    lease = maya.leases.get().connection
    maya.close_lease(lease)
    with one.holding():
        one.do(again(maya).choose_status, "offline", by=maya.person)
        late = two.start(again(maya).withhold, "disconnected", why="no desk open")
        two.waits()
    late.result(30)
    assert (again(maya).status, again(maya).withheld) == ("offline", "")


def test_r12_and_the_other_way_round(maya, one, two):
    with one.holding():
        one.do(again(maya).withhold, "not_responding", why="missed")
        late = two.start(again(maya).choose_status, "away", by=maya.person)
        two.waits()
    late.result(30)
    assert (again(maya).status, again(maya).withheld) == ("away", "")


def test_r13_break_chosen_in_the_moment_the_last_work_ends_begins_once(talk, maya, solved, one, two):
    talk.end(by=maya)
    with one.holding():
        one.do(again(talk).wrap_up, solved, by=maya)
        late = two.start(again(maya).choose_status, "away", by=maya.person)
        two.waits()
    late.result(30)
    maya = again(maya)
    assert (maya.status, maya.next_status) == ("away", "")
    assert maya.status_changes.filter(status="away").count() == 1


def test_r13_and_chosen_just_before(talk, maya, solved, one, two):
    talk.end(by=maya)
    with one.holding():
        one.do(again(maya).choose_status, "away", by=maya.person)
        late = two.start(again(talk).wrap_up, solved, by=maya)
        two.waits()
    late.result(30)
    maya = again(maya)
    assert (maya.status, maya.next_status, again(talk).state) == ("away", "", "closed")


def test_r13_chosen_while_a_pass_rings(chat, maya, one, two):
    """The choice waits for the claim, sees the offer as work in hand, and the offer is withdrawn at once."""
    with one.holding():
        assert len(one.do(route)) == 1
        late = two.start(again(maya).choose_status, "away", by=maya.person)
        two.waits()
    late.result(30)
    assert again(maya).next_status == "away"
    assert follow_agents() == 1
    assert (again(maya).status, again(chat).state, load_of(maya)) == ("away", "queued", 0)

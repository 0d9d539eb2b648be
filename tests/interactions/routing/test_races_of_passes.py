"""A pass of the router beside whoever else moves the same rows: R1, R2, R3, R16, R20, R22 as races.

Each test holds what one session did in an open transaction, sees the other stand at its lock or step aside, and then
lets the first one commit.
"""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from agents.models import Capacity
from interactions.models import Interaction, Offer
from interactions.routing.match import Match
from interactions.routing.router import route
from interactions.routing.timers import sweep
from tests.cast import load_of, make_active, make_agent, make_chat, make_customer, make_entry_point, make_offer
from tests.interactions.routing.racing import again, claim_now, found_matches, refused
from tests.interleaving import sessions

pytestmark = pytest.mark.django_db(transaction=True)


def test_r01_two_routers_never_both_offer(chat, maya, omar, one, two):
    with one.holding():
        assert len(one.do(route)) == 1
        assert two.do(route) == [], "one pass at a time; nobody waits for it"
    assert two.do(route) == []
    assert chat.offers.count() == 1


def test_r01_nor_when_both_had_matched_before_either_claimed(chat, maya, omar, one, two):
    """As if the pass lock had failed: the claims themselves are safe."""
    first, second = one.do(found_matches), two.do(found_matches)
    with one.holding():
        assert len(one.do(claim_now, first)) == 1
        assert two.do(claim_now, second) == []
    assert two.do(claim_now, second) == []
    assert (chat.offers.count(), load_of(maya) + load_of(omar)) == (1, 1)


def test_r02_what_a_person_does_during_a_pass_is_not_written_over(chat, maya, omar, one, two):
    matches = two.do(found_matches)
    with one.holding():
        one.do(again(chat).leave)
        assert two.do(claim_now, matches) == [], "the row is being moved: skipped, not waited for"
    assert two.do(claim_now, matches) == []
    assert again(chat).state == "abandoned"


def test_r02_a_decline_during_a_pass_wins(offer, omar, one, two):
    with one.holding():
        one.do(offer.decline)
        assert two.do(route) == []
    (next_offer,) = two.do(route)
    assert next_offer.agent_id == omar.pk


def test_r02_a_transfer_during_a_pass_wins(talk, maya, omar, queue, entry_point, one, two):
    """Maya hands over and is free at once; the pass that began before sees neither half of it."""
    maya.capacities.filter(channel="chat").update(maximum=1)
    omar.choose_status("away", by=omar.person)
    waiting = make_chat(entry_point)
    with one.holding():
        one.do(again(talk).transfer_to, queue, by=maya)
        assert two.do(route) == []
    (offer,) = two.do(route)
    assert (offer.interaction_id, offer.agent_id) == (waiting.pk, maya.pk)


def test_r03_the_last_place_goes_to_one(chat, maya, entry_point, one, two):
    maya.capacities.filter(channel="chat").update(maximum=1)
    with one.holding():
        one.do(Capacity.objects.take, maya.pk, "chat")
        late = two.start(Capacity.objects.take, maya.pk, "chat")
        two.waits()
    refused(late)
    assert load_of(maya) == 1
    maya.finish_work("chat")


def test_r03_a_claim_and_a_taking_back_at_once_stay_within_capacity(chat, maya, talk, entry_point, one, two):
    """Maya comes back: her old chat and a new one both want her last place."""
    maya.capacities.filter(channel="chat").update(maximum=1)
    talk.return_to_queue(why="asked", by=maya.person)
    fresh = make_chat(entry_point)
    Interaction.objects.filter(pk=fresh.pk).update(place_at=timezone.now() - timedelta(days=9))
    matches = two.do(found_matches)
    assert [m.interaction for m in matches] == [fresh.pk]
    with one.holding():
        one.do(again(talk).take_back, maya)
        assert two.do(claim_now, matches) == [], "a pass never waits for who is being given something"
    assert (load_of(maya), again(talk).state, again(fresh).state) == (1, "active", "queued")


def test_r03_the_other_way_round(chat, maya, talk, entry_point, one, two):
    maya.capacities.filter(channel="chat").update(maximum=1)
    talk.return_to_queue(why="asked", by=maya.person)
    fresh = make_chat(entry_point)
    Interaction.objects.filter(pk=fresh.pk).update(place_at=timezone.now() - timedelta(days=9))
    matches = one.do(found_matches)
    with one.holding():
        assert len(one.do(claim_now, matches)) == 1
        late = two.start(again(talk).take_back, maya)
        two.waits()
    refused(late)
    assert (load_of(maya), again(talk).state, again(fresh).state) == (1, "queued", "offered")


@pytest.fixture
def crowd():
    with sessions("three", "four") as opened:
        yield opened


@pytest.mark.parametrize("first", ["a router", "the person"])
def test_r03_however_many_routers_and_a_person_race_no_more_than_100_units(
    first, db, queue, team, entry_point, one, two, crowd
):
    """A chat and an email in hand leave room for a chat or for two emails: three routers and Zoe herself want it."""
    zoe = make_agent("Zoe", team=team, capacities={"voice": 1, "chat": 3, "email": 5})
    mail = make_entry_point(queue, "mail", channel="email")
    make_active(make_chat(entry_point), zoe)
    make_active(make_chat(mail), zoe)
    hers = make_active(make_chat(mail), zoe)
    hers.return_to_queue(why="asked", by=zoe.person)
    wanted = [make_chat(entry_point), make_chat(mail), make_chat(mail)]
    matched = [[Match(work.pk, queue.pk, zoe.pk, "test")] for work in wanted]
    with one.holding():
        if first == "a router":
            assert len(one.do(claim_now, matched[0])) == 1
        else:
            one.do(again(hers).take_back, zoe)
        late = two.start(again(hers).take_back, zoe) if first == "a router" else None
        assert [crowd[0].do(claim_now, matched[1]), crowd[1].do(claim_now, matched[2])] == [[], []], "none waits"
    if late:
        refused(late)
    held = [session.do(claim_now, found) for session, found in zip([two, *crowd], matched, strict=True)]
    ringing = [bool(offers) for offers in held]
    assert ringing == ([False, False, False] if first == "a router" else [False, True, False])
    assert again(zoe).units_in_use == (33 + 20 + 33 if first == "a router" else 33 + 3 * 20)


def test_r03_taken_back_while_it_rings_at_another_is_refused(talk, maya, omar, one, two):
    talk.return_to_queue(why="asked", by=maya.person)
    matches = [m for m in found_matches() if m.interaction == talk.pk]
    with one.holding():
        one.do(claim_now, matches)
        late = two.start(again(talk).take_back, maya)
        two.waits()
    refused(late)
    talk = again(talk)
    assert (talk.state, talk.returned_from) == ("offered", maya)
    talk.offers.last().decline()
    assert again(talk).returned_from == maya, "declined by the other, it is still hers to take back"


def test_r16_a_call_waits_for_nobody_who_writes_an_email(db, queue, team, one, two):
    """The email whose row is held goes on hold with the next sweep."""
    noor = make_agent("Noor Vos", team=team, capacities={"voice": 1, "email": 5})
    doors = {channel: make_entry_point(queue, channel, channel=channel) for channel in ("voice", "email")}
    mail, call = (
        Interaction.arrive(entry_point=doors[channel], customer=make_customer(), text="Hello")
        for channel in ("email", "voice")
    )
    make_active(mail, noor)
    offer = make_offer(call, noor)
    with one.holding():
        one.do(again(mail).reply, noor, "I write")
        two.do(again(offer).accept)
    assert again(mail).interrupted_since is None
    sweep()
    assert again(mail).interrupted_since


def test_r20_disabled_while_a_pass_rings(chat, maya, one, two):
    matches = two.do(found_matches)
    maya.person.is_active = False
    maya.person.save()
    assert two.do(claim_now, matches) == []


def test_r22_two_sweeps_do_each_move_once(offer, talk_of_omar, maya, one, two):
    """A router that was believed dead and its successor: every due row moves once."""
    Offer.objects.update(expires_at=timezone.now())
    Interaction.objects.filter(pk=talk_of_omar.pk).update(wrap_up_until=timezone.now())
    with one.holding():
        assert one.do(sweep) == 2
        late = two.start(sweep)
        two.waits()
    assert late.result(30) == 0
    assert (again(maya).missed, again(talk_of_omar).state) == (1, "closed")


@pytest.fixture
def talk_of_omar(omar, entry_point):
    talk = make_active(make_chat(entry_point), omar)
    talk.end(by=omar)
    return talk


def test_an_arrival_is_seen_whole_or_not_at_all(entry_point, maya, one, two):
    """A pass in the middle of an arrival took the row away before its first line was written."""
    with one.holding():
        arrived = one.do(make_chat, entry_point, text="Hello?")
        assert two.do(route) == []
    assert len(two.do(route)) == 1
    assert arrived.messages.count() == 1


def test_parked_work_whose_agent_is_gone_goes_to_somebody_else(talk, maya, omar):
    talk.park(timezone.now() + timedelta(hours=1), by=maya)
    maya.person.is_active = False
    maya.person.save()
    again(talk).wake(why="it was time")
    (offer,) = route()
    assert offer.agent_id == omar.pk


def test_the_locks_are_taken_in_one_order(offer, maya, entry_point, one, two):
    """A decline holds the interaction and wants the agent; a claim holds the agent and steps aside."""
    make_chat(entry_point)
    with one.holding():
        one.do(again(maya).miss, 9)
        declining = two.start(again(offer).decline)
        two.waits()
        with connection.cursor() as cursor:
            cursor.execute("set lock_timeout = '2s'")
        assert route() == [], "the agent is busy being changed, so nothing is offered to them now"
    declining.result(30)
    assert len(route()) == 1

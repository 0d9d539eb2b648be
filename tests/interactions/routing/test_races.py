"""Two connections at once, interleaved step by step: R1 to R28 of the routing rules where they are races.

Each test holds what one session did in an open transaction, sees the other stand at its lock or step aside, and then
lets the first one commit. The rules that are no races are in test_router.py, test_candidates.py and test_timers.py,
those that need the router's process in test_router_process.py. Not here yet: R16, and R14 across channels (they come
with the voice and e-mail channels), R25's departments (there is one centre: test_router.py has its queues).
"""

from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from agents.errors import StaleState
from agents.models import Agent, Capacity
from interactions.models import Interaction, Offer
from interactions.routing.claim import claim
from interactions.routing.heads import heads
from interactions.routing.load import load_pool
from interactions.routing.match import match
from interactions.routing.router import route
from interactions.routing.timers import follow_agents, sweep
from tests.cast import (
    load_of,
    make_active,
    make_agent,
    make_chat,
    make_customer,
    make_entry_point,
    make_offer,
    make_offers,
    make_visitor,
    numbers_of,
)
from tests.interleaving import sessions

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def one_and_two():
    with sessions("one", "two") as opened:
        yield opened


@pytest.fixture
def one(one_and_two):
    return one_and_two[0]


@pytest.fixture
def two(one_and_two):
    return one_and_two[1]


def again(row):
    """The same row as another process would have read it."""
    return type(row).objects.get(pk=row.pk)


def found_matches():
    """A pass up to the point where it has read and matched, and not yet locked anything."""
    now = timezone.now()
    pool = load_pool(now)
    return match(heads(pool.lines, pool, now), pool, now)


def claim_now(matches):
    with transaction.atomic():
        return claim(matches, timezone.now())


def refused(future):
    with pytest.raises(StaleState):
        future.result(30)


def assert_whole(interaction):
    assert numbers_of(interaction) == list(range(1, again(interaction).last_seq + 1))


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


def test_r01_of_two_who_accept_at_once_one_has_it(chat, maya, omar, one, two):
    mine, theirs = make_offers(chat, maya, omar)
    with one.holding():
        one.do(again(mine).accept)
        late = two.start(again(theirs).accept)
        two.waits()
    refused(late)
    assert (again(chat).agent, load_of(maya), load_of(omar)) == (maya, 1, 0)
    assert (again(theirs).state, again(theirs).reason) == ("rescinded", "somebody else has it")


def test_r01_two_pairs_of_offers_are_accepted_crosswise(chat, maya, omar, entry_point, one, two):
    """Each wins one and loses the other: both transactions lock both agents, in the same order."""
    other = make_chat(entry_point)
    mine, _theirs = make_offers(chat, maya, omar)
    _mine, theirs = make_offers(other, maya, omar)
    with one.holding():
        one.do(again(mine).accept)
        late = two.start(again(theirs).accept)
        two.waits()
    assert late.result(30).agent_id == omar.pk
    assert (load_of(maya), load_of(omar)) == (1, 1)


@pytest.mark.parametrize("end", ["decline", "time_out"])
def test_r08_the_last_two_offers_end_at_once_and_it_waits_again(chat, maya, omar, one, two, end):
    mine, theirs = make_offers(chat, maya, omar)
    with one.holding():
        one.do(getattr(again(mine), end))
        late = two.start(getattr(again(theirs), end))
        two.waits()
    late.result(30)
    assert (again(chat).state, load_of(maya), load_of(omar)) == ("queued", 0, 0)


def test_r15_the_timer_and_a_little_longer_at_once(talk, maya, one, two):
    talk.end(by=maya)
    Interaction.objects.filter(pk=talk.pk).update(wrap_up_until=timezone.now())
    with one.holding():
        one.do(again(talk).extend_wrap_up, by=maya)
        late = two.start(again(talk).time_up)
        two.waits()
    refused(late)
    assert again(talk).state == "wrap_up"


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


def test_r04_one_completed_item_is_counted_once(talk, maya, entry_point, solved, one, two):
    """The agent's button and the server's timer in the same moment."""
    make_active(make_chat(entry_point), maya)
    talk.end(by=maya)
    with one.holding():
        one.do(again(talk).wrap_up, solved, by=maya)
        late = two.start(again(talk).time_up)
        two.waits()
    refused(late)
    assert (load_of(maya), again(talk).disposition) == (1, solved)
    assert talk.events.filter(what="wrapped_up").count() == 1


def test_r04_both_sides_end_at_once(talk, maya, one, two):
    with one.holding():
        one.do(again(talk).leave)
        late = two.start(again(talk).end, by=maya)
        two.waits()
    refused(late)
    assert (again(talk).state, talk.events.filter(what="ended").count(), load_of(maya)) == ("wrap_up", 1, 1)


def test_r06_a_further_line_and_a_claim_at_once_give_two_numbers(chat, maya, one, two):
    matches = two.do(found_matches)
    with one.holding():
        one.do(again(chat).hear, "Still there?")
        assert two.do(claim_now, matches) == []
    with two.holding():
        assert len(two.do(claim_now, matches)) == 1
        late = one.start(again(chat).hear, "Hello?")
        one.waits()
    late.result(30)
    assert_whole(chat)
    assert again(chat).state == "offered"


@pytest.mark.parametrize("winner", ["accept", "time_out"])
def test_r08_accepted_at_the_last_moment_or_timed_out_never_both(winner, offer, maya, one, two):
    moves = {"accept": again(offer).accept, "time_out": again(offer).time_out}
    first, second = moves.pop(winner), moves.popitem()[1]
    with one.holding():
        one.do(first)
        late = two.start(second)
        two.waits()
    refused(late)
    won = winner == "accept"
    assert (again(offer).state, again(offer.interaction).state, load_of(maya)) == (
        ("accepted", "active", 1) if won else ("timed_out", "queued", 0)
    )
    assert again(maya).missed == (0 if won else 1)


def test_accepted_in_two_tabs_one_wins(offer, maya, one, two):
    with one.holding():
        one.do(again(offer).accept)
        late = two.start(again(offer).accept)
        two.waits()
    refused(late)
    assert (load_of(maya), offer.interaction.segments.count()) == (1, 1)


@pytest.mark.parametrize("first", ["accept", "leave"])
def test_accepted_while_the_customer_leaves(first, offer, maya, one, two):
    accept, leave = again(offer).accept, again(offer.interaction).leave
    with one.holding():
        one.do(accept if first == "accept" else leave)
        late = two.start(leave if first == "accept" else accept)
        two.waits()
    if first == "accept":
        late.result(30)
        assert (again(offer.interaction).state, load_of(maya)) == ("wrap_up", 1)
    else:
        refused(late)
        assert (again(offer.interaction).state, again(offer).state, load_of(maya)) == ("abandoned", "rescinded", 0)


def test_declined_while_the_customer_leaves(offer, maya, one, two):
    with one.holding():
        one.do(again(offer.interaction).leave)
        late = two.start(again(offer).decline)
        two.waits()
    refused(late)
    assert (load_of(maya), again(offer.interaction).state) == (0, "abandoned")


def test_a_line_of_the_customers_while_the_agent_ends(talk, maya, one, two):
    with one.holding():
        one.do(again(talk).end, by=maya)
        late = two.start(again(talk).hear, "One more thing")
        two.waits()
    refused(late)
    assert not talk.messages.filter(text="One more thing").exists()
    assert_whole(talk)


def test_a_line_of_the_customers_and_one_of_the_agents_at_once(talk, maya, one, two):
    with one.holding():
        one.do(again(talk).hear, "Hello?")
        late = two.start(again(talk).reply, maya, "Hi")
        two.waits()
    late.result(30)
    assert_whole(talk)
    assert again(talk).unanswered_since is None


def test_a_reply_while_the_work_is_handed_over_is_refused(talk, maya, omar, queue, one, two):
    with one.holding():
        one.do(again(talk).transfer_to, queue, by=maya)
        late = two.start(again(talk).reply, maya, "Too late")
        two.waits()
    refused(late)


def test_a_line_of_the_customers_while_the_work_goes_to_another_queue(talk, maya, billing, one, two):
    """The row waited for has another queue than the one read first: it must not seem to be gone."""
    with one.holding():
        one.do(again(talk).transfer_to, billing, by=maya)
        late = two.start(again(talk).hear, "Hello?")
        two.waits()
    late.result(30)
    assert again(talk).queue == billing


def test_ended_while_it_is_being_answered_by_somebody_just_now(offer, maya, one, two):
    """The row waited for has an agent it did not have when first read."""
    with one.holding():
        one.do(again(offer).accept)
        late = two.start(again(offer.interaction).return_to_queue, why="asked", by=maya.person)
        two.waits()
    late.result(30)
    assert (again(offer.interaction).state, load_of(maya)) == ("queued", 0)


def test_the_same_line_sent_twice_at_once_is_one(talk, one, two):
    with one.holding():
        one.do(again(talk).hear, "Hello?", client_id="a1")
        late = two.start(again(talk).hear, "Hello?", client_id="a1")
        two.waits()
    late.result(30)
    assert talk.messages.filter(client_id="a1").count() == 1


def test_a_mark_set_during_a_move_is_not_lost(talk, maya, one, two):
    with one.holding():
        one.do(again(talk).reply, maya, "Hi")
        late = two.start(again(talk).read_by_customer, 2)
        two.waits()
    late.result(30)
    talk = again(talk)
    assert (talk.customer_read, talk.agent_read) == (2, talk.last_line)


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


def test_r26_two_first_messages_of_one_visitor_make_one_conversation(entry_point, one, two):
    visitor = make_visitor(entry_point)

    def arrive(text):
        return make_chat(entry_point, visitor=again(visitor), text=text, client_id=text)

    with one.holding():
        first = one.do(arrive, "Hello?")
        late = two.start(arrive, "Anyone?")
        two.waits()
    assert late.result(30) == first
    assert list(first.messages.values_list("text", flat=True)) == ["Hello?", "Anyone?"]
    assert Interaction.objects.count() == 1
    assert_whole(first)


def test_an_arrival_is_seen_whole_or_not_at_all(entry_point, maya, one, two):
    """A pass in the middle of an arrival took the row away before its first line was written."""
    with one.holding():
        arrived = one.do(make_chat, entry_point, text="Hello?")
        assert two.do(route) == []
    assert len(two.do(route)) == 1
    assert arrived.messages.count() == 1


def test_woken_twice_at_once(talk, maya, one, two):
    talk.park(timezone.now() + timedelta(hours=1), by=maya)
    with one.holding():
        one.do(again(talk).hear, "Here it is")
        late = two.start(again(talk).wake, why="it was time")
        two.waits()
    refused(late)
    assert (again(talk).state, talk.events.filter(what="woken").count()) == ("queued", 1)


def test_parked_work_whose_agent_is_gone_goes_to_somebody_else(talk, maya, omar):
    talk.park(timezone.now() + timedelta(hours=1), by=maya)
    maya.person.is_active = False
    maya.person.save()
    again(talk).wake(why="it was time")
    (offer,) = route()
    assert offer.agent_id == omar.pk


def test_two_colleagues_hand_over_to_each_other_at_once(talk, maya, omar, queue, entry_point, one, two):
    """Each holds the own row and names the other's: no deadlock, because naming needs no more than that it exists."""
    other = make_active(make_chat(entry_point), omar)
    with one.holding():
        one.do(again(maya).miss, 9)
        with two.holding():
            two.do(again(other).transfer_to, queue, by=omar, agent=again(maya))
            one.do(again(talk).transfer_to, queue, by=maya, agent=again(omar))
    assert (again(talk).preferred_agent, again(other).preferred_agent) == (omar, maya)


def test_a_message_naming_an_agent_does_not_wait_for_the_agents_row(talk, maya, one, two):
    """The agent's row is locked for as long as a claim runs; replies go on."""
    with one.holding():
        one.do(again(maya).miss, 9)
        two.do(again(talk).reply, maya, "Hi")


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

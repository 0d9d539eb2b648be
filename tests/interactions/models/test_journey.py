"""The way through the house: what each verb moves, records and shows."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.utils import timezone

from agents.errors import StaleState
from interactions.models import Interaction
from interactions.models.moves import place
from tests.cast import (
    load_of,
    make_active,
    make_chat,
    make_customer,
    make_entry_point,
    make_offer,
    make_queue,
    make_state,
    make_visitor,
)


def last_event(interaction):
    return interaction.events.last()


def test_an_arrival_waits_in_its_entry_points_queue(entry_point, lee):
    chat = make_chat(entry_point, lee, text="Hello?", client_id="a1", language="nl")
    assert (chat.state, chat.queue, chat.customer, chat.language) == ("queued", entry_point.queue, lee, "nl")
    assert last_event(chat).what == "arrived"
    line = chat.messages.get()
    assert (line.text, line.kind, chat.unanswered_since) == ("Hello?", "inbound", line.at)


def test_two_first_messages_are_one_conversation(entry_point):
    visitor = make_visitor(entry_point)
    first = make_chat(entry_point, visitor=visitor, text="Hello?", client_id="a1")
    again = make_chat(entry_point, visitor=visitor, text="Anyone?", client_id="a2")
    retry = make_chat(entry_point, visitor=visitor, text="Anyone?", client_id="a2")
    assert first == again == retry
    assert list(first.messages.values_list("text", flat=True)) == ["Hello?", "Anyone?"]


def test_after_the_end_a_new_conversation_begins(entry_point, maya):
    visitor = make_visitor(entry_point)
    first = make_state("closed", make_chat(entry_point, visitor=visitor), maya)
    assert make_chat(entry_point, visitor=visitor, text="Me again") != first


def test_a_point_of_priority_counts_as_a_minute(noon, queue):
    hurried = make_entry_point(queue, "gold", priority=5)
    queue.priority = 2
    queue.save()
    chat = make_chat(hurried)
    assert chat.priority == 7
    assert chat.place_at == timezone.now() - timedelta(minutes=7) == place(chat.arrived_at, 7)


def test_nobody_is_overtaken_for_ever(noon, queue, entry_point):
    """Aging: whoever waits a minute longer than the other's points goes first."""
    hurried = make_entry_point(queue, "gold", priority=5)
    patient = make_chat(entry_point)
    noon.shift(timedelta(minutes=4))
    overtaking = make_chat(hurried)
    noon.shift(timedelta(minutes=2))
    late = make_chat(hurried)
    assert list(Interaction.objects.waiting().in_queue(queue).next_first()) == [overtaking, patient, late]


def test_a_transfer_to_a_queue_frees_the_sender_and_keeps_the_wait(talk, maya, billing, shown):
    arrived_at = talk.arrived_at
    with shown() as pushes:
        talk.transfer_to(billing, by=maya, note="Wants a refund")
    assert (talk.state, talk.queue, talk.agent) == ("queued", billing, None)
    assert (talk.arrived_at, talk.place_at) == (arrived_at, place(arrived_at, billing.priority))
    assert load_of(maya) == 0
    leg = talk.segments.get()
    assert (leg.ending, leg.ended_at is None) == ("transferred", False)
    event = talk.events.get(what="transferred")
    assert (event.queue, event.by, event.why) == (billing, maya.person, "Wants a refund")
    assert [m.text for m in talk.messages.filter(kind="note")] == ["Wants a refund"]
    assert talk.exclusions.get().agent == maya
    assert {"g": maya.screen, "type": "screen.refresh", "what": "work", "id": talk.pk} in pushes
    assert {"g": f"visitor-{talk.pk}", "type": "screen.refresh", "what": "state", "id": talk.pk} in pushes


def test_a_transfer_takes_the_new_queues_priority_and_keeps_the_entry_points(queue, maya):
    gold = make_entry_point(queue, "gold", priority=5)
    urgent = make_queue("Urgent", priority=10)
    chat = make_active(make_chat(gold), maya)
    chat.transfer_to(urgent, by=maya)
    assert (chat.priority, chat.place_at) == (15, place(chat.arrived_at, 15))


def test_a_transfer_to_a_colleague_prefers_them_for_a_while(noon, talk, maya, omar, queue):
    talk.exclude(omar, timezone.now() + timedelta(minutes=1))
    talk.transfer_to(queue, by=maya, agent=omar)
    assert (talk.preferred_agent, talk.preferred_until) == (omar, timezone.now() + timedelta(seconds=60))
    assert talk.events.get(what="transferred").agent == omar
    assert [e.agent for e in talk.exclusions.all()] == [maya], "asked for by name, Omar's earlier refusal is void"


def test_the_next_agent_answers_it_in_the_same_conversation(talk, maya, omar, queue):
    answered_at = talk.answered_at
    talk.transfer_to(queue, by=maya)
    make_offer(talk, omar).accept()
    talk.refresh_from_db()
    assert (talk.agent, talk.answered_at) == (omar, answered_at)
    assert [leg.agent for leg in talk.segments.order_by("pk")] == [maya, omar]


def test_parked_work_frees_its_place_and_comes_back_to_its_agent_first(noon, talk, maya, shown):
    placed = talk.place_at
    until = timezone.now() + timedelta(hours=1)
    with shown() as pushes:
        talk.park(until, by=maya, why="waits for the courier")
    assert (talk.state, talk.agent, talk.parked_until, load_of(maya)) == ("parked", maya, until, 0)
    assert (last_event(talk).what, last_event(talk).by, last_event(talk).why) == (
        "parked",
        maya.person,
        "waits for the courier",
    )
    assert {"g": maya.screen, "type": "screen.refresh", "what": "work", "id": talk.pk} in pushes
    talk.wake(why="it was time")
    assert (talk.state, talk.agent, talk.preferred_agent, talk.place_at) == ("queued", None, maya, placed)
    assert (last_event(talk).what, last_event(talk).why, talk.parked_until) == ("woken", "it was time", None)


def test_a_line_of_the_customers_wakes_parked_work(talk, maya, shown):
    talk.park(timezone.now() + timedelta(hours=1), by=maya)
    with shown() as pushes:
        talk.hear("Here it is")
    assert (talk.state, talk.preferred_agent) == ("queued", maya)
    assert last_event(talk).why == "the customer wrote"
    assert {"g": maya.screen, "type": "screen.refresh", "what": "work", "id": talk.pk} in pushes


def test_nothing_is_parked_until_the_past(talk, maya):
    with pytest.raises(StaleState):
        talk.park(timezone.now(), by=maya)
    assert load_of(maya) == 1


def test_parked_work_ends_without_a_place_to_give_back(talk, maya, entry_point):
    talk.park(timezone.now() + timedelta(hours=1), by=maya)
    make_active(make_chat(entry_point), maya)
    talk.end(by=maya)
    assert (talk.state, load_of(maya)) == ("closed", 1)


def test_a_customer_leaving_parked_work_was_answered_and_abandons_nothing(talk, maya):
    talk.park(timezone.now() + timedelta(hours=1), by=maya)
    talk.leave()
    assert (talk.state, talk.agent, load_of(maya)) == ("closed", maya, 0)
    assert [e.what for e in talk.events.all()][-2:] == ["ended", "wrapped_up"]


def test_work_of_an_agent_who_is_gone_returns_first_in_line(talk, maya, entry_point, shown):
    maya.leases.all().delete()
    maya.close_lease()
    older = make_chat(entry_point)
    Interaction.objects.filter(pk=older.pk).update(place_at=timezone.now() - timedelta(hours=3))
    with shown() as pushes:
        talk.return_to_queue(why="agent's desk is gone")
    assert (talk.state, talk.agent, talk.returned_from, load_of(maya)) == ("queued", None, maya, 0)
    assert Interaction.objects.waiting().next_first().first() == talk
    assert (last_event(talk).what, last_event(talk).agent, last_event(talk).by) == ("returned", maya, None)
    assert talk.messages.last().notice == "waiting"
    assert {"g": f"visitor-{talk.pk}", "type": "screen.refresh", "what": "state", "id": talk.pk} in pushes


def test_work_stays_with_an_agent_who_came_back_just_in_time(talk):
    with pytest.raises(StaleState):
        talk.return_to_queue(why="agent's desk is gone")
    talk.refresh_from_db()
    assert talk.state == "active"


def test_returned_work_is_taken_back_with_a_place(talk, maya, shown):
    talk.return_to_queue(why="asked", by=maya.person)
    with shown() as pushes:
        talk.take_back(maya)
    assert (talk.state, talk.agent, talk.returned_from, load_of(maya)) == ("active", maya, None, 1)
    assert last_event(talk).what == "taken_back"
    assert {"g": maya.screen, "type": "screen.refresh", "what": "work", "id": talk.pk} in pushes


def test_without_room_nothing_is_taken_back(talk, maya, entry_point):
    talk.return_to_queue(why="asked", by=maya.person)
    for _ in range(2):
        make_active(make_chat(entry_point), maya)
    with pytest.raises(StaleState):
        talk.take_back(maya)
    talk.refresh_from_db()
    assert (talk.state, talk.returned_from, load_of(maya)) == ("queued", maya, 2)


def test_the_end_begins_the_wrap_up_which_keeps_the_place(noon, talk, maya, queue, shown):
    talk.hear("Thanks")
    with shown() as pushes:
        talk.end(by=maya)
    assert (talk.state, talk.wrap_up_until, talk.ended_at) == (
        "wrap_up",
        timezone.now() + queue.wrap_up_within,
        timezone.now(),
    )
    assert (load_of(maya), talk.unanswered_since) == (1, None)
    assert (last_event(talk).what, last_event(talk).by) == ("ended", maya.person)
    assert talk.messages.last().notice == "ended"
    assert {"g": maya.screen, "type": "screen.refresh", "what": "work", "id": talk.pk} in pushes
    assert {"g": f"visitor-{talk.pk}", "type": "screen.refresh", "what": "state", "id": talk.pk} in pushes


def test_a_wrap_up_asks_for_a_disposition_where_the_queue_does(talk, maya, queue, solved):
    talk.end(by=maya)
    with pytest.raises(ValidationError):
        talk.wrap_up(None, by=maya)
    talk.wrap_up(solved, "All good", by=maya)
    assert (talk.state, talk.disposition, talk.disposition_note, load_of(maya)) == ("closed", solved, "All good", 0)
    assert (last_event(talk).what, last_event(talk).by, last_event(talk).why) == ("wrapped_up", maya.person, "Solved")
    assert talk.segments.get().wrapped_up_at == talk.closed_at


def test_a_queue_may_do_without_dispositions(talk, maya, queue):
    queue.disposition_required = False
    queue.save()
    talk.end(by=maya)
    talk.wrap_up(None, by=maya)
    assert talk.state == "closed"


def test_a_queue_may_do_without_wrap_up(talk, maya, queue):
    queue.wrap_up_within = timedelta(0)
    queue.save()
    talk.end(by=maya)
    assert (talk.state, load_of(maya)) == ("closed", 0)


def test_a_customer_who_ends_it_leaves_the_agent_to_wrap_up(talk, maya):
    talk.leave()
    assert (talk.state, load_of(maya)) == ("wrap_up", 1)
    ended = talk.events.get(what="ended")
    assert (ended.by, ended.why) == (None, "by the customer")
    assert talk.messages.last().notice == "left"


def test_a_customer_who_leaves_while_it_rings_stops_the_ringing(offer, maya, shown):
    chat = offer.interaction
    with shown() as pushes:
        chat.leave()
    offer.refresh_from_db()
    assert (chat.state, offer.state, load_of(maya)) == ("abandoned", "rescinded", 0)
    assert [e.what for e in chat.events.all()][-2:] == ["rescinded", "abandoned"]
    assert {"g": maya.screen, "type": "screen.refresh", "what": "offers", "id": chat.pk} in pushes


def test_a_customer_who_comes_back_has_the_same_place(chat):
    placed = chat.place_at
    chat.abandon(why="the customer's page is gone")
    chat.rejoin()
    assert (chat.state, chat.place_at, chat.ended_at, chat.closed_at) == ("queued", placed, None, None)
    assert last_event(chat).what == "rejoined"


def test_a_customer_whose_page_was_seen_again_is_not_gone(chat):
    with pytest.raises(StaleState):
        chat.abandon(why="gone", unseen_since=timezone.now() - timedelta(minutes=5))
    chat.abandon(why="gone", unseen_since=timezone.now())
    assert chat.state == "abandoned"


def test_who_has_begun_a_new_conversation_does_not_rejoin_the_old(entry_point):
    visitor = make_visitor(entry_point)
    old = make_chat(entry_point, visitor=visitor)
    old.leave()
    make_chat(entry_point, visitor=visitor)
    with pytest.raises(StaleState):
        old.rejoin()


@pytest.mark.parametrize("what", ["answered", "long ago"])
def test_what_was_answered_or_is_long_past_is_not_rejoined(what, chat, maya, queue):
    if what == "answered":
        chat = make_active(chat, maya)
        chat.transfer_to(queue, by=maya)
        chat.leave()
    else:
        chat.leave()
        Interaction.objects.filter(pk=chat.pk).update(arrived_at=timezone.now() - timedelta(days=2))
    with pytest.raises(StaleState):
        chat.rejoin()


def test_a_conversation_is_rated_once(talk, maya, shown):
    talk.end(by=maya)
    with shown() as pushes:
        talk.rate(4, "Quick")
    assert (talk.rating, talk.rating_comment) == (4, "Quick")
    assert (last_event(talk).what, last_event(talk).why) == ("rated", "4")
    assert {"g": maya.screen, "type": "screen.refresh", "what": "work", "id": talk.pk} in pushes
    with pytest.raises(StaleState):
        talk.rate(5)


def test_a_rating_is_one_to_five(talk, maya):
    talk.end(by=maya)
    with pytest.raises(IntegrityError):
        talk.rate(6)


def test_an_exclusion_is_renewed_not_doubled(chat, maya):
    for minutes in (1, 2):
        until = timezone.now() + timedelta(minutes=minutes)
        chat.exclude(maya, until)
    assert chat.exclusions.get().until == until


def test_a_customer_may_have_two_conversations_in_two_places(entry_point, billing, lee):
    other = make_entry_point(billing, "billing")
    assert make_chat(entry_point, lee) != make_chat(other, lee)
    assert make_customer().interactions.count() == 0

"""What a queue does not let wait: overflow at arrival and by the sweep, nobody there, closed, set aside."""

from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.utils import timezone

from agents.errors import StaleState
from agents.reasons import REASONS
from interactions.models import Address, Hours, Interaction, Queue
from interactions.models.limits import TOLD, waiting
from interactions.routing.router import route
from interactions.routing.timers import sweep
from tests.cast import (
    load_of,
    make_active,
    make_chat,
    make_entry_point,
    make_offer,
    make_queue,
    make_state,
    make_visitor,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def noon():
    with time_machine.travel("2026-03-02 12:00:00+00:00", tick=False) as traveller:
        yield traveller


def limit(queue: Queue, **rules: object) -> None:
    Queue.objects.filter(pk=queue.pk).update(**rules)
    queue.refresh_from_db()


def chat_at(queue: Queue, **arrival: object) -> Interaction:
    """One that arrives there now, as the queue is now."""
    door = queue.entry_points.filter(channel="chat").first() or make_entry_point(queue, f"door{queue.pk}")
    door.refresh_from_db()
    return make_chat(door, text="Hello?", **arrival)


def ways(interaction: Interaction) -> list[tuple[str, str, str]]:
    """Its overflows: to which queue and why."""
    return [(e.what, e.queue.name, e.why) for e in interaction.events.filter(what="overflowed")]


def told(interaction: Interaction) -> list[tuple[str, str]]:
    return list(interaction.messages.filter(kind="system").values_list("notice", "text"))


def swept(interaction: Interaction) -> Interaction:
    sweep()
    interaction.refresh_from_db()
    return interaction


def test_every_reason_to_overflow_is_one_of_ours():
    assert set(TOLD) <= REASONS


# the line is full


def test_a_line_may_be_so_long_and_no_longer(queue, maya):
    limit(queue, longest_line=2)
    assert [chat_at(queue).live for _ in range(3)] == [True, True, False]


def test_who_cannot_wait_leaves_a_message_and_is_told_why(queue, maya, shown):
    limit(queue, longest_line=1)
    chat_at(queue)
    with shown() as pushes:
        chat = chat_at(queue, language="en")
    assert (chat.state, chat.live, chat.queue, chat.estimated_wait) == ("queued", False, queue, None)
    assert ways(chat) == [("overflowed", "Support", "the line is full")]
    ((notice, text),) = told(chat)
    assert notice == "busy"
    assert text.startswith("All our colleagues are busy right now. Leave your message here")
    frames = [push["data"] for push in pushes if push["type"] == "screen.json"]
    assert (frames[-1]["text"], frames[-1]["notice"]) == (text, ""), "the widget shows what was told, word by word"


def test_messages_that_were_left_do_not_fill_the_line(queue, maya):
    limit(queue, longest_line=1)
    for _ in range(3):
        chat_at(queue, live=False)
    assert chat_at(queue).live


def test_a_message_needs_no_place_in_a_full_line(queue, maya):
    limit(queue, longest_line=1)
    chat_at(queue)
    left = chat_at(queue, live=False)
    assert (ways(left), told(left)) == ([], [])


def test_the_line_is_counted_no_further_than_it_may_be(queue, maya):
    for _ in range(4):
        chat_at(queue)
    assert [waiting(queue, most) for most in (2, 9)] == [2, 4]


def test_overflow_to_another_queue_keeps_age_and_place(noon, queue, billing, maya):
    limit(queue, longest_line=1, longest_wait=timedelta(minutes=2), overflow_action="queue", overflow_to=billing)
    limit(billing, priority=3)
    waiting = chat_at(queue)
    moved = chat_at(queue)
    assert (moved.queue, moved.live, moved.priority) == (billing, True, 3)
    assert moved.place_at == moved.arrived_at - timedelta(minutes=3)
    assert ways(moved) == [("overflowed", "Billing", "the line is full")]
    noon.shift(timedelta(minutes=2))
    late = swept(waiting)
    assert (late.queue, late.queued_at) == (billing, timezone.now())
    assert (late.arrived_at, late.place_from) == (moved.arrived_at, moved.arrived_at)
    assert ways(late) == [("overflowed", "Billing", "waited too long")]
    assert swept(late).queue == billing, "its time there has just begun"


def chain(*queues: Queue) -> None:
    """Each overflows to the next, the last to the first."""
    for queue, following in zip(queues, [*queues[1:], queues[0]], strict=True):
        limit(queue, longest_line=1, overflow_action="queue", overflow_to=following)


def test_a_chain_of_overflows_leads_to_the_first_queue_with_room(queue, billing, maya):
    gold = make_queue("Gold")
    chain(queue, billing, gold)
    for one in (queue, billing):
        assert chat_at(one).queue == one
    moved = chat_at(queue)
    assert [name for _what, name, _why in ways(moved)] == ["Billing", "Gold"]
    assert (moved.queue, moved.live) == (gold, True)


def test_a_circle_of_overflows_is_gone_round_once_and_ends_with_a_message(queue, billing, maya):
    gold = make_queue("Gold")
    chain(queue, billing, gold)
    for one in (queue, billing, gold):
        chat_at(one)
    lost = chat_at(queue)
    assert [name for _what, name, _why in ways(lost)] == ["Billing", "Gold", "Gold"]
    assert (lost.queue, lost.live) == (gold, False)


def test_a_circle_is_not_gone_round_by_waiting_either(noon, queue, billing, maya):
    for one, other in ((queue, billing), (billing, queue)):
        limit(one, longest_wait=timedelta(minutes=1), overflow_action="queue", overflow_to=other)
    chat = chat_at(queue)
    for _ in range(4):
        noon.shift(timedelta(minutes=1))
        swept(chat)
    assert [name for _what, name, _why in ways(chat)] == ["Billing", "Billing"]
    assert (chat.queue, chat.live) == (billing, False)


def test_after_a_transfer_by_somebody_the_way_is_open_again(queue, billing, maya):
    limit(billing, longest_line=1, overflow_action="queue", overflow_to=queue)
    chat_at(billing)
    chat = chat_at(billing)
    assert chat.queue == queue
    make_active(chat, maya).transfer_to(billing, by=maya, agent=maya)
    limit(billing, longest_wait=timedelta(seconds=1))
    Interaction.objects.filter(pk=chat.pk).update(queued_at=timezone.now() - timedelta(seconds=1))
    assert swept(chat).queue == queue


# to be called back


def test_to_be_called_back_the_customer_is_asked_for_a_number(queue, maya):
    limit(queue, longest_line=1, overflow_action="callback")
    chat_at(queue)
    chat = chat_at(queue)
    assert (chat.live, chat.call_back) == (False, "")
    ((notice, text),) = told(chat)
    assert (notice, "Write the number" in text) == ("call_back", True)
    chat.hear("I would rather chat")
    assert chat.call_back == ""
    chat.hear("ok then: +31 (0)20 555-01 23, after 5")
    chat.refresh_from_db()
    assert chat.call_back == "+310205550123"
    assert told(chat)[-1] == ("will_call", "We will call you back at the number you gave.")
    assert chat.customer.addresses.get(kind="phone").value == "+310205550123"
    chat.hear("or 0612345678")
    chat.refresh_from_db()
    assert (chat.call_back, len(told(chat))) == ("+310205550123", 2), "asked once, answered once"


def test_a_number_we_know_is_not_asked_again(queue, maya, lee):
    limit(queue, longest_line=1, overflow_action="callback")
    chat_at(queue)
    Address.objects.create(customer=lee, kind="phone", value="0612345678")
    chat = chat_at(queue, customer=lee)
    assert (chat.call_back, told(chat)[0][0]) == ("0612345678", "will_call")


@pytest.mark.parametrize("text", ["12345", "order 2026-03-02-1234567890123456", "call me", ""])
def test_not_everything_with_digits_is_a_telephone_number(text, queue, maya):
    limit(queue, longest_line=1, overflow_action="callback")
    chat_at(queue)
    chat = chat_at(queue)
    chat.hear(text or "…")
    assert chat.call_back == ""


def test_a_number_in_any_other_message_is_no_wish_to_be_called(queue, maya):
    left = chat_at(queue, live=False)
    left.hear("My number is 0612345678")
    left.refresh_from_db()
    assert left.call_back == ""


# informal employees at once


def test_r17_a_line_too_long_rings_at_informal_employees_at_once(queue, ines, entry_point):
    limit(queue, longest_line=1, overflow_action="informal", overflow_after=None)
    first, second = chat_at(queue), chat_at(queue)
    assert (second.live, ways(second)) == (True, [("overflowed", "Support", "the line is full")])
    assert route() == []
    sweep()
    assert [(o.interaction, o.agent_id) for o in route()] == [(first, ines.pk)]


def test_r17_and_one_that_waited_too_long_does(noon, queue, ines):
    limit(queue, longest_wait=timedelta(seconds=30), overflow_action="informal")
    chat = chat_at(queue)
    noon.shift(timedelta(seconds=29))
    ines.leases.update(expires_at=timezone.now() + timedelta(hours=1))
    assert (sweep(), route()) == (0, [])
    noon.shift(timedelta(seconds=1))
    assert [o.interaction for o in route()] == [chat]
    assert chat.live


# transfers


def test_r23_transfers_may_go_a_fifth_beyond_and_are_then_refused_in_words(queue, billing, maya, entry_point):
    limit(billing, longest_line=5)
    maya.capacities.filter(channel="chat").update(maximum=9)
    for _ in range(5):
        chat_at(billing)
    first, second = (make_active(make_chat(entry_point), maya) for _ in range(2))
    first.transfer_to(billing, by=maya)
    with pytest.raises(StaleState, match="The line of Billing is full"):
        second.transfer_to(billing, by=maya)
    second.refresh_from_db()
    assert (second.state, second.agent, load_of(maya)) == ("active", maya, 1)


def test_r23_a_refused_transfer_is_told_at_the_desk(client, talk, billing, maya):
    limit(billing, longest_line=1)
    chat_at(billing)
    client.force_login(maya.person)
    reply = client.post(f"/interactions/{talk.pk}/transfer/", {"to": f"queue-{billing.pk}"})
    assert reply.status_code == 409
    assert "The line of Billing is full" in reply.content.decode()


# nobody there


def test_r21_nobody_there_asks_for_a_message_where_the_queue_says_so(queue):
    limit(queue, no_agent_action="message")
    chat = chat_at(queue, language="en")
    assert (chat.live, ways(chat)) == (False, [("overflowed", "Support", "nobody is at work")])
    assert told(chat) == [
        ("nobody", "Nobody is at work right now. Leave your message here and we will answer it; you need not wait.")
    ]


def test_r21_or_they_wait_all_the_same(queue):
    chat = chat_at(queue)
    assert (chat.live, ways(chat), told(swept(chat))) == (True, [], [])


def test_r21_or_go_to_the_queue_it_overflows_to(queue, billing):
    limit(queue, no_agent_action="queue", overflow_to=billing)
    chat = chat_at(queue)
    assert (chat.queue, ways(chat)) == (billing, [("overflowed", "Billing", "nobody is at work")])


def test_r21_who_is_busy_is_there(queue, maya):
    limit(queue, no_agent_action="message")
    maya.capacities.filter(channel="chat").update(load=2)
    assert chat_at(queue).live


def leave(maya, queue):
    maya.choose_status("offline", by=maya.person)


def withdraw_the_team(maya, queue):
    queue.memberships.all().delete()


def close_for_an_emergency(maya, queue):
    limit(queue, emergency=True)


def close_for_the_day(maya, queue):
    hours = Hours.objects.create(name="Mornings")
    hours.periods.create(weekday=0, opens="08:00", closes="12:00")
    limit(queue, hours=hours)


GONE = {
    leave: "nobody is at work",
    withdraw_the_team: "nobody is at work",
    close_for_an_emergency: "closed for an emergency",
    close_for_the_day: "the queue is closed",
}


@pytest.mark.parametrize("happens", GONE)
def test_r21_when_the_last_leaves_or_the_queue_closes_those_who_wait_are_not_left_in_limbo(happens, queue, maya):
    limit(queue, no_agent_action="message")
    chat = chat_at(queue)
    assert swept(chat).live, "Maya is there"
    happens(maya, queue)
    assert not swept(chat).live
    assert ways(chat) == [("overflowed", "Support", GONE[happens])]
    assert len(told(chat)) == 1
    swept(chat)
    assert len(told(chat)) == 1, "once"


@pytest.mark.parametrize("happens", GONE)
def test_r21_or_they_are_taken_to_the_other_queue(happens, queue, billing, maya):
    limit(queue, no_agent_action="queue", overflow_to=billing)
    chat = chat_at(queue)
    happens(maya, queue)
    assert (swept(chat).queue, ways(chat)) == (billing, [("overflowed", "Billing", GONE[happens])])


@pytest.mark.parametrize("happens", GONE)
def test_r21_or_wait_if_the_queue_says_so(happens, queue, maya):
    chat = chat_at(queue)
    happens(maya, queue)
    assert (swept(chat).live, ways(chat)) == (True, [])


def test_r21_another_channel_of_the_queue_is_attended_or_not_by_itself(queue, maya):
    limit(queue, no_agent_action="message")
    text = make_chat(make_entry_point(queue, "sms", channel="sms"))
    assert (text.live, chat_at(queue).live) == (False, True)


def test_r21_what_rings_is_not_taken_away(queue, maya, entry_point):
    limit(queue, no_agent_action="message")
    chat = make_chat(entry_point)
    make_offer(chat, maya)
    limit(queue, emergency=True)
    assert (swept(chat).state, chat.live) == ("offered", True)


# an emergency


def test_r21_whoever_waits_is_told_of_the_emergency_once(queue, maya):
    chat = chat_at(queue)
    limit(queue, emergency=True, emergency_text="Fire drill: back at one.")
    assert told(swept(chat)) == [("emergency", "Fire drill: back at one.")]
    assert (chat.live, told(swept(chat))) == (True, [("emergency", "Fire drill: back at one.")])
    limit(queue, emergency_text="Back at two.")
    assert len(told(swept(chat))) == 2


def test_r21_or_asked_for_a_message_in_its_words(queue, maya):
    limit(queue, no_agent_action="message")
    chat = chat_at(queue)
    limit(queue, emergency=True, emergency_text="Fire drill: back at one.")
    ((notice, text),) = told(swept(chat))
    assert (notice, text.startswith("Fire drill: back at one. Leave your message")) == ("emergency", True)


# set aside


def test_what_nobody_took_in_its_time_is_set_aside(noon, queue, maya, shown):
    limit(queue, time_to_live=timedelta(hours=1))
    chat, left = chat_at(queue), chat_at(queue, live=False)
    noon.shift(timedelta(hours=1, seconds=-1))
    chat.visitor.seen_at = timezone.now()
    chat.visitor.save()
    assert swept(chat).state == "queued"
    noon.shift(timedelta(seconds=1))
    with shown() as pushes:
        swept(chat)
    left.refresh_from_db()
    for one in (chat, left):
        event = one.events.last()
        assert (one.state, one.set_aside_why, one.ended_at) == ("set_aside", event.why, timezone.now())
        assert (event.what, event.why, event.by) == ("set_aside", "nobody took it in its time", None)
    assert {"g": f"visitor-{chat.pk}", "type": "screen.refresh", "what": "state", "id": chat.pk} in pushes
    assert route() == []


def test_what_rings_is_set_aside_with_its_offer_withdrawn(chat, maya):
    offer = make_offer(chat, maya)
    chat.set_aside(why="channel unknown")
    offer.refresh_from_db()
    assert (chat.state, chat.set_aside_why, offer.state, load_of(maya)) == (
        "set_aside",
        "channel unknown",
        "rescinded",
        0,
    )


@pytest.mark.parametrize("state", ["active", "parked", "wrap_up", "closed", "abandoned", "set_aside"])
def test_only_what_waits_is_set_aside(state, chat, maya):
    with pytest.raises(StaleState):
        make_state(state, chat, maya).set_aside(why="odd")


def test_an_odd_row_is_set_aside_too(chat, maya, queue):
    """No verb made it: an unknown channel, no queue, an agent, numbers that are used already, a reason without end."""
    with connection.cursor() as cursor:
        cursor.execute("set constraints all immediate")
        for name in ("interaction_channel_known", "waiting_work_has_no_agent"):
            cursor.execute(f"alter table interactions_interaction drop constraint {name}")
        cursor.execute("alter table interactions_interaction alter queue_id drop not null")
        cursor.execute(
            "update interactions_interaction set channel = 'telex', queue_id = null, agent_id = %s, last_seq = 0",
            [maya.pk],
        )
    odd = Interaction.objects.get(pk=chat.pk)
    odd.set_aside(why="x" * 900)
    odd.refresh_from_db()
    assert (odd.state, odd.agent, len(odd.set_aside_why), odd.events.last().what) == (
        "set_aside",
        None,
        300,
        "set_aside",
    )


def test_put_back_it_has_its_age_and_its_time_anew(noon, chat, queue, sam, maya):
    limit(queue, time_to_live=timedelta(hours=1))
    arrived = chat.arrived_at
    noon.shift(timedelta(hours=2))
    chat.set_aside(why="nobody took it in its time")
    chat.put_back(by=sam)
    event = chat.events.last()
    assert (chat.state, chat.arrived_at, chat.place_from, chat.set_aside_why, chat.ended_at) == (
        "queued",
        arrived,
        arrived,
        "",
        None,
    )
    assert (event.what, event.by) == ("requeued", sam)
    assert not chat.live, "their page is gone: it is a message now"
    maya.leases.update(expires_at=timezone.now() + timedelta(hours=1))
    assert swept(chat).state == "queued"
    assert [o.interaction for o in route()] == [chat]


def test_who_has_begun_another_conversation_is_not_put_back(entry_point, sam):
    visitor = make_visitor(entry_point)
    old = make_chat(entry_point, visitor=visitor)
    old.set_aside(why="odd")
    make_chat(entry_point, visitor=visitor)
    with pytest.raises(StaleState):
        old.put_back(by=sam)
    old.close_set_aside(by=sam)
    assert (old.state, old.closed_at) == ("closed", timezone.now())
    assert (old.events.last().what, old.events.last().by, old.events.last().why) == ("wrapped_up", sam, "odd")


def test_only_what_is_set_aside_is_put_back_or_closed(chat, sam):
    for move in (chat.put_back, chat.close_set_aside):
        with pytest.raises(StaleState):
            move(by=sam)

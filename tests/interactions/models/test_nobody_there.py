"""Nobody there, closed, an emergency: who waits is not left in limbo."""

import pytest

from interactions.models import Hours
from tests.cast import (
    make_chat,
    make_entry_point,
    make_offer,
)
from tests.interactions.models.limiting import chat_at, limit, swept, told, ways

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon")]


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

"""What nobody took in its time is set aside, and put back or closed by a supervisor."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from agents.errors import StaleState
from interactions.models import Interaction
from interactions.routing.router import route
from tests.cast import (
    load_of,
    make_chat,
    make_offer,
    make_state,
    make_visitor,
)
from tests.interactions.models.limiting import chat_at, limit, swept

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon")]


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
